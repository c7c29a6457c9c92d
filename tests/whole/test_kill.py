"""kill -9 at every interesting moment of sending and receiving; then a restart, and nothing is lost or doubled."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from cvdmail.core.ids import Address
from cvdmail.embedded import EmbeddedServers, LocalUser
from servers.certificates import short_folder
from whole import story as play
from whole import vendor
from whole.fault import Moment, Proxy, Way, killed_at_sync
from whole.lab import Lab, laboratory
from whole.story import Words
from whole.town import MAILBOX, PASSWORDS, VENDOR, Endpoint, Loop, append, loop, read_folder
from whole.zygote import Zygote

pytestmark = pytest.mark.timeout(600)
AT_ONCE = 2
PASSES = 5

CLIENT, SERVER = Way.CLIENT, Way.SERVER
SMTP: Mapping[str, Moment] = {
    "EHLO": Moment(CLIENT, rb"EHLO "),
    "log-in": Moment(CLIENT, rb"AUTH "),
    "MAIL": Moment(CLIENT, rb"MAIL FROM:"),
    "first RCPT answered": Moment(SERVER, rb"250 2\.1\.5 "),
    "DATA": Moment(CLIENT, rb"DATA\r\n"),
    "in the text": Moment(CLIENT, rb"BEGIN PGP MESSAGE"),
    "dot lost on the way": Moment(CLIENT, rb"\r\n\.\r\n"),
    "dot arrived, answer lost": Moment(SERVER, rb"250 2\.0\.0 kept"),
    "answer arrived": Moment(SERVER, rb"250 2\.0\.0 kept", passed_on=True),
    "QUIT": Moment(CLIENT, rb"QUIT\r\n"),
}
SENT_COPY: Mapping[str, Moment] = {
    "IMAP log-in": Moment(CLIENT, rb"LOGIN "),
    "search for the copy": Moment(CLIENT, rb"HEADER Message-ID"),
    "APPEND begins": Moment(CLIENT, rb"APPEND "),
    "APPEND arrived, answer lost": Moment(SERVER, rb" OK [^\r\n]*APPEND completed"),
}
IMAP: Mapping[str, Moment] = {
    "log-in": Moment(CLIENT, rb"LOGIN "),
    "EXAMINE": Moment(CLIENT, rb"EXAMINE [\"]?INBOX"),
    "search": Moment(CLIENT, rb"UID SEARCH "),
    "search answered": Moment(SERVER, rb"\* SEARCH [^\r\n]*\r\n"),
    "FETCH": Moment(CLIENT, rb"BODY\.PEEK\[\]"),
    "in the first mail": Moment(SERVER, rb"Message-ID: <auto@"),
    "mails arrived": Moment(SERVER, rb"(?s)Message-ID: <late@.*OK [^\r\n]*FETCH", passed_on=True),
    "LOGOUT": Moment(CLIENT, rb"LOGOUT"),
}
BELT: Mapping[str, Moment] = {
    "first dot lost on the way": SMTP["dot lost on the way"],
    "first dot arrived, answer lost": SMTP["dot arrived, answer lost"],
    "first answer arrived": SMTP["answer arrived"],
    "second MAIL of a connection": Moment(CLIENT, rb"(?s)MAIL FROM:.*MAIL FROM:"),
    "second answer of a connection lost": Moment(SERVER, rb"(?s)250 2\.0\.0 kept.*250 2\.0\.0 kept"),
}
BELT_SYNCS = range(5, 8)
MAILS_ON_BELT = 5
SEND_SYNCS = range(1, 9)
RECEIVE_SYNCS = range(1, 10)


@dataclass(frozen=True, slots=True)
class Stage:
    """A laboratory in which everything is ready for the pass that will be killed, and the mails that wait for it."""

    lab: Lab
    case: str
    inbox: tuple[bytes, ...] = ()
    others: tuple[str, ...] = ()
    background: Loop = field(kw_only=True)


@dataclass(slots=True)
class Outcome:
    """What was found after the kill and the restarts."""

    reached: bool = False
    passes: int = 0
    vendor: list[bytes] = field(default_factory=list)
    ours: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    shown: dict[str, Any] = field(default_factory=dict)
    ledger: dict[str, Any] = field(default_factory=dict)
    resent: list[bytes] | None = None
    every: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def delivery(self) -> str:
        """The state of the report for the vendor."""
        return _delivery(self.shown)

    def unknown(self) -> list[str]:
        """The cases of whose report nobody knows whether the vendor has it."""
        return [case for case, shown in self.every.items() if shown["outbox"] and _delivery(shown) == "unknown"]


def _delivery(shown: Mapping[str, Any]) -> str:
    (mail,) = shown["outbox"]
    (state,) = [one["state"] for one in mail["recipients"] if one["address"] == VENDOR]
    return str(state)


def _servers(stack: ExitStack, stage: Stage, folder: Path) -> tuple[Endpoint, Endpoint, Proxy, Proxy]:
    """Fresh servers with nothing but the waiting mails, and a proxy before each."""
    users = [LocalUser(Address.parse(address), password) for address, password in PASSWORDS.items()]
    servers = stage.background.enter(EmbeddedServers(folder, users))
    smtp = Endpoint(servers.host, servers.smtp_port, servers.ca_file)
    imap = Endpoint(servers.host, servers.imap_port, servers.ca_file)
    for raw in stage.inbox:
        append(imap, MAILBOX, raw)
    return smtp, imap, stage.background.enter(Proxy(folder, smtp)), stage.background.enter(Proxy(folder, imap))


def _play(zygote: Zygote, stage: Stage, server: str, moment: Moment | int | None) -> Outcome:
    """Copy the laboratory, kill one pass at ``moment`` (a commit's number, or words to ``server``), and recover."""
    outcome = Outcome()
    with short_folder() as folder, ExitStack() as stack:
        lab = stage.lab.copy(folder, zygote)
        stack.callback(lab.end_agents)
        _, imap, before_smtp, before_imap = _servers(stack, stage, folder)
        lab.configure(before_smtp.end, before_imap.end)
        if isinstance(moment, int):
            outcome.reached = killed_at_sync(zygote, lab, moment)
        elif moment is not None:
            proxy = before_smtp if server == "smtp" else before_imap
            outcome.reached = _killed_at(stage.background, zygote, lab, proxy, moment)
        outcome.passes = _until_quiet(lab)
        _look(outcome, lab, imap, stage)
        if outcome.unknown():
            for case in outcome.unknown():
                lab.run("ada", "send", case, "--resend-unknown")
            _until_quiet(lab)
            outcome.resent = read_folder(imap, VENDOR)
    return outcome


def _killed_at(background: Loop, zygote: Zygote, lab: Lab, proxy: Proxy, moment: Moment) -> bool:
    background.run(proxy.load(moment))
    done = zygote(lab, None, ("watch", "--once"), lambda process: background.run(proxy.aim(process)))
    background.run(proxy.load(None))
    assert done.status in (0, 3, -signal.SIGKILL), done.err.decode()
    return proxy.struck


def _until_quiet(lab: Lab) -> int:
    """Restart until a pass finds nothing to do; return how many passes that took."""
    for number in range(1, PASSES + 1):
        lab.time_passes()
        done = lab.watch(status=(0, 3))
        if not (done["outbox"] or done["settled"] or done["received"] or done["sent_copies"]):
            return number
    raise AssertionError("the daemon never comes to rest")


def _look(outcome: Outcome, lab: Lab, imap: Endpoint, stage: Stage) -> None:
    outcome.vendor, outcome.ours = read_folder(imap, VENDOR), read_folder(imap, MAILBOX)
    outcome.sent = read_folder(imap, MAILBOX, "Sent")
    outcome.every = {case: lab.show(case) for case in (stage.case, *stage.others)}
    outcome.shown = outcome.every[stage.case]
    outcome.status = lab.run(None, "status", "--json", status=(0, 1, 3)).json()
    outcome.ledger = lab.run("ben", "ledger", "verify", "--json").json()


@pytest.fixture(scope="module")
def stages() -> Iterator[tuple[Stage, Stage, Stage]]:
    """A report that waits in the outbox; the same one sent, with four mails that came in answer; several that wait."""
    nowhere = Endpoint("127.0.0.1", 9, "")
    with loop() as background, laboratory(nowhere, nowhere) as lab:
        ours = (lab.root / "keys" / "team" / f"{MAILBOX}.asc").read_bytes()
        with vendor.vendor(ours) as there, short_folder() as folder, short_folder() as place, ExitStack() as stack:
            case = play.open_case(lab, there.home, VENDOR, Words(), [])
            lab.end_agents()
            sending = Stage(lab, case, background=background)
            later = lab.copy(folder)
            stack.callback(later.end_agents)
            _, imap, before_smtp, before_imap = _servers(stack, sending, place)
            later.configure(before_smtp.end, before_imap.end)
            later.watch()
            later.watch()
            (report,) = read_folder(imap, VENDOR)
            later.end_agents()
            full = lab.copy(stack.enter_context(short_folder()))
            stack.callback(full.end_agents)
            more = [play.open_case(full, there.home, VENDOR, Words(), []) for _ in range(MAILS_ON_BELT - 1)]
            full.end_agents()
            belt = Stage(full, case, others=tuple(more), background=background)
            yield sending, Stage(later, case, _replies(there, report), background=background), belt


def _replies(there: vendor.Vendor, report: bytes) -> tuple[bytes, ...]:
    line = vendor.thread(vendor.read(report))

    def reply(name: str, *extra: str) -> bytes:
        return vendor.headers(name, line.reply_to, f"Re: {line.subject}", answers=line.message_id, extra=extra)

    text = "Thank you, we have received your report. Our ticket is EXV-7. We plan to release the fix on 15 May 2031.\n"
    return (
        vendor.plain(reply("auto", "Auto-Submitted: auto-replied"), "This is an automatic reply.\n"),
        vendor.encrypted(reply("ack"), there.sealed(vendor.entity(text, "Re: [EXV-7]"))),
        vendor.plain(vendor.headers("stranger", MAILBOX, "Hello", sender="x@elsewhere.example"), "Who are you?\n"),
        vendor.plain(reply("late"), "We look into it.\n"),
    )


@pytest.fixture(scope="module")
def sendings(stages: tuple[Stage, Stage, Stage], memory: Path) -> dict[str, Outcome]:
    """Every kill of the way out, two at a time, and one pass that nobody kills."""
    points: dict[str, tuple[str, Moment | int | None]] = {"nobody": ("", None)}
    points |= {f"smtp: {name}": ("smtp", moment) for name, moment in SMTP.items()}
    points |= {f"imap: {name}": ("imap", moment) for name, moment in SENT_COPY.items()}
    points |= {f"commit {number}": ("", number) for number in SEND_SYNCS}
    return _all(memory, stages[0], points)


@pytest.fixture(scope="module")
def receivings(stages: tuple[Stage, Stage, Stage], memory: Path) -> dict[str, Outcome]:
    """Every kill of the way in."""
    points: dict[str, tuple[str, Moment | int | None]] = {"nobody": ("", None)}
    points |= {f"imap: {name}": ("imap", moment) for name, moment in IMAP.items()}
    points |= {f"commit {number}": ("", number) for number in RECEIVE_SYNCS}
    return _all(memory, stages[1], points)


@pytest.fixture(scope="module")
def belts(stages: tuple[Stage, Stage, Stage], memory: Path) -> dict[str, Outcome]:
    """Kills while two of several mails are in the air, and one pass that nobody kills."""
    points: dict[str, tuple[str, Moment | int | None]] = {"nobody": ("", None)}
    points |= {f"smtp: {name}": ("smtp", moment) for name, moment in BELT.items()}
    points |= {f"commit {number}": ("", number) for number in BELT_SYNCS}
    return _all(memory, stages[2], points)


def _all(memory: Path, stage: Stage, points: Mapping[str, tuple[str, Moment | int | None]]) -> dict[str, Outcome]:
    free: SimpleQueue[Zygote] = SimpleQueue()

    def one(server: str, moment: Moment | int | None) -> Outcome:
        zygote = free.get()
        try:
            return _play(zygote, stage, server, moment)
        except AssertionError as problem:  # what goes wrong at one point is a failure of that point only
            return Outcome(problem=str(problem))
        finally:
            free.put(zygote)

    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(AT_ONCE):
            free.put(stack.enter_context(Zygote(memory)))
        running = {name: pool.submit(one, *where) for name, where in points.items()}
        return {name: outcome.result() for name, outcome in running.items()}


def _names(points: Mapping[str, Moment], prefix: str) -> list[str]:
    return [f"{prefix}: {name}" for name in points]


SENDINGS = [*_names(SMTP, "smtp"), *_names(SENT_COPY, "imap"), *(f"commit {number}" for number in SEND_SYNCS)]
BELTS = [*_names(BELT, "smtp"), *(f"commit {number}" for number in BELT_SYNCS)]
RECEIVINGS = [*_names(IMAP, "imap"), *(f"commit {number}" for number in RECEIVE_SYNCS)]


@pytest.mark.parametrize("point", ["nobody", *SENDINGS])
def test_a_report_is_sent_once_or_shown_as_unknown(sendings: dict[str, Outcome], point: str) -> None:
    found = sendings[point]
    assert found.problem == ""
    assert found.reached or point == "nobody"
    (frozen,) = [one for one in found.shown["events"] if one["kind"] == "mail_frozen"]
    assert found.delivery in ("sent", "unknown")
    if found.delivery == "sent":
        assert len(found.vendor) == 1
        assert len(found.sent) == 1
    assert len(found.vendor) <= 1
    assert len(found.ours) == len(found.vendor)
    assert frozen["body"]["outbox"] == 1
    assert found.ledger["ok"], found.ledger["problems"]


@pytest.mark.parametrize("point", ["nobody", *SENDINGS])
def test_a_person_resends_the_identical_bytes(sendings: dict[str, Outcome], point: str) -> None:
    found = sendings[point]
    assert found.problem == ""
    if found.delivery == "unknown":
        assert found.resent is not None
        assert len(found.resent) == len(found.vendor) + 1
    every = {_kept(raw) for raw in (*found.vendor, *found.ours, *found.sent, *(found.resent or ()))}
    assert len(every) == 1


def _kept(raw: bytes) -> bytes:
    """Without the trace lines that a delivering host puts in front."""
    return raw[raw.index(b"From: ") :]


def test_where_nobody_can_know_is_called_unknown(sendings: dict[str, Outcome]) -> None:
    assert sendings["nobody"].delivery == "sent"
    assert sendings["nobody"].passes == 2
    for name in ("dot lost on the way", "dot arrived, answer lost"):
        assert sendings[f"smtp: {name}"].delivery == "unknown"
    assert sendings["smtp: dot lost on the way"].vendor == []
    assert len(sendings["smtp: dot arrived, answer lost"].vendor) == 1
    for name in SENT_COPY:
        assert sendings[f"imap: {name}"].delivery == "sent"


@pytest.mark.parametrize("point", ["nobody", *BELTS])
def test_every_report_of_several_is_sent_once_or_shown_as_unknown(belts: dict[str, Outcome], point: str) -> None:
    found = belts[point]
    assert found.problem == ""
    assert found.reached or point == "nobody"
    assert len(found.every) == MAILS_ON_BELT
    for case, shown in found.every.items():
        arrived, kept = _about(case, found.vendor), _about(case, found.sent)
        assert [one["kind"] for one in shown["events"]].count("mail_frozen") == 1
        assert _delivery(shown) in ("sent", "unknown")
        assert len(arrived) == 1 if _delivery(shown) == "sent" else len(arrived) <= 1
        assert len(kept) == 1
    assert len(found.unknown()) <= 2  # one for each connection
    assert found.status["outbox"]["unknown"] == len(found.unknown())
    assert found.status["outbox"]["queued"] == found.status["outbox"]["deferred"] == 0
    assert found.ledger["ok"], found.ledger["problems"]


@pytest.mark.parametrize("point", ["nobody", *BELTS])
def test_of_several_only_the_unknown_are_resent_and_identically(belts: dict[str, Outcome], point: str) -> None:
    found = belts[point]
    assert found.problem == ""
    assert (found.resent is None) == (found.unknown() == [])
    for case in found.every:
        before, after = _about(case, found.vendor), _about(case, found.resent or found.vendor)
        assert len(after) == len(before) + (case in found.unknown())
        assert len({_kept(raw) for raw in (*after, *_about(case, (*found.ours, *found.sent)))}) == 1


def _about(case: str, mails: Sequence[bytes]) -> list[bytes]:
    """The mails whose outer subject is a case."""
    return [raw for raw in mails if f"\r\nSubject: [{case}]\r\n".encode() in raw]


def test_a_kill_while_two_are_in_the_air_leaves_unknown_ones(belts: dict[str, Outcome]) -> None:
    assert belts["nobody"].unknown() == []
    assert belts["smtp: first dot arrived, answer lost"].unknown()
    assert belts["smtp: second answer of a connection lost"].unknown()


@pytest.mark.parametrize("point", ["nobody", *RECEIVINGS])
def test_every_reply_is_filed_once(receivings: dict[str, Outcome], point: str) -> None:
    found, usual = receivings[point], receivings["nobody"]
    assert found.problem == ""
    assert found.reached or point == "nobody"
    filed = Counter(one["message_id"] for one in found.shown["messages"] if one["direction"] == "inbound")
    assert filed == {"auto@vendor.example": 1, "ack@vendor.example": 1, "late@vendor.example": 1}
    assert _essence(found.shown) == _essence(usual.shown)
    assert found.ledger["ok"], found.ledger["problems"]
    assert found.ours == usual.ours  # the server's copies are as they were
    assert found.vendor == []


def _essence(shown: dict[str, Any]) -> object:
    """What must not depend on how often the daemon was killed."""
    mails = {
        one["message_id"]: (one["state"], one["trust"], one["signature"]["state"], len(one["filings"]),
                            [(fact["kind"], fact["state"], fact["quote"]) for fact in one["facts"]])
        for one in shown["messages"] if one["direction"] == "inbound"
    }  # fmt: skip
    promises = [(one["first"], one["slips"]) for one in shown["promises"]]
    kinds = Counter(one["kind"] for one in shown["events"])
    return mails, promises, kinds, [one["rm"] for one in shown["participants"]]


def test_there_are_ten_points_on_either_way() -> None:
    assert len(SENDINGS) >= 10
    assert len(RECEIVINGS) >= 10
    for moment in (*SMTP.values(), *SENT_COPY.values(), *IMAP.values()):
        re.compile(moment.pattern)
