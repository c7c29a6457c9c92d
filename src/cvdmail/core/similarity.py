"""Which case might a mail belong to, when nothing in it is proof?  Likeness, weighed, with reasons a person can check.

The theory.  Trackers rewrite subject, sender and Message-ID and drop References; people answer in a new thread; patches
for the same fault arrive without a word of the report.  What survives is *traits*: the bare subject, who writes and who
reads along, names from the code (functions, files, CVE ids, commit hashes), Message-IDs cited in a header or as a link
in the text, the stem that all mails of one sent series share.  Every filed mail leaves its traits with its participant
(:class:`~cvdmail.core.matching.TraceKind`); a mail without proof is compared by the traits it has in common.

* A shared trait weighs by its kind and by how rare it is: what ``COMMON`` or more participants share says nothing and
  is not even looked at, which also bounds the work, however much is stored.
* Time is no trait: cases are answered seconds apart.
* Parallel series have the same words; the *line* (words and the tree they are for) tells them apart, and a mail for
  another tree is less like them than one for none.
* Weights are added up; several weak ones of a kind count up to a ceiling.  Nothing here is ever certain: the result is
  a ranked list of guesses, each with the words for its reasons.

Only words of the sender's own new text are used, never what is quoted, and of everything only the first so many.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from cvdmail.core.ids import Address, MessageId
from cvdmail.core.matching import TraceKind
from cvdmail.core.registrable import MAIL_PROVIDERS, PLATFORMS, registrable_domain
from cvdmail.core.threading import Subject, is_list, read_subject, series_stem

COMMON = 12
"""A trait that this many participants share is looked at no more."""
GUESS = 0.6
"""The least likeness of which a person is told."""
DOUBT = 1.2
"""A likeness in the matter of this much makes it doubtful that a mail is about something new."""
MAX_GUESSES = 5
OTHER_VERSION, SAME_VERSION = "but for another version", "for the same version"
"""What is said of parallel series."""
MAX_TEXT = 4_000
_MOST: Mapping[TraceKind, int] = {
    TraceKind.MESSAGE_ID: 10,
    TraceKind.IDENTIFIER: 10,
    TraceKind.WORD: 5,
    TraceKind.PARTY: 6,
    TraceKind.SUBJECT: 3,
}


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_URL_ID = re.compile(r"https?://[^\s<>\"]{1,200}?/([^\s<>\"/]{1,200}(?:@|%40)[^\s<>\"/?#]{3,120})")
_WRITTEN_ID = re.compile(
    r"(?:message-id|in-reply-to|msgid|mid)\s{0,3}[:=]\s{0,3}<?([^\s<>\"]{1,200}@[^\s<>\"]{3,120})>?", re.I
)
_CVE = re.compile(r"\b(?:CVE-[0-9]{4}-[0-9]{4,9}|GHSA(?:-[a-z0-9]{4}){3})\b", re.IGNORECASE)
_BUG_URL = re.compile(
    r"https?://([a-z0-9.-]{3,100})/(?:[^\s?#<>]{0,100}/)?(?:show_bug\.cgi\?id=|bug\?(?:ext)?id=|issues/|pull/|browse/"
    r"|advisories/)([A-Za-z0-9-]{2,60})",
    re.IGNORECASE,
)
# One pass cuts the text into words that may be names; what they are is asked of each different word once.
_TOKEN = re.compile(r"\w{4,80}(?:\.(?:c|cc|cpp|h|hpp|rs|go|py|rb|js|ts|java|php|dts|S)\b)?(?:\(\))?", re.ASCII)
_HEX = re.compile(r"(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{10,40}\Z")
_CAMEL = re.compile(r"[A-Z]?[a-z0-9]{2,30}(?:[A-Z][a-z0-9]{1,30}){1,8}\Z")
_WORD = re.compile(r"[^\W_][\w.+-]{2,40}[^\W_]")
_TRAILER = re.compile(
    r"^(?:reported|tested|suggested|debugged)(?:-and-[a-z]{3,20})?-by:[^\n<]{0,120}<([^<>\s]{3,254})>", re.I | re.M
)
# What stands in every crash report and every C file is no name of anything.
_EVERYWHERE = re.compile(
    r"(?:_{0,3}(?:do_sys|x64_sys|ia32_sys|se_sys|sys_|entry_|asm_|sysvec_|kasan_|ksys_|vfs_|dump_|print_|ret_from|kmem_"
    r"|x64_|report_|check_|kcalloc|kmalloc|kzalloc|kfree|copy_(?:from|to)_user|spin_|mutex_|lock_|rcu_|list_|atomic_)"
    r"|process_one_work|worker_thread|kthread|call_usermode|u?int(?:8|16|32|64)_t|s?size_t|use_after_free|out_of_bounds"
    r"|null_ptr_deref|general_protection|fault_in|page_fault|signed_off|end_of|git_|http_|to_the).{0,60}",
    re.IGNORECASE,
)
_DULL = _words_of(
    """
    about access added advisory after allows also analysis and answer apply arbitrary attack attacker been before
    buffer bug bugs bypass call can case check code coordinated could crash critical cve cves denial deref details
    disclosure does error escalation exploit failed files fix fixed fixes follow followup for free from function has
    have heap help high impact info information inside integer into invalid issue issues kasan kernel lead leading
    leads leak linux local low memory missing more need new not null oops out overflow patch patches permits please
    poc pointer possible potential privilege problem product question quick read regarding reminder remote report
    reported reports request response secure security several should stable stack status support that the their
    there this ticket tree uaf update use user using version via vuln vulnerabilities vulnerability warning when
    which with within without write you your
    """
)


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing a mail can be recognised by."""

    kind: TraceKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Features:
    """What is compared of a mail: everything as the mail itself says it, nothing of it proven."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    sender: Address | None = field(repr=False)
    recipients: Sequence[Address] = field(repr=False, default=())
    message_id: MessageId | None = field(repr=False, default=None)
    cited: Sequence[MessageId] = field(repr=False, default=())
    names: Sequence[str] = field(repr=False, default=())
    """CVE ids and ticket numbers that were read out of it."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a mail is like what is filed for one participant, and the reasons in words.

    ``matter`` is the part of the score that people do not make: the same few write about everything.
    """

    participant: int
    score: float
    matter: float
    why: str
    same_subject: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """One trait that a participant's mails had too; ``spread`` is how many participants share it."""

    participant: int
    trait: Trait
    spread: int


