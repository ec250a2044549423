"""What the README says of the APIs, held against what their adapters do over the demo."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from runs_tui.adapters import api_names, source_type
from runs_tui.adapters.base import Cancels, Connection, Follows, Retries, Source, Tails, TakesInputs
from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock
from runs_tui.model.query import Field, Query
from runs_tui.model.run import RetryMode, Step

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
README = (Path(__file__).parents[1] / "README.md").read_text()
MODES = {RetryMode.FULL: "all", RetryMode.FAILED: "from the failed step", RetryMode.STEP: "a step"}


def rows(*titles: str) -> dict[str, list[str]]:
    """Give the rows of the table with these titles, by the name in their second cell."""
    told: dict[str, list[str]] = {}
    lines = README.splitlines()
    head = next(at for at, line in enumerate(lines) if cells(line) == list(titles))
    for line in lines[head + 2 :]:
        if not line.startswith("|"):
            break
        row = cells(line)
        told[row[1].strip("`")] = row
    return told


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


CAN = rows(
    "API", "name", "filters on its server", "total", "steps", "live events", "pushed changes",
    "cancel", "retry",
)  # fmt: skip
CONNECT = rows("API", "name", "its address", "its credential", "its options")


def yes(value: bool) -> str:
    return "yes" if value else "no"


def steps_told(steps: list[Step]) -> str:
    if all(step.child_run for step in steps):
        return "attempts"
    tree = "tree" if any(step.depends_on for step in steps) else "list"
    concluded = sum("state" in step.derived for step in steps)
    return f"{tree}, concluded" if 2 * concluded > len(steps) else tree


async def told_of(source: Source) -> list[str]:
    page = await source.runs(Query(limit=50))
    steps: list[Step] = []
    for run in [run for run in page.items if run.state.terminal][:12]:
        steps += await source.steps(run.id)
    modes = source.modes if isinstance(source, Retries) else frozenset[RetryMode]()
    return [
        ", ".join(field for field in Field if field in source.pushes) or "none",
        yes(page.total is not None),
        steps_told(steps),
        yes(isinstance(source, Tails)),
        yes(isinstance(source, Follows)),
        yes(isinstance(source, Cancels)),
        ", ".join(word for mode, word in MODES.items() if mode in modes) or "no",
    ]


@pytest.mark.parametrize("api", api_names())
async def test_the_table_says_what_each_api_can(api: str) -> None:
    clock = SetClock(NOON)
    async with DemoServer([api], runs=200, clock=clock) as server:
        source = source_type(api)(Connection(name=api, url=server.urls[api]), clock)
        try:
            assert CAN[api][2:] == await told_of(source)
        finally:
            await source.close()


@pytest.mark.parametrize("api", api_names())
def test_it_says_whose_runs_are_retried_with_changed_inputs(api: str) -> None:
    (told,) = [line for line in README.splitlines() if line.startswith("With changed inputs, runs")]
    takes = issubclass(source_type(api), TakesInputs)
    assert (CAN[api][0].removesuffix(" 3") in told) == takes


def test_the_tables_name_every_api_and_no_other() -> None:
    assert set(CAN) == set(CONNECT) == set(api_names())


@pytest.mark.parametrize("api", api_names())
def test_the_options_of_each_api_are_told(api: str) -> None:
    told = CONNECT[api][4]
    options = source_type(api).options
    assert all(f"`{name}`" in told for name in options)
    assert options or told == "none"
