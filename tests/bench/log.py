"""How long a person waits for the end of a log, however much is before it."""

import asyncio
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from textual.message import Message

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection
from runs_tui.model.feed import Feed
from runs_tui.screens.event_reading import EventsRewound
from runs_tui.screens.older_reading import OlderReader
from runs_tui.screens.run_reading import RunPace, RunReader
from tests.bench.child_log import RUN
from tests.bench.rounds import Measure, Pair, in_turn
from tests.bench.serving import served
from tests.bench.starting import NotMeasuredError
from tests.bench.table import Finding

API = "runwisp"
MANY, FEW = 1_000_000, 1_000
OPENINGS = 10
"""How many openings one round takes: a single one is short."""


def log(rounds: int) -> Iterator[Finding]:
    """Measure from nothing known to the newest lines in the feed, and the older ones before."""
    with (
        served("tests.bench.child_log", str(MANY)) as many,
        served("tests.bench.child_log", str(FEW)) as few,
    ):
        for what, older in (
            (f"log: one of {MANY:,} lines opens at its end", 0),
            ("log: and reads the lines before", 1),
        ):
            pair = in_turn(_opening(many, older), _opening(few, older), rounds)
            yield _finding(what, pair)


def _opening(url: str, older: int) -> Measure:
    def measure() -> float:
        start = perf_counter()
        for _ in range(OPENINGS):
            asyncio.run(_open(url, older))
        return (perf_counter() - start) * 1000 / OPENINGS

    return measure


async def _open(url: str, older: int) -> None:
    source: Any = source_type(API)(Connection(name=API, url=url))
    feed = Feed()

    def take(message: Message) -> None:
        if isinstance(message, EventsRewound):
            feed.put_before(message.events, message.older)

    reader = RunReader(source, RUN, feed, RunPace(settle=0, batch=0), take)
    await reader.read()
    back = OlderReader(take)
    for _ in range(older):
        await back.read(source, reader.key, feed)
    await source.close()
    if len(feed) < FEW // 2:
        raise NotMeasuredError("the end of the log did not come")


def _finding(what: str, pair: Pair) -> Finding:
    return Finding(
        group="log",
        what=what,
        unit="ms",
        measured=pair.measured,
        yardstick=pair.yardstick,
        told_ratio=pair.ratio,
        against=f"{FEW:,} lines",
        budget=1.2,
        of_ratio=True,
    )