def traits(mail: Features, own: Collection[Address] = ()) -> tuple[Trait, ...]:
    """Return the traits of a mail, the telling ones first; ``own`` addresses are everywhere and are left out."""
    subject = read_subject(mail.subject)
    found: list[Trait] = []

    def add(kind: TraceKind, values: Iterable[str]) -> None:
        found.extend(Trait(kind, value) for value in list(dict.fromkeys(values))[: _MOST.get(kind, 4)] if value)

    cited = [str(one) for one in _telling(mail.cited)]
    text = mail.text[:MAX_TEXT]
    add(TraceKind.MESSAGE_ID, [*([str(mail.message_id)] if mail.message_id else ()), *cited, *linked_ids(text)])
    add(TraceKind.SERIES, filter(None, (series_stem(one) for one in (str(mail.message_id or ""), *cited[:3]))))
    if not _is_dull(subject.bare):
        add(TraceKind.SUBJECT, (subject.bare, _without_label(subject.bare), subject.was))
        add(TraceKind.LINE, (subject.line,) if subject.tree else ())
    add(TraceKind.IDENTIFIER, names_in(mail.subject, text, mail.names))
    ours = {one.key for one in own}
    if mail.sender is not None and mail.sender.key not in ours:
        add(TraceKind.ADDRESS, (mail.sender.key,))
        domain = registrable_domain(mail.sender.domain)
        add(TraceKind.DOMAIN, () if domain in MAIL_PROVIDERS or domain in PLATFORMS else (domain,))
    finders = _finders(text)
    people = [one.key for one in mail.recipients if not is_list(one)] + finders
    add(TraceKind.PARTY, (one for one in people if one not in ours))
    add(TraceKind.FINDER, (one for one in finders if one in ours))
    add(TraceKind.WORD, sorted(_words(subject), key=lambda word: -len(word)))
    return tuple(found)


def lessons(mail: Features, own: Collection[Address] = ()) -> tuple[Trait, ...]:
    """Return what a filed mail teaches: its traits, and of a mail of ours who of us it is by."""
    found = [one for one in traits(mail, own) if one.kind is not TraceKind.FINDER]
    if mail.sender is not None and mail.sender in own:
        found.insert(0, Trait(TraceKind.FINDER, mail.sender.key))
    return tuple(found)


def _finders(text: str) -> list[str]:
    """Return who is named as having found or tested something."""
    return [one.lower() for one in _TRAILER.findall(text)] if "-by:" in text else []


def _telling(cited: Sequence[MessageId]) -> list[MessageId]:
    """Of a long list of references the first and the last few: the root, and what is answered."""
    once = list(dict.fromkeys(cited))
    return once if len(once) <= 6 else [once[0], *once[-5:]]


def linked_ids(text: str) -> list[str]:
    """Return the Message-IDs that a text names: as an address of an archive, or written out."""
    found = [unquote(one) for one in _URL_ID.findall(text)] if "://" in text else []
    found += _WRITTEN_ID.findall(text) if "@" in text else []
    return [one.strip(".,;)>") for one in found if "@" in one][:4]


def names_in(subject: str, text: str, more: Sequence[str] = ()) -> list[str]:
    """Return the names of code, faults and changes in a mail: those of the subject first, then the most repeated."""
    firm = [one.upper() for one in (*_CVE.findall(subject), *more)]
    if "CVE-" in text or "GHSA-" in text:
        firm += [one.upper() for one in _CVE.findall(text)]
    if "://" in text:
        firm += [f"{host.lower()}/{number}" for host, number in _BUG_URL.findall(text)]
    in_subject, _ = _code_names(subject)
    in_text, changes = _code_names(text)
    return [*firm[:6], *changes[:4], *in_subject, *in_text[:14]]


