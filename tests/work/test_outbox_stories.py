"""Small stories of the outbox, told with the rules of the machine: what it found, and what it would find too seldom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cvdmail.core.outgoing import RecipientState
from cvdmail.core.policy import ResendUnknown
from work.outbox_store import VENDORS, Prepared
from work.outside import End, Point
from work.test_outbox_machine import Cut, Order, Outbox

SENT, DEFERRED, UNKNOWN = RecipientState.SENT, RecipientState.DEFERRED, RecipientState.UNKNOWN
Step = tuple[End, tuple[int | None, ...], bool, bool, Order | None]


@pytest.fixture
def town(prepared: Prepared) -> Iterator[Outbox]:
    """A town in which everything holds when a story ends, and everything comes to an end afterwards."""
    Outbox.prepared = prepared
    one = Outbox()
    yield one
    one.teardown()


def report(town: Outbox, *vendors: int, severity: str = "high") -> None:
    for vendor in vendors:
        town.a_report_is_queued(which=(VENDORS[vendor], severity))


def meets(
    end: End = End.TAKEN,
    rcpt: tuple[int | None, ...] = (),
    slow: bool = False,
    expires: bool = False,
    given: Order | None = None,
) -> Step:
    """What one submission meets; the recipients in turn are our own copy and the vendor."""
    return end, rcpt, slow, expires, given


def work(
    town: Outbox, *script: Step, signing: Order | None = None, cut: Cut | None = None, connections: int = 2
) -> None:
    town.the_daemon_works(script=list(script), cut=cut, connections=connections, signing=signing, appends=[])


def states(town: Outbox, row: int = 1) -> list[RecipientState]:
    """Of the vendor, and of our own copy."""
    return town.look().mails[row].states


def test_a_plain_pass_delivers_the_most_urgent_first(town: Outbox) -> None:
    """The control of everything below."""
    report(town, 0, severity="low")
    report(town, 1, severity="critical")
    work(town)
    assert [str(one.mail.intended.case)[-4:] for one in town.server.seen] == ["0002", "0001"]
    assert states(town) == states(town, 2) == [SENT, SENT]
    assert len(town.folders.appended) == 2


def test_who_was_deferred_beside_a_silence_waits_as_long_as_anybody(town: Outbox) -> None:
    """RCPT defers one recipient, then the server is silent after the dot: the other is unknown."""
    report(town, 0)
    work(town, meets(End.SILENCE_LOST, (450, None)))
    work(town)
    town.nobody_complains()
    assert sorted(one.value for one in states(town)) == ["deferred", "unknown"]


def test_who_was_deferred_beside_a_silence_is_given_up_in_the_end(town: Outbox) -> None:
    report(town, 0)
    for _ in range(3):
        work(town, meets(End.SILENCE_LOST, (450, None)))
        town.time_passes(minutes=9000)
    assert len(town.server.seen) == 2
    assert town.look().mails[1].stopped is not None


@pytest.mark.parametrize("order", ["demote", "close", "pin new", "erase"])
def test_an_order_to_stop_outlives_the_attempt_under_way(town: Outbox, order: str) -> None:
    """It comes while the only mail is on the wire; the server defers the mail: there must be no second attempt."""
    report(town, 0)
    work(town, meets(End.DEFERRED, given=(order, 0)))
    town.time_passes(minutes=31)
    work(town)
    town.check()
    assert len(town.server.seen) == 1


@pytest.mark.parametrize("order", ["demote", "close", "pin new", "erase"])
def test_a_resend_does_not_undo_an_order_to_stop(town: Outbox, order: str) -> None:
    """The mail's fate is unknown, then its contact is demoted, its case closed, or another key pinned."""
    report(town, 0)
    work(town, meets(End.SILENCE_LOST))
    for given in ((order, 0), ("resend", 0)):
        town.an_order_is_given(given=given)
    work(town)
    town.check()
    assert len(town.server.seen) == 1


@pytest.mark.parametrize("order", ["demote", "close", "pin new"])
def test_a_mail_given_up_is_stopped_by_an_order_too(town: Outbox, order: str) -> None:
    report(town, 0)
    town.time_passes(minutes=9000)
    work(town, meets(End.DEFERRED))
    for given in ((order, 0), ("resend", 0)):
        town.an_order_is_given(given=given)
    work(town)
    town.check()
    assert len(town.server.seen) == 1


def test_a_key_pinned_while_the_mail_is_signed_keeps_it_from_going_out(town: Outbox) -> None:
    """It was encrypted to the key before, and its bytes are committed only after the new one was pinned."""
    report(town, 0)
    work(town, signing=("pin new", 0))
    town.check()
    assert town.server.seen == []


def test_a_refused_log_in_is_not_forgotten_over_a_pause(town: Outbox) -> None:
    """Two connections: on one the new log-in is refused (535), on the other one the server asks for a pause (421)."""
    report(town, 0, 1)
    work(town, meets(End.PAUSE, slow=True, expires=True))
    town.time_passes(minutes=31)
    work(town)
    town.nobody_complains()
    assert len(town.server.seen) == 2


def test_a_log_in_mended_while_the_old_one_is_refused_is_tried(town: Outbox) -> None:
    report(town, 0)
    town.server.want_another_secret()
    work(town, meets(given=("change log-in", 3)))
    town.time_passes(minutes=31)
    work(town)
    assert states(town) == [SENT, SENT]


@pytest.mark.parametrize("end", [End.TAKEN, End.DEFERRED, End.SILENCE_TAKEN])
@pytest.mark.parametrize("order", ["take over", "take over and deliver"])
@pytest.mark.parametrize("resend", ResendUnknown)
def test_an_answer_that_comes_after_the_next_daemon_has_recovered(
    town: Outbox, end: End, order: str, resend: ResendUnknown
) -> None:
    """It must end in peace, and must not undo what the next daemon knows."""
    town.policy = replace(town.policy, resend_unknown=resend)
    report(town, 0)
    work(town, meets(end, given=(order, 0)))
    town.check()


def test_a_resend_ordered_during_an_attempt_shows(town: Outbox) -> None:
    """One recipient is unknown, the other one is being tried again, when a person wants the first resent."""
    report(town, 0)
    work(town, meets(End.SILENCE_LOST, (450, None)))
    town.time_passes(minutes=31)
    work(town, meets(given=("resend", 0)))
    town.check()


@pytest.mark.parametrize("point", Point)
def test_the_power_goes_at_the_first_such_point(town: Outbox, point: Point) -> None:
    report(town, 0, 1)
    work(town, cut=(point, 1))
    assert town.daemon == 2
    town.check()
    work(town)
    town.check()


def test_a_wrong_log_in_configured_during_a_pass_is_tried_once(town: Outbox) -> None:
    """One mail leaves with the good log-in, then the operator configures a wrong one, which the next mail meets."""
    report(town, 0, 1, 2)
    work(town, meets(given=("change log-in", 2)), meets(), connections=1)
    work(town)
    town.nobody_complains()
    town.time_passes(minutes=31)
    town.an_order_is_given(given=("change log-in", 3))
    work(town)
    assert [states(town, row) for row in (1, 2, 3)] == [[SENT, SENT]] * 3


def test_a_daemon_that_was_replaced_sends_no_further_mail(town: Outbox) -> None:
    """Three mails are frozen; while the first is on the wire another daemon takes over; the rest are that one's."""
    report(town, 0, 1, 2)
    work(town, meets(given=("take over", 0)), connections=1)
    town.check()
    assert len(town.server.seen) == 1
    work(town)
    assert len(town.server.seen) == 3
