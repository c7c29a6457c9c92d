"""The names that mail programs give to the parts of an HTML mail: what is quoted, what signs, what begins a quote.

Web mail puts ``x_`` before the names of what it quotes; that is taken off before they are looked up.
"""

from __future__ import annotations

from collections.abc import Mapping

CONTAINERS = frozenset(
    {
        "gmail_quote",  # Gmail: attribution, blockquote, and the answers between blockquotes
        "gmail_quote_container",
        "yahoo_quoted",
        "protonmail_quote",
        "zmail_extra",  # Zoho
        "tutanota_quote",
        "ik_mail_quote",
        "hey-quote",
    }
)
"""Elements around a quote and its attribution.  What follows a blockquote in one of them is an answer."""
TAILS = frozenset(
    {
        "divrplyfwdmsg",  # Outlook on the web and on phones
        "appendonsend",
        "outlookmessageheader",  # Outlook 2003, Windows Mail
        "stopspelling",  # Hotmail
        "mail-editor-reference-message-container",  # the new Outlook
        "moz-forward-container",
        "moz-email-headers-table",
        "appleoriginalcontents",
        "wmquote",
    }
)
"""Elements from which on everything is quoted, to the end of the mail."""
QUOTED = frozenset({"gmail_attr", "moz-cite-prefix", "reply-intro", "replyheader", "gmail_extra_quote"})
"""Elements that hold an attribution."""
SIGNATURES = frozenset(
    {
        "gmail_signature",
        "gmail_signature_prefix",
        "moz-signature",
        "ms-outlook-mobile-signature",
        "ms-outlook-ios-signature",
        "outlook-signature",
        "protonmail_signature_block",
        "tutanota_signature",
        "applemailsignature",
        "signature",  # Outlook on the web
        "composer_signature",  # Samsung
        "zmail_signature",
        "ik_mail_signature",
    }
)
HINTS = (
    "gmail_quote", "gmail_attr", "yahoo_quoted", "protonmail_quote", "zmail_extra", "tutanota_quote", "divrplyfwdmsg",
    "appendonsend", "outlookmessageheader", "stopspelling", "reference-message-container", "forward-container",
    "appleoriginalcontents", "moz-cite-prefix", "blockquote", "border-top", "<hr",
)  # fmt: skip
"""Words without which no HTML part tells of a quote."""


def tokens(given: Mapping[str, str | None]) -> set[str]:
    """Return the class names and the id of an element, in lower case, without what web mail puts before them."""
    names = (given.get("class") or "")[:400].split()
    if one := given.get("id"):
        names.append(one[:100])
    found = set()
    for name in names:
        lowered = name.lower()
        while lowered.startswith("x_"):
            lowered = lowered[2:]
        found.add("yahoo_quoted" if lowered.startswith("yahoo_quoted") else lowered)
    return found


def is_quote(given: Mapping[str, str | None], style: Mapping[str, str]) -> bool:
    """Say whether a ``blockquote`` quotes; editors also use it to indent, and then take its border away."""
    if (given.get("type") or "").lower() == "cite" or "cite" in given or "gmail_quote" in tokens(given):
        return True
    left = style.get("border-left", "")
    if left and not left.startswith(("none", "0")):
        return True
    border = style.get("border", style.get("border-width", ""))
    return not border.startswith(("none", "0", "medium none"))


def is_ruled(style: Mapping[str, str]) -> bool:
    """Say whether an element draws a line above itself, as Outlook does above the header of what it quotes."""
    top = style.get("border-top", style.get("border-top-style", ""))
    return "solid" in top and "none" not in top
