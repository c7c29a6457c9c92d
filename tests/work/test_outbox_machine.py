"""The outbox against a server that does what it likes, a plug that is pulled anywhere, and undecided people.

What must hold: no second different mail, no lost mail, every outcome visible.  The store is a real SQLite file, the
jobs are the real ones (``work/queue.py``, ``deliver.py``, ``freeze.py``, ``sent_copies.py`` and the orders of people in
``contacts.py``, ``review.py``, ``upkeep.py``); scripted is only what stands behind a port, see :mod:`work.outside`.

The model is what the server itself saw and kept, and what people ordered; the store's file is read beside the program.
A rule that runs the daemon is one process: it takes the lease, recovers, delivers, stores copies, and may lose power at
any commit, submission, APPEND or signature.  While the server thinks, a person may give an order, or another daemon
takes over.  At the end every server is kind, time passes, and nothing may be left undone without a reason shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cli.lab import FINDING, MAILBOX
from cvdmail.core.events import EventKind
from cvdmail.core.guard import inspect
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.ledger import Event
from cvdmail.core.outbox import HOST_PAUSE, Limits, delay, gave_up, overall
from cvdmail.core.outgoing import OutgoingMail, RecipientState
from cvdmail.core.policy import ResendUnknown
from cvdmail.core.records import ContactState
from cvdmail.core.report import read
from cvdmail.edge.system import SystemEntropy
from cvdmail.errors import (
    GuardRefusal,
    NotFound,
    Refused,
    SealBroken,
    ServerRefused,
    ServerUnavailable,
    StoreUnavailable,
)
from cvdmail.store.engine import Engines
from cvdmail.store.transaction import Store
from cvdmail.store.vault import Vault
from cvdmail.work import contacts, open_case, queue, review
from cvdmail.work.audit import audit
from cvdmail.work.deliver import deliver_due, recover
from cvdmail.work.desk import LEASE, Desk
from cvdmail.work.health import status
from cvdmail.work.sent_copies import store_copies
from cvdmail.work.upkeep import erase_case
from work.outbox_store import VENDORS, Look, Mail, Prepared, contact_of, look_at
from work.outside import (
    Appending,
    Clock,
    End,
    Folders,
    Line,
    Mains,
    Plan,
    PluggedStore,
    Point,
    PowerCut,
    QuickPgp,
    Server,
)

SEVERITIES = ("critical", "high", "medium", "low")
MEMORY = Path("/dev/shm")
MOST_MAILS = 7
QUEUED, SENDING, SENT = RecipientState.QUEUED, RecipientState.SENDING, RecipientState.SENT
DEFERRED, REFUSED, UNKNOWN = RecipientState.DEFERRED, RecipientState.REFUSED, RecipientState.UNKNOWN
OURS = Address.parse(MAILBOX)


ORDERS = (
    "approve again", "resend", "wait an hour", "change log-in", "take over", "take over and deliver", "policy",
    "pin old", "pin new", "demote", "close", "erase", "resend", "approve again", "wait an hour",
)  # fmt: skip
MINUTES = (1, 6, 31, 300, 1500, 9000)
Order = tuple[str, int]
reports = st.tuples(st.sampled_from(VENDORS), st.sampled_from(SEVERITIES))
orders = st.tuples(st.sampled_from(ORDERS), st.integers(0, 5))
ends = st.sampled_from([End.TAKEN, End.SILENCE_TAKEN, End.SILENCE_LOST, *End])
plans = st.tuples(
    ends,
    st.just(()) | st.tuples(st.sampled_from((None, 450, 550)), st.sampled_from((None, None, 450, 550))),
    st.booleans(),
    st.integers(0, 9).map(lambda one: one == 9),
    st.none() | st.none() | orders,
)
Cut = tuple[Point, int]
Script = list[tuple[End, tuple[int | None, ...], bool, bool, Order | None]]
cuts = st.none() | st.none() | st.tuples(st.sampled_from(Point), st.integers(1, 5))


def _case_of(raw: bytes) -> str:
    """The case that a mail of ours is about, by its outer subject."""
    return raw.partition(b"\r\nSubject: [")[2].partition(b"]")[0].decode()


class Outbox(RuleBasedStateMachine):
    """The model is ``server.seen``, ``queued`` (who must be served), ``banned`` and ``pins`` (what people ordered)."""

    prepared: Prepared

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.place = Path(tempfile.mkdtemp(prefix="cvd-", dir=MEMORY if MEMORY.is_dir() else None))
        self.database = self.place / "c.db"
        self.database.write_bytes(self.prepared.database)
        self.clock = Clock(self.prepared.begin)
        self.server = Server(self.clock)
        self.folders = Folders()
        self.shelf = self.prepared.shelf()
        self.policy = self.prepared.policy
        self.ada, self.ben = self.prepared.actor("ada"), self.prepared.actor("ben")
        self.cases: list[CaseId] = []
        self.queued: dict[int, set[str]] = {}
        self.banned: dict[int, int] = {}
        self.resent: dict[int, int] = {}
        self.demoted: set[str] = set()
        self.pins: dict[str, tuple[bytes, dict[int, int]]] = {vendor: (self.prepared.old, {}) for vendor in VENDORS}
        self.replaced: dict[int, dict[int, int]] = {}
        self.numbers: list[tuple[int, int]] = []
        self.complaints: list[str] = []
        self.daemon, self.fence = 1, 0
        self.untidy = False  # a daemon died, or was cut short, and nobody has recovered yet
        self._open()

    def _open(self) -> None:
        async def engines() -> Engines:
            return Engines(f"sqlite+aiosqlite:///{self.database}")

        self.engines = self.runner.run(engines())

    def desk(self, store: Store | None = None, openpgp: QuickPgp | None = None) -> Desk:
        """The desk of a person; with arguments that of a daemon."""
        return Desk(
            self.prepared.config, self.policy, store or Store(self.engines, Vault(*self.prepared.vault)), self.clock,
            SystemEntropy(), self.shelf, openpgp or self.prepared.openpgp(),
        )  # fmt: skip

    def look(self) -> Look:
        return look_at(self.database)

    def teardown(self) -> None:
        try:
            if not self.complaints:
                self.everything_comes_to_an_end()
        finally:
            self.runner.run(self.engines.close())
            self.runner.close()
            shutil.rmtree(self.place)

    @initialize(limit=st.integers(0, 3), once=st.booleans(), first=st.lists(reports, min_size=1, max_size=3))
    def there_is_a_policy_and_something_to_send(self, limit: int, once: bool, first: list[tuple[str, str]]) -> None:
        resend = ResendUnknown.ONCE if once else ResendUnknown.ASK
        self.policy = replace(self.policy, limits=Limits(limit, 0), resend_unknown=resend)
        for vendor, severity in first:
            self.runner.run(self._report(vendor, severity))

    # What people do.

    @precondition(lambda self: len(self.cases) < MOST_MAILS)
    @rule(which=reports)
    def a_report_is_queued(self, which: tuple[str, str]) -> None:
        self.runner.run(self._report(*which))

    async def _report(self, vendor: str, severity: str) -> None:
        words = {
            "vendor.example": vendor,
            "severity: high": f"severity: {severity}",
            "frame": f"frame{len(self.cases)}",
        }
        text = FINDING
        for old, new in words.items():
            text = text.replace(old, new)
        desk = self.desk()
        made = await open_case.open_case(desk, self.ada, read(text.encode()), text.encode(), (), ())
        self.cases.append(made.case)
        assert await self._approve(desk, made.case) != (vendor in self.demoted)

    async def _approve(self, desk: Desk, case: CaseId) -> bool:
        """Approve and queue what is open of a case, if that is possible now."""
        async with desk.store.read() as tx:
            drafts = await tx.drafts.select(case_row=(await tx.cases.get(case)).row)
        try:
            for draft in drafts:
                await review.approve(desk, self.ben, draft.row)
            await queue.send(desk, self.ada, case)
        except (Refused, NotFound, SealBroken):
            return False
        mail = self.look().of_case(str(case))
        self.queued[mail.row] = {str(contact_of(mail.vendor)), MAILBOX}
        self.banned.pop(mail.row, None)  # a person has decided anew
        return True

    @rule(given=orders)
    def an_order_is_given(self, given: Order) -> None:
        self.runner.run(self._order(given))

    async def _order(self, given: Order) -> None:
        what, number = given
        vendor = VENDORS[number % len(VENDORS)]
        case = self.cases[number % len(self.cases)] if self.cases else None
        if what == "demote":
            await contacts.confirm(self.desk(), self.ada, str(contact_of(vendor)), ContactState.DEMOTED, vendor)
            self.demoted.add(vendor)
            self._ban(lambda mail: mail.vendor == vendor)
        elif what in ("pin old", "pin new"):
            key = self.prepared.old if what == "pin old" else self.prepared.new
            await contacts.pin(self.desk(), self.ada, key, contact_of(vendor), vendor, True)
            self.demoted.discard(vendor)
            if key != self.pins[vendor][0]:
                self.pins[vendor] = (key, self.look().tries())
        elif what == "policy":
            self._change_policy(number)
        elif what == "change log-in":
            self._change_log_in(number)
        elif what == "wait an hour":
            self.clock.at += timedelta(hours=1)
        elif what in ("take over", "take over and deliver"):
            await self._take_over(what == "take over and deliver")
        elif case is not None:
            await self._order_about(what, case)

    async def _order_about(self, what: str, case: CaseId) -> None:
        desk = self.desk()
        if what == "close":
            async with desk.store.write() as tx:  # what 'case close' does
                people = [one.row for one in await tx.cases.participants((await tx.cases.get(case)).row)]
                await tx.outbox.stop(people, "the case is closed", desk.clock.now())
                event = Event(str(case), EventKind.CASE_CLOSED, desk.clock.now(), str(self.ada.fingerprint), {})
                await tx.ledger.append(await self.ada.decide(event))
            self._ban(lambda mail: mail.case == str(case))
        elif what == "erase":
            try:
                for person in (self.ada, self.ben):
                    await erase_case(desk, person, case, b"the vendor asks for it")
            except Refused:  # it is erased already
                return
            self._ban(lambda mail: mail.case == str(case))
        elif what == "approve again":
            await self._approve(desk, case)
        elif await queue.resend_unknown(desk, self.ada, case):
            mail = self.look().of_case(str(case))
            self.resent[mail.row] = len(mail.attempts)

    def _ban(self, which: Callable[[Mail], bool]) -> None:
        """Attempts that are under way may end; no other may begin."""
        for row, mail in self.look().mails.items():
            if which(mail):
                self.banned.setdefault(row, len(mail.attempts))

    def _change_policy(self, number: int) -> None:
        resend = ResendUnknown.ONCE if number % 2 else ResendUnknown.ASK
        self.policy = replace(self.policy, version=str(number), resend_unknown=resend)

    def _change_log_in(self, number: int) -> None:
        """The server wants another secret, or the operator configures one, the right one or a wrong one."""
        if number < 2:
            self.server.want_another_secret()
        elif number == 2:
            self.server.log_in = max(self.server.log_in, self.server.accepted) + 1
        else:
            self.server.log_in = self.server.accepted

    @rule(minutes=st.sampled_from(MINUTES))
    def time_passes(self, minutes: int) -> None:
        self.clock.at += timedelta(minutes=minutes)

    # What daemons do.

    @rule(
        script=st.lists(plans, min_size=1, max_size=4), cut=cuts, connections=st.integers(1, 2),
        signing=st.none() | st.none() | orders, appends=st.lists(st.sampled_from(Appending), max_size=3),
    )  # fmt: skip
    def the_daemon_works(
        self,
        script: Script,
        cut: Cut | None,
        connections: int,
        signing: Order | None,
        appends: list[Appending],
    ) -> None:
        self._run(script, cut, connections, signing, appends)

    def _run(
        self, script: Script, cut: Cut | None, connections: int, signing: Order | None, appends: list[Appending]
    ) -> None:
        mains = Mains(cut)
        self.folders.upcoming = appends
        made = [
            Plan(end, rcpt, slow, expires, None if given is None else self._giving(given))
            for end, rcpt, slow, expires, given in script
        ]
        before = len(self.replaced)
        try:
            self.runner.run(self._work(mains, made, connections, signing))
        except (PowerCut, BaseExceptionGroup):
            assert mains.off
            self._power_comes_back()
        except StoreUnavailable:
            assert len(self.replaced) > before
            self.untidy = True
        except (ServerUnavailable, ServerRefused):
            pass  # the copy waits
        finally:
            self.folders.upcoming = []

    @rule(minutes=st.sampled_from(MINUTES), script=st.lists(plans, min_size=1, max_size=4))
    def time_passes_and_the_daemon_works(self, minutes: int, script: Script) -> None:
        self.clock.at += timedelta(minutes=minutes)
        self._run(script, None, 2, None, [])

    @precondition(lambda self: len(self.cases) < MOST_MAILS)
    @rule(which=reports, script=st.lists(plans, min_size=1, max_size=4), cut=cuts)
    def a_report_is_queued_and_the_daemon_works(self, which: tuple[str, str], script: Script, cut: Cut | None) -> None:
        self.runner.run(self._report(*which))
        self._run(script, cut, 2, None, [])

    def _giving(self, given: Order) -> Callable[[], Awaitable[None]]:
        async def give() -> None:
            await self._order(given)

        return give

    def _power_comes_back(self) -> None:
        self.runner.run(self.engines.close())
        self._open()
        self.daemon += 1
        self.untidy = True

    async def _work(self, mains: Mains, script: list[Plan], connections: int, signing: Order | None) -> None:
        """One process of the daemon: ``watch --once``, without looking at the inbox."""
        waiting = [signing] if signing is not None else []

        async def meanwhile() -> None:
            mains.reach(Point.SIGNING)
            if waiting:
                await self._order(waiting.pop())

        store = PluggedStore(self.engines, Vault(*self.prepared.vault), mains)
        desk = self.desk(store, self.prepared.openpgp(meanwhile))
        fence = await self._take_lease(desk)
        await recover(desk)
        self.untidy = False
        await self._deliver(desk, mains, script, connections, fence)
        async with self.folders.lent(mains) as mailbox:
            await store_copies(desk, mailbox, "Sent")

    async def _take_lease(self, desk: Desk) -> int:
        now = self.clock.now()
        async with desk.store.write() as tx:
            earlier = await tx.leases.get(LEASE)
            dead = None if earlier is None else earlier.holder
            taken = await tx.leases.take(LEASE, f"daemon {self.daemon}", now, now + timedelta(minutes=1), dead)
        assert taken is not None
        self.fence = taken.fence
        return taken.fence

    async def _deliver(self, desk: Desk, mains: Mains, script: list[Plan], connections: int, fence: int) -> None:
        def arrives(mail: OutgoingMail) -> None:
            self._check_arrival(mail, fence)

        line = Line(self.server, mains, script, connections, arrives)
        await deliver_due(desk, line, fence)
        found = self.look()
        order = [found.of_case(str(mail.intended.case)) for mail in line.submitted]
        if order != sorted(order, key=lambda one: (one.urgency, one.row)):
            self.complaints.append(f"the most urgent did not go first: {[(one.urgency, one.row) for one in order]}")

    async def _take_over(self, deliver: bool) -> None:
        """Another daemon finds the lease expired; the one before, if it still runs, must find out before it sends."""
        self.daemon += 1
        desk = self.desk()
        before = self.fence
        fence = await self._take_lease(desk)
        self.replaced[before] = self.look().tries()
        await recover(desk)
        if deliver:
            await self._deliver(desk, Mains(), [], 1, fence)

    @precondition(lambda self: self.replaced)
    @rule(data=st.data())
    def a_daemon_that_was_replaced_goes_on(self, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from(sorted(self.replaced)))
        seen = len(self.server.seen)
        with contextlib.suppress(StoreUnavailable):  # what it is told
            self.runner.run(self._deliver(self.desk(), Mains(), [], 2, old))
        assert len(self.server.seen) == seen

    # What the server sees.

    def _check_arrival(self, mail: OutgoingMail, fence: int) -> None:
        """Judge one submission by the state of the file at this moment; complaints are heard after the step."""
        found = self.look()
        kept = found.of_case(str(mail.intended.case))
        number = len(kept.attempts)
        wrong = [*self._wrong_mail(mail, kept, found), *self._wrong_time(found), *self._too_early(mail, kept, found)]
        if number > self.replaced.get(fence, {}).get(kept.row, number):
            wrong.append("the daemon was replaced before")
        if kept.row in self.banned and number > self.banned[kept.row]:
            wrong.append("a person had stopped it before")
        key, tries = self.pins[kept.vendor]
        if not self._encrypted_to(mail, key) and number > tries.get(kept.row, 0):
            wrong.append("another key was pinned before")
        self.complaints += [f"mail {kept.row}, attempt {number}: {one}" for one in wrong]
        self.numbers.append((kept.row, number))

    def _wrong_mail(self, mail: OutgoingMail, kept: Mail, found: Look) -> Iterator[str]:
        try:
            inspect(mail)
        except GuardRefusal as refusal:
            yield refusal.why
        meant = {contact_of(kept.vendor), OURS}
        if mail.intended.recipients != meant or not set(mail.recipients) <= meant or mail.envelope_from != OURS:
            yield "it goes to others than those it was approved for"
        if kept.message is None or not kept.attempts or kept.attempts[-1][2]:
            yield "its bytes and the attempt were not committed before"
        for (row, _), earlier in zip(self.numbers, self.server.seen, strict=True):
            if row == kept.row and earlier.mail.raw != mail.raw:
                yield "its bytes differ from those before"
        served = {body["recipient"] for _, body in found.told(EventKind.MAIL_SENT, kept.row)}
        for address in mail.recipients:
            person, state, _ = kept.people[str(address)]
            if person in served:
                yield f"{address} has it already"
            if state is not SENDING:
                yield f"{address} is shown as {state.value}"

    def _wrong_time(self, found: Look) -> Iterator[str]:
        """After 421 the server is left alone for half an hour, after 535 until there is another log-in."""
        for (row, number), earlier in zip(self.numbers, self.server.seen, strict=True):
            known = [at for at, body in found.told(EventKind.MAIL_DEFERRED, row) if body["attempt"] == number]
            if known and earlier.result.pause_host and self.clock.now() < known[0] + HOST_PAUSE:
                yield f"the server had asked for a pause at {known[0]:%H:%M}"
            if known and earlier.result.stop_queue and earlier.log_in == self.server.log_in:
                yield "the server had refused this log-in"

    def _too_early(self, mail: OutgoingMail, kept: Mail, found: Look) -> Iterator[str]:
        """A retry waits 5 minutes at first and doubles, and ends after 5 days, unless a person wanted it."""
        for address in mail.recipients:
            told = [one for one in found.told(EventKind.MAIL_DEFERRED, kept.row)
                    if one[1]["recipient"] == kept.people[str(address)][0]]  # fmt: skip
            if told and told[-1][1]["attempt"] > self.resent.get(kept.row, 0):
                at, body = told[-1]
                if self.clock.now() < at + delay(body["attempt"]):
                    yield f"{address} was deferred only at {at:%H:%M:%S}"
                if gave_up(kept.queued_at, at):
                    yield f"{address} should have been given up at {at}"

    def _encrypted_to(self, mail: OutgoingMail, key: bytes) -> bool:
        readers = frozenset({self.prepared.keys[key].certificate.fingerprint, self.prepared.config.openpgp.mailbox_key})
        armour = self.prepared.messages[readers].replace(b"\r\n", b"\n").strip().replace(b"\n", b"\r\n")
        return armour in mail.raw

    # What must hold after every step.

    @invariant()
    def nobody_complains(self) -> None:
        assert self.complaints == []

    @invariant()
    def nobody_vanishes_and_nobody_is_told_wrong(self) -> None:
        found = self.look()
        assert {row: set(mail.people) for row, mail in found.mails.items()} == self.queued
        for mail in found.mails.values():
            assert mail.state is overall(mail.states), mail
            assert [number for number, _, _ in mail.attempts] == list(range(1, len(mail.attempts) + 1))
            assert self.untidy or (SENDING not in mail.states and all(ended for _, _, ended in mail.attempts)), mail
            for person, state, _ in mail.people.values():
                self._has_a_reason(found, mail, person, state)
        self._what_the_server_has_is_not_waiting(found)

    def _has_a_reason(self, found: Look, mail: Mail, person: int, state: RecipientState) -> None:
        kinds = {SENT: EventKind.MAIL_SENT, UNKNOWN: EventKind.MAIL_UNKNOWN, DEFERRED: EventKind.MAIL_DEFERRED}
        if state in kinds:
            assert person in {body["recipient"] for _, body in found.told(kinds[state], mail.row)}
        if state is REFUSED:
            told = {body.get("recipient") for _, body in found.told(EventKind.MAIL_REFUSED, mail.row)}
            assert person in told or mail.stopped

    def _what_the_server_has_is_not_waiting(self, found: Look) -> None:
        for (row, _), submission in zip(self.numbers, self.server.seen, strict=True):
            for address in submission.taken:
                _, state, resent = found.mails[row].people[str(address)]
                assert resent or state in (SENT, UNKNOWN, SENDING), (row, address, state)

    @invariant()
    def status_shows_what_is_not_delivered(self) -> None:
        mails = list(self.look().mails.values())
        shown = self.runner.run(status(self.desk()))
        count = {state: sum(overall(mail.states) is state for mail in mails) for state in RecipientState}
        assert shown["outbox"]["queued"] == count[QUEUED] + count[SENDING]
        assert shown["outbox"]["deferred"] == count[DEFERRED]
        assert shown["outbox"]["unknown"] == count[UNKNOWN]
        waiting = [mail for mail in mails if {QUEUED, DEFERRED, SENDING, UNKNOWN} & set(mail.states)]
        assert (shown["outbox"]["oldest_unsent"] is not None) == (len(waiting) > count[UNKNOWN])
        stopped = sum(mail.stopped is not None for mail in waiting)
        assert not stopped or f"{stopped} mails in the outbox are stopped and need a person" in shown["problems"]
        unknown = f"{count[UNKNOWN]} mails ended without an answer of the server"
        assert not count[UNKNOWN] or unknown in shown["problems"]

    @invariant()
    def copies_are_of_what_left_and_once_each(self) -> None:
        assert len(self.folders.appended) == len(set(self.folders.appended))
        found = self.look()
        for raw in self.folders.appended:
            mail = found.of_case(_case_of(raw))
            assert mail.attempts
            assert self._bytes_seen(mail.row) <= {raw}

    def _bytes_seen(self, mail: int) -> set[bytes]:
        return {one.mail.raw for one, (row, _) in zip(self.server.seen, self.numbers, strict=True) if row == mail}

    @invariant()
    def no_vendor_gets_more_new_reports_a_day_than_policy_says(self) -> None:
        limit = self.policy.limits.new_per_day
        found = self.look().mails.values()
        for vendor in VENDORS if limit else ():
            made = sorted(mail.frozen_at for mail in found if mail.vendor == vendor and mail.frozen_at is not None)
            for first, last in zip(made, made[limit:], strict=False):
                assert last - first > timedelta(days=1), made

    def check(self) -> None:
        """Everything that must hold now."""
        self.nobody_complains()
        self.nobody_vanishes_and_nobody_is_told_wrong()
        self.status_shows_what_is_not_delivered()
        self.copies_are_of_what_left_and_once_each()
        self.no_vendor_gets_more_new_reports_a_day_than_policy_says()

    # The end.

    def everything_comes_to_an_end(self) -> None:
        """Every server is kind and time passes; the operator mends the log-in if it is wrong."""
        self.server.log_in = self.server.accepted
        for _ in range(30):
            self.runner.run(self._work(Mains(), [], 2, None))
            self.nobody_complains()
            if not any({QUEUED, DEFERRED} & set(one.states) and not one.stopped for one in self.look().mails.values()):
                break
            self.clock.at += timedelta(hours=13)
        self.check()
        for mail in self.look().mails.values():
            assert set(mail.states) <= {SENT, REFUSED, UNKNOWN} or mail.stopped, mail
            left = {SENT, UNKNOWN} & set(mail.states) and not mail.erased
            copies = [raw for raw in self.folders.appended if _case_of(raw) == mail.case]
            assert len(copies) == 1 if left else len(copies) <= 1, mail
        found = self.runner.run(audit(self.desk()))
        assert found["problems"] == []


class Checked(Outbox):
    """The same, counting, so that a machine that never sends anything is noticed."""

    answered: ClassVar[Counter[RecipientState]] = Counter()

    def teardown(self) -> None:
        super().teardown()
        for submission in self.server.seen:
            Checked.answered.update(one.state for one in submission.result.recipients.values())


@pytest.mark.timeout(3600)
def test_no_second_mail_no_lost_mail_every_outcome_visible_machine(prepared: Prepared) -> None:
    Outbox.prepared = prepared
    long = settings().max_examples > 100  # only then a failure is made small: that takes minutes
    phases = [Phase.generate, Phase.shrink] if long else [Phase.generate]
    examples = min(settings().max_examples, 400)
    chosen = settings(max_examples=examples, stateful_step_count=12, phases=phases)
    run_state_machine_as_test(Checked, settings=chosen)
    assert min(Checked.answered[state] for state in (SENT, DEFERRED, REFUSED, UNKNOWN)) >= 10, Checked.answered
