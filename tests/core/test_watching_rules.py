"""The rules of watching: how far a folder was read, what one FETCH asks for, how long a pause is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.watching import BATCH, BATCH_BYTES, Reach, TroubleKind, batches, drain, jittered, next_pause

UIDS = st.sets(st.integers(1, 60))


@given(last=st.integers(0, 60), found=UIDS, had=UIDS, order=st.permutations(range(1, 61)))
def test_the_cursor_never_passes_a_mail_that_is_not_stored_and_passes_every_one_that_is(
    last: int, found: set[int], had: set[int], order: list[int]
) -> None:
    reach = Reach(last, found, had)
    assert reach.unread == sorted(found - had)
    stored = set(had)
    for uid in sorted(reach.unread, key=order.index):
        reach.take([uid])
        stored.add(uid)
        ahead = sorted(one for one in found if one > last)
        passed = [one for one in ahead if all(other in stored for other in ahead if other <= one)]
        assert reach.last == (passed[-1] if passed else last)
    assert reach.last == max((one for one in found if one > last), default=last)


def test_a_mail_that_became_visible_late_is_unread_and_does_not_move_the_cursor_back() -> None:
    reach = Reach(10, [7, 9, 10], [9, 10])
    assert (reach.unread, reach.last) == ([7], 10)
    reach.take([7])
    assert reach.last == 10


@given(
    sizes=st.dictionaries(st.integers(1, 200), st.integers(0, 2 * BATCH_BYTES), max_size=80),
    single=st.sets(st.integers(1, 200)),
)
def test_batches_are_small_and_hold_every_mail_once(sizes: dict[int, int], single: set[int]) -> None:
    uids = sorted(sizes)
    made = list(batches(uids, sizes, single))
    assert [uid for batch in made for uid in batch] == uids
    for batch in made:
        assert len(batch) <= BATCH
        assert len(batch) == 1 or sum(sizes[uid] for uid in batch) <= BATCH_BYTES
        assert len(batch) == 1 or not single & set(batch)


def test_pauses_grow_to_a_limit_and_begin_anew_after_a_connection_that_lasted() -> None:
    pause, seen = 1.0, []
    for _ in range(10):
        seen.append(pause)
        pause = next_pause(pause, 0.2, 1.0, 300.0)
    assert seen == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert next_pause(300.0, 2999.0, 1.0, 300.0) == 300.0
    assert next_pause(300.0, 3001.0, 1.0, 300.0) == 1.0
    # A server that hangs up after half a minute, as some do, is asked again at once.
    assert next_pause(1.0, 30.0, 1.0, 300.0) == 1.0


@given(chance=st.binary(min_size=2, max_size=2))
def test_a_jittered_pause_lies_between_its_half_and_its_whole(chance: bytes) -> None:
    assert 4.0 <= jittered(8.0, chance) < 8.0


def test_chance_spreads_pauses_evenly() -> None:
    made = [jittered(8.0, bytes([high, 0])) for high in range(256)]
    assert made == sorted(set(made))
    assert made[0] == 4.0
    assert made[128] == 6.0


def test_news_that_are_none_are_looked_at_more_and_more_slowly() -> None:
    assert [drain(number) for number in (0, 1)] == [0, 0]
    slower = [drain(number) for number in range(2, 1000)]
    assert slower == sorted(slower)
    assert slower[-1] == 10


def test_only_what_waiting_may_mend_needs_no_person() -> None:
    assert [kind for kind in TroubleKind if not kind.needs_person] == [TroubleKind.UNAVAILABLE]
