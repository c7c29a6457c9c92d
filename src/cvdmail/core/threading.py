"""What a subject, a Message-ID and a list of recipients tell about which mails belong together.

Subjects are written by people and rewritten by programs: answers get ``Re:`` in many languages, lists and trackers put
tags in front, patches carry a version, a number and the tree they are for, stable queues quote the patch they took.  A
:class:`Subject` is what is left when all of that is told apart: the bare words, and the *line* that keeps parallel
series apart (``[PATCH 6.1 0/1] X`` and ``[PATCH 5.15 0/1] X`` have the same words and are two matters).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cvdmail.core.ids import Address
from cvdmail.core.registrable import MAIL_PROVIDERS, registrable_domain

MAX_SUBJECT = 500
MAX_PARTIES = 3
"""How many vendors one mail of ours may be addressed to as that many parties; more is a list of copies."""

_REPLY = re.compile(
    r"(?:re|aw|antw|sv|vs|rv|ref|odp|ynt|vá|atb|答复|回复|回覆|返信)(?:\[[0-9]{1,3}\]|\([0-9]{1,3}\))?\s?[:：]\s*",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"(?:fwd?|wg|tr|enc|i|转发|轉寄|転送)\s?[:：]\s*", re.IGNORECASE)
_TAG = re.compile(r"\[([^\[\]]{0,120})\]\s*")
# What trackers put in front or behind: a number with its name, or a reference that only they can read.
_TRACKER_HEAD = re.compile(
    r"(?:(?:ticket|case|request|incident|issue|bug|vorgang|ref(?:erence)?)\s?(?:id|no\.?|number)?\s?[#:]{0,2}\s?"
    r"[a-z]{0,8}[-_]?[0-9][0-9a-z._-]{2,30}|(?:inc|cs|ritm|req|chg)[0-9]{5,12}|#[0-9]{3,20}|##[0-9]{3,20}##"
    r"|\([a-z]{2,10}-[0-9]{1,10}\)|[a-z]{2,10}-[0-9]{1,10}(?=\s?[:\]]))\s?[:\-–|]{0,2}\s*",
    re.IGNORECASE,
)
_TRACKER_TAIL = re.compile(
    r"\s*(?:[\[(](?:ref:[^\[\]()]{3,80}|(?:ticket|case|request|incident|issue|bug|ref)?[ :#]{0,3}[a-z]{0,8}[-_]?"
    r"[0-9][0-9a-z._-]{2,40})[\])]|\((?:issue )?#[0-9]{1,9}\)|##[0-9]{3,20}##)\s*\Z",
    re.IGNORECASE,
)
_EVENT_WORD = re.compile(r"(?:new|updated|changed|resolved|reopened|closed|commented|assigned)\s?:\s+", re.IGNORECASE)
_WAS = re.compile(r"\s*[(\[]was:?\s*(.{0,400}?)[)\]]?\s*\Z", re.IGNORECASE)
_TAKEN = re.compile(
    r"(?:failed:\s*)?patch\s+\"(.{3,300})\"\s+(?:has been added to|failed to apply to|was (?:added to|dropped from)"
    r"|has been dropped from|backported to)\s+(?:the\s+)?v?([0-9]{1,2}\.[0-9]{1,3})",
    re.IGNORECASE,
)
_VERSION = re.compile(r"v([0-9]{1,2})\Z", re.IGNORECASE)
_PART = re.compile(r"([0-9]{1,3})/([0-9]{1,3})\Z")
_TREE = re.compile(r"v?([0-9]{1,2}\.[0-9]{1,3})(?:\.[0-9]{1,3}|\.y)?(?:-(?:stable|rc[0-9]{1,2}))?\Z", re.IGNORECASE)
_BRANCH = re.compile(r"(?:linux|stable|branch|release)[-/]v?([0-9]{1,2}\.[0-9]{1,3})(?:\.y)?\Z", re.IGNORECASE)
# The Message-IDs that git send-email gives to all mails of one call differ in their number only.
_GIT_ID = re.compile(r"([0-9]{14}\.[0-9]{1,9})-[0-9]{1,4}-(.{3,200})\Z")
_B4_ID = re.compile(r"([0-9]{8}-.{3,120}-v[0-9]{1,3})-[0-9]{1,4}-([0-9a-f]{8,16}@.{3,120})\Z")
_LIST_HOST = re.compile(r"(?:lists?|vger|ml|mail(?:man|inglists?)|groups)\.|googlegroups\.com\Z|groups\.io\Z")
_LIST_LOCAL = re.compile(r".{1,60}-(?:devel?|list|users|announce|discuss|bugs|patches)\Z|(?:dev|devel|list|patches)\Z")


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject, told apart.

    ``bare`` are its words, lower case, without any prefix; ``tree`` is the version of the product it is for (``6.1``),
    ``version`` the number of the attempt (``v3``; 1 if none stands there), ``part`` number and count of a series;
    ``was`` is the subject that it says it had before.
    """

    bare: str
    tree: str = ""
    version: int = 1
    part: tuple[int, int] | None = None
    reply: bool = False
    patch: bool = False
    was: str = ""

    @property
    def line(self) -> str:
        """What keeps parallel series of the same words apart."""
        return f"{self.tree} {self.bare}"