def _code_names(text: str) -> tuple[list[str], list[str]]:
    """Return the names from code in a text, the most repeated first, and the hashes of changes."""
    names, changes = [], []
    for word, _ in Counter(_TOKEN.findall(text)).most_common():
        if word.islower() and word.isalpha():
            continue
        bare = word.removesuffix("()")
        if bare is not word or "." in bare or "_" in bare.strip("_"):
            if len(bare) > 5 and not _EVERYWHERE.match(bare):
                names.append(bare.casefold())
        elif len(bare) > 9 and _HEX.match(bare):
            changes.append(bare[:10])
        elif not (bare.isupper() or bare.istitle() or bare.isdigit()) and len(bare) > 5 and _CAMEL.match(bare):
            names.append(bare.casefold())
    return names, changes


def _words(subject: Subject) -> set[str]:
    return {one for one in _WORD.findall(subject.bare) if one not in _DULL and not one.isdigit()}


def _without_label(bare: str) -> str:
    """Return a subject without words in front of a colon that could stand over anything: "security report: x"."""
    label, colon, rest = bare.partition(": ")
    return rest.strip() if colon and _is_dull(label) and not _is_dull(rest) else ""


def _is_dull(bare: str) -> bool:
    """Say whether a subject could stand over anything: "security issue", "question"."""
    return not any(word not in _DULL for word in re.findall(r"[\w.+-]{3,}", bare))


@dataclass(frozen=True, slots=True)
class _Weight:
    each: float
    most: float
    words: tuple[str, str]
    """In words, for one and for several."""


_WEIGHTS: Mapping[TraceKind, _Weight] = {
    TraceKind.SERIES: _Weight(4.0, 4.0, ("sent in the same series",) * 2),
    TraceKind.MESSAGE_ID: _Weight(3.0, 4.0, ("names a mail of the same thread",) * 2),
    TraceKind.LINE: _Weight(1.4, 1.4, (SAME_VERSION,) * 2),
    TraceKind.SUBJECT: _Weight(2.2, 2.2, ("same subject",) * 2),
    TraceKind.IDENTIFIER: _Weight(0.7, 2.6, ("{} shared identifier", "{} shared identifiers")),
    TraceKind.ADDRESS: _Weight(0.8, 0.8, ("same sender",) * 2),
    TraceKind.DOMAIN: _Weight(0.3, 0.3, ("sender's domain is known here",) * 2),
    TraceKind.FINDER: _Weight(0.9, 0.9, ("names who of us reported it",) * 2),
    TraceKind.PARTY: _Weight(0.25, 0.75, ("{} person in common", "{} people in common")),
    TraceKind.WORD: _Weight(0.3, 0.9, ("{} word of the subject", "{} words of the subject")),
}
_OTHER_TREE = 1.0
_PEOPLE = (TraceKind.ADDRESS, TraceKind.DOMAIN, TraceKind.PARTY, TraceKind.FINDER)


def weigh(mail: Sequence[Trait], shared: Iterable[Shared]) -> list[Likeness]:
    """Return how much a mail is like each participant's mails, most first; what is below ``GUESS`` is left out."""
    by_participant: dict[int, dict[TraceKind, list[float]]] = {}
    for one in shared:
        if one.trait.kind in _WEIGHTS and one.spread < COMMON:
            kinds = by_participant.setdefault(one.participant, {})
            kinds.setdefault(one.trait.kind, []).append(_rarity(one.spread))
    has_line = any(one.kind is TraceKind.LINE for one in mail)
    found = []
    for participant, kinds in by_participant.items():
        parts = {kind: min(weight.most, weight.each * sum(kinds.get(kind, ()))) for kind, weight in _WEIGHTS.items()}
        score, people = sum(parts.values()), sum(parts[kind] for kind in _PEOPLE)
        reasons = [
            weight.words[len(kinds[kind]) > 1].format(len(kinds[kind]))
            for kind, weight in _WEIGHTS.items()
            if kind in kinds
        ]
        if has_line and TraceKind.SUBJECT in kinds and TraceKind.LINE not in kinds:
            score -= _OTHER_TREE
            reasons.append(OTHER_VERSION)
        if score >= GUESS:
            found.append(
                Likeness(
                    participant,
                    round(score, 3),
                    round(score - people, 3),
                    ", ".join(reasons),
                    TraceKind.SUBJECT in kinds,
                )
            )
    # Of equals the newer participant first: what is written about today was rarely opened long ago.
    return sorted(found, key=lambda one: (-one.score, -one.participant))


def is_doubtful(mail: Features, found: Sequence[Likeness], most: float = DOUBT) -> bool:
    """Say whether a mail may well belong to a case that is there, so that a case of its own is doubtful.

    What says that it is for another version than the case is not doubtful, however alike the two are.
    """
    tree = read_subject(mail.subject).tree
    return any(
        one.matter >= most and OTHER_VERSION not in one.why and (not tree or SAME_VERSION in one.why) for one in found
    )


def _rarity(spread: int) -> float:
    return 1.0 if spread <= 1 else 1.0 / spread**0.5
