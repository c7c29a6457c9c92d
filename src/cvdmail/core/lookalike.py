"""Is this domain made to be taken for that of a vendor we know?

Each way of faking a name has a rule of its own, with a name of its own, because a person who looks at a held mail must
see what was noticed.  A false alarm costs one look at the pen; so every rule says yes when in doubt.  Houses whose
customers are told apart by a sub-domain (help desks) are no fakes of their customers; they are simply not known.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from enum import Enum

from cvdmail.core.registrable import registrable_domain


class Likeness(Enum):
    """In which way a domain is like a known one."""

    HOMOGRAPH = "it is written with letters that look the same"
    MIXED_SCRIPT = "it mixes letters of several scripts"
    ONE_EDIT = "it is one letter away"
    OTHER_TLD = "it is the same name in another top-level domain"
    INSIDE_ANOTHER = "it carries the known name inside another domain"


# Several letters first.  What is mapped is what one reads at a glance, in the usual fonts.
_DIGRAPHS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"), ("nn", "m"))
_CONFUSABLE = str.maketrans(
    {
        **dict(zip("0135689", "olessbg", strict=True)),
        **dict(zip("аеорсухіїјһѕԁԛԝьмнткв", "aeopcyxiijhsdqwbmhtkb", strict=True)),  # Cyrillic
        **dict(zip("αονρτυικχβγωηε", "aovptuikxbywne", strict=True)),  # Greek
        **dict(zip("ացոսքօհ", "wgnupoh", strict=True)),  # Armenian
        **dict(zip("ıłøđħŧɡɩʟɑᴏ", "ilodhtgilao", strict=True)),  # Latin
    }
)
_HELP_DESKS = frozenset(
    {
        "atlassian.net", "desk.com", "force.com", "freshdesk.com", "freshservice.com", "fwd.zendesk.com", "gorgias.com",
        "helpscout.net", "hubspot.com", "intercom-mail.com", "kayako.com", "onmicrosoft.com", "salesforce.com",
        "service-now.com", "teamwork.com", "zammad.com", "zendesk.com", "zohodesk.com",
    }
)  # fmt: skip
_EVERYBODYS = frozenset({"mail", "email", "www", "smtp", "info", "support", "security", "news", "web", "list", "lists"})
_SHORTEST = 3


def likeness(domain: str, known: Collection[str]) -> Likeness | None:
    """Say how ``domain`` is like one of the ``known`` domains without being one; None if it is like none.

    All are lower-case A-labels.  A sub-domain of a known domain, or its parent, is no look-alike: one owner has both.
    """
    if domain in known:
        return None
    own = registrable_domain(domain)
    owners = {registrable_domain(one) for one in known}
    if own in owners:
        return None
    if any(_mixes_scripts(label) for label in _labels(domain)):
        return Likeness.MIXED_SCRIPT
    ways = {way for one in sorted(owners) for way in _ways(domain, own, one)}
    return next((way for way in Likeness if way in ways), None)


def _ways(domain: str, own: str, known: str) -> set[Likeness]:
    ways: set[Likeness] = set()
    seen, wanted = _unicode(own), _unicode(known)
    if _skeleton(seen) == _skeleton(wanted):
        ways.add(Likeness.HOMOGRAPH)
    if one_edit(_flat(seen), _flat(wanted)):
        ways.add(Likeness.ONE_EDIT)
    name, _, suffix = own.partition(".")
    known_name, _, known_suffix = known.partition(".")
    if len(known_name) < _SHORTEST or known_name in _EVERYBODYS:
        return ways
    if suffix != known_suffix and _skeleton(_unicode(name)) == _skeleton(_unicode(known_name)):
        ways.add(Likeness.OTHER_TLD)
    above = domain.removesuffix(own).strip(".").split(".")
    joined = known.replace(".", "-")
    if own not in _HELP_DESKS and (known_name in above or joined in above or name == joined):
        ways.add(Likeness.INSIDE_ANOTHER)
    if f"{known}." in domain:
        ways.add(Likeness.INSIDE_ANOTHER)
    return ways


def _labels(domain: str) -> list[str]:
    return [_unicode(label) for label in domain.split(".")[:20]]


def _unicode(domain: str) -> str:
    """Return a domain as people see it: its A-labels decoded (RFC 3492), what cannot be decoded as it is."""
    shown = []
    for label in domain.split("."):
        if label.startswith("xn--") and len(label) <= 63:
            try:
                shown.append(label[4:].encode("ascii").decode("punycode").lower())
            except (UnicodeError, ValueError, IndexError):
                shown.append(label)
        else:
            shown.append(label)
    return ".".join(shown)


def _flat(text: str) -> str:
    """Take off the marks above and below letters: a dot below is easily overlooked."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _skeleton(text: str) -> str:
    plain = _flat(text).translate(_CONFUSABLE)
    for pair, single in _DIGRAPHS:
        plain = plain.replace(pair, single)
    return plain.replace("l", "i").replace("j", "i")


_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "HEBREW", "ARABIC", "GEORGIAN")


def _mixes_scripts(label: str) -> bool:
    """Say whether one label has letters of two alphabets; kana, hanzi and hangul stand beside Latin in honest names."""
    if label.isascii():
        return False
    names = [unicodedata.name(char, "") for char in label if char.isalpha()]
    return len({script for script in _SCRIPTS for name in names if name.startswith(script)}) > 1


def one_edit(left: str, right: str) -> bool:
    """Say whether one letter more, less, other, or two neighbours exchanged make ``left`` into ``right``."""
    if left == right or abs(len(left) - len(right)) > 1 or max(len(left), len(right)) > 253:
        return False
    short, long = sorted((left, right), key=len)
    at = next((index for index, char in enumerate(short) if char != long[index]), len(short))
    if len(short) != len(long):
        return short[at:] == long[at + 1 :]
    exchanged = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return exchanged or short[at + 1 :] == long[at + 1 :]
