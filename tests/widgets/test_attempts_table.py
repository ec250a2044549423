from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runs_tui.model.effort import Effort
from runs_tui.model.kin import Attempt, Relation
from runs_tui.model.lineage import Lineage, LineageRow
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.widgets.attempts_table import AttemptsTable, about, effort_told
from tests.widgets.test_virtual_table import lines, shown

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def run(run_id: str, state: State = State.SUCCEEDED, minutes: int = 10, **told: Any) -> Run:
    at = NOW - timedelta(minutes=minutes)
    facts: dict[str, Any] = {
        "workflow_name": "etl",
        "trigger": "cron",
        "started_at": at,
        "took": 61.0,
    }
    return Run(source="prod", id=run_id, state=state, **(facts | told))


ROWS = (
    LineageRow("p", run("p", workflow_name="nightly"), relation=Relation.PARENT),
    LineageRow(
        "a",
        run("a", State.FAILED, error="HTTP 502"),
        relation=Relation.ATTEMPT,
        number=1,
        prefix="├ ",
    ),
    LineageRow("b", run("b"), number=2, prefix="└ ", here=True, final=True, effort=Effort(3, 4, 7)),
    LineageRow(
        "b",
        run("b"),
        Attempt(number=1, state=State.FAILED, reason="no disk", derived=frozenset({"state"})),
        number=1,
        prefix="  ├ ",
        here=True,
    ),
    LineageRow("c", relation=Relation.CHILD, prefix="  ├ "),
    LineageRow("d", run("d"), relation=Relation.CHILD, number=1, counted=True, prefix="  └ "),
)


def words(table: AttemptsTable) -> Iterator[str]:
    return (" ".join(line.split()) for line in lines(table) if line.strip())


async def test_each_row_says_what_it_is() -> None:
    table = AttemptsTable()
    async with shown(table, size=(120, 10)) as pilot:
        table.show_lineage(Lineage(ROWS), NOW)
        await pilot.pause()
        assert list(words(table)) == [
            "RUN STATE STARTED TOOK TRIGGER",
            "parent nightly ✓ succeeded 10m ago 1m 01s cron",
            "├ attempt 1 ✗ failed 10m ago 1m 01s cron HTTP 502",
            "▌└ attempt 2 this run counts ✓ succeeded 10m ago 1m 01s cron ran 3 of 7 steps, kept 4",
            "├ attempt 1 ✗~failed – – no disk",
            "├ child c not read – – named by another run, not read yet",
            "└ child etl attempt ~1 ✓ succeeded 10m ago 1m 01s cron",
        ]


async def test_the_cursor_begins_on_the_shown_run_and_stays_where_it_is_put() -> None:
    table = AttemptsTable()
    async with shown(table, size=(100, 10)) as pilot:
        table.show_lineage(Lineage(ROWS), NOW)
        assert table.row is ROWS[2]
        table.select(ROWS[1].key)
        table.show_lineage(Lineage(ROWS[1:]), NOW)
        await pilot.pause()
        assert table.row is ROWS[1]


@pytest.mark.parametrize("width", [38, 56, 78])
async def test_a_narrow_table_keeps_what_a_run_is_and_how_it_stands(width: int) -> None:
    table = AttemptsTable()
    async with shown(table, size=(width, 10)) as pilot:
        table.show_lineage(Lineage(ROWS), NOW)
        await pilot.pause()
        told = list(words(table))
        assert "attempt 1" in told[2]
        assert "✗" in told[2]


async def test_time_passes_for_what_goes_on() -> None:
    table = AttemptsTable()
    async with shown(table, size=(100, 10)) as pilot:
        going = LineageRow("a", run("a", State.RUNNING, took=None), here=True)
        table.show_lineage(Lineage((going,)), NOW)
        await pilot.pause()
        assert "10m 00s" in list(words(table))[1]
        table.tick(NOW + timedelta(seconds=5))
        await pilot.pause()
        assert "10m 05s" in list(words(table))[1]


def test_the_whole_of_a_row_can_be_told_in_one_line() -> None:
    assert "".join(text for text, _ in about(ROWS[2])) == ("counts · ran 3 of 7 steps, kept 4 · b")
    assert "".join(text for text, _ in about(ROWS[1])) == "HTTP 502 · cron · a"
    assert "".join(text for text, _ in about(ROWS[3])) == "no disk"


@pytest.mark.parametrize(
    ("effort", "told"),
    [
        (Effort(7, 0, 7), "ran all 7 steps"),
        (Effort(1, 0, 1), "ran its only step"),
        (Effort(0, 1, 1), "ran 0 of 1 step, kept 1"),
        (Effort(2, 0, 7), "ran 2 of 7 steps"),
        (Effort(2, 5, 7, about=True), "~ran 2 of 7 steps, kept 5"),
    ],
)
def test_what_ran_and_what_was_kept(effort: Effort, told: str) -> None:
    assert effort_told(effort) == told
