"""What keys wait for while 20,000 events come in a second, and what memory a long log takes."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from textual import events
from textual.pilot import Pilot

from runs_tui.app import RunsApp
from runs_tui.model.clock import SetClock
from runs_tui.model.feed import CAP, Feed
from runs_tui.model.feed_view import FeedView
from runs_tui.model.run import Event, Run
from runs_tui.screens.run_reading import RunPace
from runs_tui.screens.runs import RunsScreen
from runs_tui.widgets.feed_table import FeedTable
from tests.bench.made import running_runs
from tests.bench.memory_source import MemorySource, line
from tests.bench.rounds import in_turn, milliseconds
from tests.bench.starting import NotMeasuredError
from tests.bench.table import Finding

BURST, SLICES = 20_000, 100
"""How many events come in a second, and in how many pieces."""
BURSTS = 6
"""How many bursts fill the feed to its cap and over it."""
KEYS = ("t", "w", "k")
"""The keys that are pressed in turn: times, wrap, and a line up."""
WAIT = 100.0
"""The most milliseconds that a key may wait."""
BATCH = 1000
BEFORE = 100
"""How many lines there are before the first burst."""


class BurstSource(MemorySource):
    """Tells as many events in a second as are wanted, whenever they are."""

    def __init__(self, runs: Sequence[Run], clock: SetClock) -> None:
        super().__init__(runs, clock)
        self.wanted = asyncio.Event()
        self.told = 0

    async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event]:
        for number in range(-BEFORE, 0):
            yield event(number)
        while True:
            await self.wanted.wait()
            self.wanted.clear()
            began = perf_counter()
            for piece in range(1, SLICES + 1):
                for _ in range(BURST // SLICES):
                    self.told += 1
                    yield event(self.told)
                await asyncio.sleep(max(began + piece / SLICES - perf_counter(), 0))


def event(number: int) -> Event:
    return Event(
        id=str(number),
        at=datetime(2026, 11, 2, tzinfo=UTC) + timedelta(milliseconds=number),
        step="load",
        level="error" if number % 1000 == 0 else "info",
        message=line(number, alike=False),
    )


def burst(rounds: int) -> Iterator[Finding]:
    """Measure in this process, on a screen that nobody sees."""
    yield from asyncio.run(_bursts())
    few, many = _feed(BATCH), _feed(CAP)
    for what, work in (("take in", _take_in), ("search", _search)):
        pair = in_turn(
            milliseconds(lambda work=work: work(*many)),  # type: ignore[misc]
            milliseconds(lambda work=work: work(*few)),  # type: ignore[misc]
            rounds,
        )
        name = f"{what} {BATCH:,} events" if work is _take_in else f"{what} all lines"
        yield Finding(
            group="burst",
            what=f"{name}, with {CAP:,} lines",
            unit="ms",
            measured=pair.measured,
            yardstick=pair.yardstick,
            told_ratio=pair.ratio,
            against=f"with {BATCH:,} lines",
            budget=2 if work is _take_in else WAIT,
            of_ratio=work is _take_in,
        )


async def _bursts() -> list[Finding]:
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    clock = SetClock(now)
    source = BurstSource(running_runs(1, now), clock)
    app = RunsApp([source], clock=clock, run_pace=RunPace(settle=0))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        await _until(pilot, lambda: len(screen.pane.feed_table.feed) == BEFORE)
        await pilot.press("L", "enter")
        table = screen.pane.feed_table
        quiet = await _press(app, table, lambda: False, 30)
        waits: list[float] = []
        held: list[float] = []
        for number in range(1, BURSTS + 1):
            source.wanted.set()
            end = number * BURST
            waits += await _press(app, table, lambda end=end: len(_all(table)) < end)
            if number * BURST in (CAP, BURSTS * BURST):
                held.append(_resident())
        kept = len(table.feed)
    if kept > CAP + CAP // 10:
        raise NotMeasuredError(f"{kept:,} lines were kept")
    what = f"{BURST:,} events in a second, {len(waits)} keys"
    return [
        _wait(f"the slowest key in {what}", max(waits), max(quiet)),
        _wait(f"a key in {what}", median(waits), median(quiet)),
        Finding(
            group="burst",
            what=f"memory after {BURSTS * BURST:,} events",
            unit="MB",
            measured=held[1],
            yardstick=held[0],
            against=f"after {CAP:,}",
            budget=1.3,
            of_ratio=True,
        ),
    ]


def _all(table: FeedTable) -> range:
    return range(table.feed.dropped + len(table.feed))


async def _press(app: RunsApp, table: FeedTable, going: Any, least: int = 0) -> list[float]:
    """Press keys one after the other while something goes on, and give what each waited for."""
    waits: list[float] = []
    while going() or len(waits) < least:
        key = KEYS[len(waits) % len(KEYS)]
        before = _looks(table, key)
        start = perf_counter()
        app.post_message(events.Key(key, key))
        while _looks(table, key) == before:
            await asyncio.sleep(0.001)
            if perf_counter() - start > 10:
                raise NotMeasuredError(f"nothing came of {key}")
        waits.append((perf_counter() - start) * 1000)
        table.following = True
        await asyncio.sleep(0.01)
    return waits


def _looks(table: FeedTable, key: str) -> object:
    return {"t": table.times, "w": table.wraps, "k": table.following}[key]


async def _until(pilot: Pilot[Any], condition: Any) -> None:
    while not condition():
        await pilot.pause(0.01)


def _feed(count: int) -> tuple[Feed, FeedView]:
    feed = Feed()
    feed.add(event(number) for number in range(count))
    view = FeedView(feed)
    view.search("lock")
    return feed, view


def _take_in(feed: Feed, view: FeedView) -> None:
    begun = feed.end_number
    feed.add(event(number) for number in range(begun, begun + BATCH))
    view.take_in()


def _search(_feed: Feed, view: FeedView) -> None:
    view.search("")
    view.search("retrying chunk")


def _wait(what: str, measured: float, yardstick: float) -> Finding:
    return Finding(
        group="burst",
        what=what,
        unit="ms",
        measured=measured,
        yardstick=yardstick,
        against="with no events",
        budget=WAIT,
    )


def _resident() -> float:
    try:
        text = Path("/proc/self/status").read_text("utf-8")
    except FileNotFoundError:
        raise NotMeasuredError("this system has no /proc to read memory from") from None
    told = dict(line.split(":", 1) for line in text.splitlines())
    return int(told["VmRSS"].split()[0]) * 1024 / 1e6
