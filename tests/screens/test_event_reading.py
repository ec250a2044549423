"""Events through every interleaving of cuts, losses and reconnects, into a feed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.message import Message

from runs_tui.adapters.base import Connection, Page, Source, Stretch
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import NotFound, SourceError, Unreachable
from runs_tui.model.feed import Feed
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run, RunKey, Step
from runs_tui.model.state import State
from runs_tui.screens.event_reading import EventsArrived, EventsRewound, StreamFailed
from runs_tui.screens.older_reading import OlderFailed, OlderReader
from runs_tui.screens.run_reading import RunPace, RunReader

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PACE = RunPace(settle=0, again=0, soonest=0, batch=0)
KEY = RunKey("scripted", "run")


@dataclass(frozen=True)
class Tell:
    """So many more events happen, and are told."""

    count: int


@dataclass(frozen=True)
class Lose:
    """So many more events happen, and a gap stands for them."""

    count: int
    counted: bool = False
    """Whether the gap says how many."""


@dataclass(frozen=True)
class Cut:
    """The connection breaks."""


@dataclass(frozen=True)
class Pause:
    """What was told so far is taken in."""


Deed = Tell | Lose | Cut | Pause


def event(number: int) -> Event:
    return Event(id=str(number), at=NOON + timedelta(seconds=number), message=f"line {number}")


class Scripted(Source):
    """Tells the events of one run as a script says; `size` of them make a stretch."""

    api = "scripted"

    def __init__(
        self,
        before: int,
        script: Sequence[Deed],
        size: int,
        *,
        ended: timedelta = timedelta(),
        gone: int = 0,
        failing: Sequence[int] = (),
    ) -> None:
        super().__init__(Connection(name=KEY.source, url="http://scripted.test"), SetClock(NOON))
        self.happened = before
        self._script = list(script)
        self._size = size
        self._ended = NOON - ended
        self.gone = gone
        """How many of the first events cannot be read any more."""
        self._failing = set(failing)
        self.rewinds: list[str | None] = []
        """Before which event each stretch was asked for."""
        self.tails: list[str | None] = []
        """After which event each tail was asked for."""

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        return Page(())

    async def run(self, run_id: str) -> Run:
        return Run(source=self.name, id=run_id, state=State.FAILED, finished_at=self._ended)

    async def steps(self, run_id: str) -> Sequence[Step]:
        return ()

    async def close(self) -> None:
        pass

    async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event | Gap]:
        self.tails.append(after)
        place = 0 if after is None else int(after) + 1
        while True:
            while place < self.happened:
                yield event(place)
                place += 1
            if not self._script:
                return
            match self._script.pop(0):
                case Tell(count):
                    self.happened += count
                case Lose(count, counted):
                    self.happened += count
                    place = self.happened
                    yield Gap(since=NOON, count=count if counted else None)
                case Pause():
                    for _ in range(20):
                        await asyncio.sleep(0)
                case Cut():
                    raise Unreachable("the stream was cut off")


class Rewinding(Scripted):
    """Tells them from the end, too."""

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        self.rewinds.append(before)
        await asyncio.sleep(0)
        if len(self.rewinds) in self._failing:
            raise Unreachable("no answer")
        end = self.happened if before is None else int(before)
        start = max(end - self._size, self.gone)
        return Stretch([event(at) for at in range(start, end)], older=start > self.gone)


@dataclass
class Taken:
    """A feed that takes in what is posted, as a screen does."""

    feed: Feed = field(default_factory=Feed)
    errors: list[SourceError] = field(default_factory=list)

    def take(self, message: Message) -> None:
        match message:
            case EventsRewound(before=before, events=events, older=older):
                assert before == self.feed.first_id
                self.feed.put_before(events, older)
            case EventsArrived(events=events):
                self.feed.add(events)
            case StreamFailed(error=error) | OlderFailed(error=error):
                self.errors.append(error)

    @property
    def numbers(self) -> list[int]:
        return [int(line.text.split()[1]) for line in self.feed if isinstance(line.told, Event)]

    @property
    def gaps(self) -> list[tuple[int | None, Gap, int | None]]:
        """Give every gap with the events before and after it."""
        told = [line.told for line in self.feed]
        return [
            (number(told[:at][::-1]), each, number(told[at:]))
            for at, each in enumerate(told)
            if isinstance(each, Gap)
        ]

    async def read(self, source: Source, pace: RunPace = PACE) -> None:
        async with asyncio.timeout(10):
            await RunReader(source, KEY.id, self.feed, pace, self.take).read()

    async def read_older(self, source: Source) -> None:
        await OlderReader(self.take).read(source, KEY, self.feed)


def number(told: Sequence[object]) -> int | None:
    """Give the number of the first event."""
    return next((int(each.id) for each in told if isinstance(each, Event) and each.id), None)


def check_holes(taken: Taken) -> None:
    """Check that each event is there once, in order, and that a gap stands where some lack."""
    numbers = taken.numbers
    assert numbers == sorted(set(numbers))
    marked = {(before, after) for before, _, after in taken.gaps}
    for one, other in pairwise(numbers):
        assert other == one + 1 or (one, other) in marked


def check_counts(taken: Taken) -> None:
    """Check that a gap which says how many events lack is right."""
    for before, gap, after in taken.gaps:
        if before is not None and after is not None:
            assert gap.count in {None, after - before - 1}


counts = st.integers(1, 12)
deeds: st.SearchStrategy[Deed] = st.one_of(
    st.builds(Tell, counts),
    st.builds(Lose, counts, st.booleans()),
    st.just(Cut()),
    st.just(Pause()),
)
scripts = st.lists(deeds, max_size=12)


@settings(deadline=None, max_examples=200)
@given(before=st.integers(0, 40), script=scripts, size=st.integers(1, 10))
def test_what_can_be_read_back_is_filled(before: int, script: list[Deed], size: int) -> None:
    source = Rewinding(before, script, size)
    taken = Taken()
    asyncio.run(taken.read(source, replace(PACE, stretches=200)))
    check_holes(taken)
    assert taken.gaps == []
    begun = taken.numbers[0] if taken.numbers else 0
    assert taken.numbers == list(range(begun, source.happened))
    assert taken.feed.older == (begun > 0)
    assert taken.feed.complete


@settings(deadline=None, max_examples=200)
@given(
    before=st.integers(0, 40),
    script=scripts,
    size=st.integers(1, 4),
    gone=st.integers(0, 60),
    failing=st.sets(st.integers(1, 12)),
)
def test_every_hole_that_stays_is_marked(
    before: int, script: list[Deed], size: int, gone: int, failing: set[int]
) -> None:
    source = Rewinding(before, script, size, gone=min(gone, before), failing=sorted(failing))
    taken = Taken()
    asyncio.run(taken.read(source, replace(PACE, stretches=2)))
    check_holes(taken)
    check_counts(taken)
    assert taken.feed.complete


@settings(deadline=None, max_examples=200)
@given(before=st.integers(0, 40), script=scripts)
def test_without_reading_back_every_loss_is_marked(before: int, script: list[Deed]) -> None:
    source = Scripted(before, script, 0)
    taken = Taken()
    asyncio.run(taken.read(source))
    check_holes(taken)
    lost = sum(deed.count for deed in script if isinstance(deed, Lose))
    assert len(taken.numbers) >= source.happened - lost


async def test_a_run_opens_at_its_end_with_one_request() -> None:
    source = Rewinding(1000, [], 10, ended=timedelta(hours=1))
    taken = Taken()
    await taken.read(source)
    assert taken.numbers == list(range(990, 1000))
    assert (source.rewinds, source.tails) == ([None], [])
    assert taken.feed.older
    assert taken.feed.complete


async def test_a_run_that_has_just_ended_is_tailed_after_its_newest_event() -> None:
    source = Rewinding(1000, [Tell(2)], 10, ended=timedelta(seconds=5))
    taken = Taken()
    await taken.read(source)
    assert source.tails == ["999"]
    assert taken.numbers == list(range(990, 1002))


async def test_an_end_that_cannot_be_read_is_asked_for_again() -> None:
    source = Rewinding(30, [], 10, ended=timedelta(hours=1), failing=[1, 2])
    taken = Taken()
    await taken.read(source)
    assert source.rewinds == [None] * 3
    assert taken.numbers == list(range(20, 30))
    assert [str(error) for error in taken.errors] == [str(Unreachable("no answer"))] * 2


async def test_a_feed_that_was_left_goes_on_after_its_last_event() -> None:
    source = Rewinding(30, [], 10)
    taken = Taken()
    taken.feed.put_before([event(at) for at in range(5, 15)], older=True)
    await taken.read(source)
    assert (source.rewinds, source.tails) == ([], ["14"])
    assert taken.numbers == list(range(5, 30))


async def test_a_hole_too_wide_to_fill_stays_with_what_is_left_of_its_count() -> None:
    source = Rewinding(10, [Pause(), Lose(100, counted=True), Tell(3)], 10)
    taken = Taken()
    await taken.read(source)
    ((before, gap, after),) = taken.gaps
    assert (before, gap.count, after) == (9, 50, 60)
    assert gap.until == event(60).at


async def test_older_events_are_read_back_to_the_first() -> None:
    source = Rewinding(35, [], 10, ended=timedelta(hours=1))
    taken = Taken()
    await taken.read(source)
    for _ in range(5):
        await taken.read_older(source)
    assert source.rewinds == [None, "25", "15", "5"]
    assert taken.numbers == list(range(35))
    assert not taken.feed.older


async def test_older_events_are_never_read_twice_at_once() -> None:
    source = Rewinding(35, [], 10, ended=timedelta(hours=1))
    taken = Taken()
    await taken.read(source)
    older = OlderReader(taken.take)
    await asyncio.gather(*(older.read(source, KEY, taken.feed) for _ in range(4)))
    assert source.rewinds == [None, "25"]
    assert taken.numbers == list(range(15, 35))


async def test_older_events_that_cannot_be_read_may_be_asked_for_again() -> None:
    source = Rewinding(35, [], 10, ended=timedelta(hours=1), failing=[2])
    taken = Taken()
    await taken.read(source)
    older = OlderReader(taken.take)
    await older.read(source, KEY, taken.feed)
    assert [type(error) for error in taken.errors] == [Unreachable]
    await older.read(source, KEY, taken.feed)
    assert taken.numbers == list(range(15, 35))


@pytest.mark.parametrize("kind", [Scripted, Rewinding])
async def test_a_run_that_is_not_there_is_no_whole_feed(kind: type[Scripted]) -> None:
    class Missing(kind):  # type: ignore[valid-type, misc]
        async def run(self, run_id: str) -> Run:
            raise NotFound(run_id)

        async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event]:
            raise NotFound(run_id)
            yield

        async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
            raise NotFound(run_id)

    taken = Taken()
    await taken.read(Missing(0, [], 1))
    assert not taken.feed.complete
    assert [type(error) for error in taken.errors] == [NotFound]
