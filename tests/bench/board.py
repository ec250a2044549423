"""What the board itself costs with 100,000 runs: taking in new ones, and filtering."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from runs_tui.model.board import Board, place
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.bench.made import SPACING, made_id, made_runs
from tests.bench.rounds import Pair, in_turn, milliseconds
from tests.bench.table import Finding

COUNT = 100_000
ARRIVING = 200
MERGE, FILTER = 20.0, 50.0
"""The most milliseconds that each may take."""
FILTERS = (
    "state:failed",
    "workflow:~etl created:>2d",
    "trigger:webhook,manual duration:>10m",
    "lock",
)


def board(rounds: int) -> Iterator[Finding]:
    """Measure in this process, without a screen."""
    now = datetime.now(UTC)
    full = Board().merge(made_runs(COUNT, now))
    arriving = [_between(full.runs[at], at) for at in range(0, COUNT, COUNT // ARRIVING)]
    failed = State.FAILED
    pair = in_turn(
        milliseconds(lambda: full.merge(arriving)),
        milliseconds(lambda: sorted([*full.runs, *arriving], key=place)),
        rounds,
    )
    yield _finding(f"{ARRIVING} new runs among {COUNT:,}", pair, "sorting anew", MERGE)
    for text in FILTERS:
        pair = in_turn(
            milliseconds(partial(_filter, full, Query.parse(text), now)),
            milliseconds(lambda: [run for run in full.runs if run.state is failed]),
            rounds,
        )
        yield _finding(f"filter {COUNT:,} by {text}", pair, "a bare comparison", FILTER)


def _filter(full: Board, query: Query, now: datetime) -> None:
    full.matching(query.predicate(now))


def _between(run: Run, number: int) -> Run:
    """Make a run that is not on the board, from just before another."""
    assert run.created_at is not None
    created = run.created_at - SPACING / 2 + timedelta(seconds=1)
    return replace(run, id=made_id("new", number), created_at=created)


def _finding(what: str, pair: Pair, against: str, budget: float) -> Finding:
    return Finding(
        group="board",
        what=what,
        unit="ms",
        measured=pair.measured,
        yardstick=pair.yardstick,
        told_ratio=pair.ratio,
        against=against,
        budget=budget,
    )
