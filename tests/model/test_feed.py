from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.feed import CAP, Feed
from runs_tui.model.line import Note
from runs_tui.model.run import Event, Gap

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def event(number: int, message: str = "") -> Event:
    return Event(id=str(number), message=message or f"line {number}")


def texts(feed: Feed) -> list[str]:
    return [line.text for line in feed]


def test_an_empty_feed() -> None:
    feed = Feed()
    assert (len(feed), list(feed), feed.dropped, feed.last_id) == (0, [], 0, None)
    assert not feed.complete
    assert CAP >= 20_000


def test_events_stand_in_the_order_in_which_they_were_told() -> None:
    feed = Feed()
    assert feed.add([event(3), event(1)]) == 2
    assert feed.add([event(2)]) == 1
    assert texts(feed) == ["line 3", "line 1", "line 2"]
    assert feed.last_id == "2"


def test_an_event_is_taken_in_once() -> None:
    feed = Feed()
    feed.add([event(1), event(2)])
    assert feed.add([event(1, "told again"), event(2), event(3)]) == 1
    assert texts(feed) == ["line 1", "line 2", "line 3"]
    assert feed.add([]) == 0


def test_events_without_an_id_are_all_taken_in() -> None:
    feed = Feed()
    assert feed.add([Event(message="same"), Event(message="same")]) == 2
    assert feed.last_id is None


def test_an_event_of_several_lines() -> None:
    feed = Feed()
    told = Event(id="1", message="Traceback:\n\tFile x\n\nboom")
    assert feed.add([told, event(2)]) == 5
    assert texts(feed) == ["Traceback:", "    File x", "", "boom", "line 2"]
    assert [line.first for line in feed] == [True, False, False, False, True]
    assert [line.told for line in feed[:4]] == [told] * 4
    assert [line.number for line in feed] == [0, 1, 2, 3, 4]


def test_an_event_that_says_nothing_is_one_empty_line() -> None:
    feed = Feed()
    assert feed.add([Event(id="1", kind="state")]) == 1
    assert texts(feed) == [""]


def test_a_gap_is_a_line_of_its_own_every_time() -> None:
    feed = Feed()
    gap = Gap(since=NOW)
    assert feed.add([event(1), gap, event(2), gap]) == 4
    assert [line.told for line in feed if line.told is gap] == [gap, gap]
    assert feed[1].text
    assert feed.last_id == "2"


def test_what_is_over_the_cap_is_forgotten_at_the_beginning_and_counted() -> None:
    feed = Feed(cap=100)
    assert feed.add(event(n) for n in range(1000)) == 1000
    assert len(feed) == 100
    assert feed.dropped == 900
    assert (feed[0].number, feed[-1].number) == (900, 999)
    assert feed[0].text == "line 900"


def test_a_forgotten_event_is_not_taken_in_again() -> None:
    feed = Feed(cap=10)
    feed.add(event(n) for n in range(100))
    assert feed.add([event(0), event(99)]) == 0
    assert feed.last_id == "99"


def test_lines_are_counted_while_some_are_forgotten() -> None:
    feed = Feed(cap=10)
    added = [feed.add([event(n)]) for n in range(50)]
    assert added == [1] * 50
    assert feed.dropped + len(feed) == 50


TOLD = st.lists(
    st.builds(
        Event, id=st.none() | st.integers(0, 12).map(str), message=st.text("ab\n", max_size=6)
    )
    | st.just(Gap(since=NOW)),
    max_size=12,
)


@given(st.lists(TOLD, max_size=8), st.integers(1, 30))
@settings(max_examples=70, deadline=None)
def test_any_events_in_any_batches(batches: list[list[Event | Gap]], cap: int) -> None:
    feed = Feed(cap)
    for batch in batches:
        before = feed.dropped + len(feed)
        assert feed.add(batch) == feed.dropped + len(feed) - before
        assert len(feed) <= cap + cap // 10
    expected: list[str | None] = []
    known: set[str] = set()
    for told in (told for batch in batches for told in batch):
        if isinstance(told, Gap):
            expected.append(None)
        elif told.id is None or told.id not in known:
            known |= {told.id} if told.id else set()
            expected += told.message.split("\n")
    kept = [None if isinstance(line.told, Gap) else line.text for line in feed]
    assert kept == expected[feed.dropped :]
    assert feed.dropped + len(feed) == len(expected)
    assert [line.number for line in feed] == list(range(feed.dropped, len(expected)))