def read_subject(subject: str) -> Subject:
    """Tell a subject apart; nothing is raised."""
    text = " ".join(subject[:MAX_SUBJECT].split())
    reply, tags = False, []
    was = _WAS.search(text)
    if was is not None and was.start() > 0:
        text = text[: was.start()]
    for _ in range(12):
        found = _REPLY.match(text)
        reply = reply or found is not None
        if found is None:
            found = _FORWARD.match(text) or _TAG.match(text) or _TRACKER_HEAD.match(text)
            if found is not None and found.re is _TAG:
                tags.append(found[1])
        if found is None and tags:
            found = _EVENT_WORD.match(text)
        if found is None or found.end() >= len(text):
            break
        text = text[found.end() :]
    while (tail := _TRACKER_TAIL.search(text)) is not None and tail.start() > 0:
        text = text[: tail.start()]
    taken = _TAKEN.match(text)
    if taken is not None:
        inner = read_subject(taken[1])
        return Subject(inner.bare, taken[2], inner.version, inner.part, reply, True)
    tree, version, part = _tagged(tags)
    patch = any("patch" in tag.lower() for tag in tags)
    before = read_subject(was[1]).bare if was is not None and was.start() > 0 else ""
    return Subject(text.strip().casefold(), tree, version, part, reply, patch, before)


def _tagged(tags: Sequence[str]) -> tuple[str, int, tuple[int, int] | None]:
    """Read the words between brackets: for which tree, the how-manieth attempt, which part."""
    tree, version, part = "", 1, None
    for word in (word for tag in tags for word in re.split(r"[\s,:]+", tag)[:20]):
        if (found := _VERSION.match(word)) is not None:
            version = max(version, int(found[1]))
        elif (found := _PART.match(word)) is not None:
            part = (int(found[1]), int(found[2]))
        elif (found := _TREE.match(word) or _BRANCH.match(word)) is not None and not tree:
            tree = found[1]
    return tree, version, part


def series_stem(message_id: str) -> str | None:
    """Return what the Message-IDs of one sent series have in common, if a program that sends series made it."""
    found = _GIT_ID.match(message_id) or _B4_ID.match(message_id)
    return f"{found[1]}@{found[2]}" if found is not None else None


def is_list(address: Address) -> bool:
    """Say whether an address looks like a mailing list: it stands for many, and tells little of the matter."""
    return _LIST_HOST.search(address.domain) is not None or _LIST_LOCAL.match(address.local.lower()) is not None


def vendor_of(address: Address) -> str:
    """Return the name a vendor is known by: its domain, or the whole address where the domain belongs to everybody."""
    domain = registrable_domain(address.domain)
    return address.key if domain in MAIL_PROVIDERS else domain


def parties(to: Sequence[Address], cc: Sequence[Address], own: Collection[Address]) -> tuple[str, ...]:
    """Return the vendors that a mail of ours was written to, the first one first; at least one.

    Each domain outside addressed in To is one, up to ``MAX_PARTIES``.  A mail to more of them is a circular: its
    party is the list among them, else whoever stands first; everybody else reads along.
    """
    ours = {address.key for address in own}
    outside = [one for one in to if one.key not in ours] or [one for one in cc if one.key not in ours]
    if not outside:
        return ("unknown recipient",)
    names = tuple(dict.fromkeys(vendor_of(one) for one in outside))
    if len(names) <= MAX_PARTIES:
        return names
    lists = [one for one in outside if is_list(one)]
    return (vendor_of((lists or outside)[0]),)


def order(stamps: Sequence[float], ids: Sequence[int], cited: Sequence[Sequence[int]]) -> list[int]:
    """Return the numbers of mails in the order in which they were written: by time, but never before what they answer.

    ``stamps`` are seconds, ``ids`` and ``cited`` hashes of Message-IDs (0: none).  Clocks are wrong and Date is the
    sender's word, so what is cited comes first; a circle of citations is cut where it is entered.
    """
    home: dict[int, int] = {}
    for number, own in enumerate(ids):
        if own:
            home.setdefault(own, number)
    done = bytearray(len(stamps))
    result: list[int] = []
    for start in sorted(range(len(stamps)), key=lambda number: (stamps[number], number)):
        waiting = [start]
        while waiting:
            number = waiting[-1]
            if done[number] == 0:
                done[number] = 1
                above = [home[one] for one in cited[number] if one in home]
                waiting.extend(sorted((one for one in above if not done[one]), key=lambda one: -stamps[one]))
                continue
            waiting.pop()
            if done[number] == 1:
                done[number] = 2
                result.append(number)
    return result