@given(st.lists(st.integers(0, 39), max_size=6), st.integers(0, 6))
@settings(max_examples=70, deadline=None)
def test_a_stream_that_breaks_and_repeats_itself_is_told_once(
    breaks: list[int], again: int
) -> None:
    events = [event(n) for n in range(40)]
    feed = Feed()
    edges = [0, *sorted(breaks), 40]
    for start, end in pairwise(edges):
        feed.add(events[max(start - again, 0) : end])
    assert texts(feed) == [f"line {n}" for n in range(40)]
    assert feed.last_id == "39"


def test_older_events_are_placed_before_the_first() -> None:
    feed = Feed()
    feed.add([event(5), event(6)])
    assert feed.first_id == "5"
    assert feed.put_before([event(3, "three\nmore"), event(4), event(5)], older=True) == 3
    assert texts(feed) == ["three", "more", "line 4", "line 5", "line 6"]
    assert [line.number for line in feed] == [-3, -2, -1, 0, 1]
    assert (feed.first_id, feed.last_id) == ("3", "6")
    assert feed.reads_back
    assert feed.put_before([event(2), Gap(since=NOW)], older=False) == 2
    assert not feed.reads_back
    assert feed.dropped == 0


def test_a_feed_can_begin_with_what_is_placed_before_it() -> None:
    feed = Feed()
    feed.put_before([event(1), event(2)], older=True)
    assert (feed.first_id, feed.last_id) == ("1", "2")
    feed.add([event(2), event(3)])
    assert texts(feed) == ["line 1", "line 2", "line 3"]


def test_older_events_for_which_there_is_no_room_are_dropped() -> None:
    feed = Feed(cap=5)
    feed.add([event(8), event(9)])
    assert feed.put_before([event(n) for n in range(8)], older=True) == 3
    assert texts(feed) == [f"line {n}" for n in range(5, 10)]
    assert feed.dropped == 5
    assert not feed.reads_back
    assert feed.put_before([event(5)], older=True) == 0


def test_the_ids_of_events_that_are_gone_are_remembered_up_to_a_number() -> None:
    feed = Feed(cap=10, remembered=20)
    for start in range(0, 1000, 10):
        feed.add(event(n) for n in range(start, start + 10))
    known = len(feed._ids) + len(feed._gone)
    assert known <= 11 + 20
    kept = [line.told for line in feed]
    assert feed.add([told for told in kept if isinstance(told, Event)]) == 0


def test_a_marker_stands_where_it_was_set() -> None:
    feed = Feed()
    feed.add([event(1)])
    feed.mark(NOW)
    feed.add([event(2)])
    assert [line.told for line in feed][1] == Note(NOW)
    assert [line.number for line in feed] == [0, 1, 2]
    assert (feed.first_id, feed.last_id) == ("1", "2")


def test_lines_are_found_by_their_numbers() -> None:
    feed = Feed(cap=10)
    feed.add(event(n) for n in range(20))
    assert [line.number for line in feed.between(8, 13)] == [10, 11, 12]
    assert [line.number for line in feed.between(18, 99)] == [18, 19]
    assert list(feed.between(0, 10)) == []


@given(
    st.integers(0, 40),
    st.lists(st.integers(1, 9), max_size=12),
    st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), max_size=24),
    st.sampled_from([7, 25, 100]),
)
@settings(max_examples=200, deadline=None)
def test_each_event_once_in_order_however_it_is_read(
    begun: int, sizes: list[int], acts: list[tuple[bool, int, int]], cap: int
) -> None:
    """Read an API's log from the middle: on, after cuts with repeats, and back with overlaps."""
    log = [event(n) for n in range(80)]
    feed = Feed(cap)
    low = high = begun
    size = iter(sizes)
    for back, again, cut in acts:
        count = next(size, 3)
        if back:
            start = max(low - count, 0)
            feed.put_before(log[start : min(low + again, high)], older=start > 0)
            low = start
        else:
            end = min(high + count, len(log))
            feed.add(log[max(high - again, low) : max(end - cut, high)])
            feed.add(log[max(high - cut, low) : end])
            high = end
    told = [line.told for line in feed]
    assert len(told) <= cap + cap // 10
    assert [line.number for line in feed] == list(range(feed.first_number, feed.end_number))
    first = high - len(told)
    assert told == log[first:high]
    assert feed.dropped == (high - low) - len(told)


@pytest.mark.parametrize("at", [0, -1, 5])
def test_lines_are_found_by_their_place(at: int) -> None:
    feed = Feed()
    feed.add(event(n) for n in range(10))
    assert feed[at].text == f"line {range(10)[at]}"
    assert [line.number for line in feed[2:4]] == [2, 3]
