import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runs_tui.model import shapes
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.widgets.facts import facts_of
from runs_tui.widgets.facts_table import FactsTable
from tests.widgets.test_virtual_table import lines, press, shown

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def run(state: State = State.FAILED, **told: Any) -> Run:
    return Run(**({"source": "prod", "id": "17"} | told), state=state)


FULL = run(
    status="FAILURE",
    reason="timeout",
    error="HTTP 502",
    workflow_id="wf-3",
    workflow_name="etl",
    version="3",
    name="etl-17",
    trigger="cron",
    attempt=2,
    retry_of="16",
    progress=0.5,
    created_at=NOW - timedelta(minutes=5),
    started_at=NOW - timedelta(minutes=4),
    finished_at=NOW - timedelta(minutes=1, seconds=49),
    updated_at=NOW - timedelta(seconds=30),
    url="https://x.test/17",
)
NESTED = {
    "parameters": {"limit": 3, "regions": ["eu", "us"]},
    "log": "one\n  two",
    "empty": {},
    "none": None,
}


def facts(run: Run) -> dict[str, str]:
    return {fact.name: fact.text for fact in facts_of(run, NOW)}


def drawn(table: FactsTable) -> list[str]:
    return [line.rstrip() for line in lines(table)[: len(table.rows)]]


def test_what_was_concluded_says_so() -> None:
    told = facts(run(retry_of="16", attempt=2, derived=frozenset({"retry_of", "error"})))
    assert told["retry of"] == "16  ~ not told by the API"
    assert told["attempt"] == "2"
    assert "error" not in told


def test_everything_that_is_told_is_a_fact() -> None:
    assert facts(FULL) == {
        "state": "✗ failed",
        "status": "FAILURE",
        "reason": "timeout",
        "error": "HTTP 502",
        "workflow": "etl",
        "workflow id": "wf-3",
        "version": "3",
        "run": "etl-17",
        "id": "17",
        "source": "prod",
        "trigger": "cron",
        "attempt": "2",
        "retry of": "16",
        "created": "2026-11-02 09:25:00 UTC  5m ago",
        "started": "2026-11-02 09:26:00 UTC  4m ago",
        "finished": "2026-11-02 09:28:11 UTC  1m ago",
        "updated": "2026-11-02 09:29:30 UTC  30s ago",
        "progress": "50%",
        "took": "2m 11s",
        "address": "https://x.test/17",
    }


def test_what_is_not_told_is_left_out() -> None:
    assert set(facts(run(State.QUEUED))) == {"state", "workflow", "id", "source"}


async def test_facts_stand_in_two_columns() -> None:
    async with shown(table := FactsTable(), size=(44, 24)) as pilot:
        table.show_run(FULL, NOW)
        await pilot.pause()
        assert lines(table)[:4] == [
            "▌state         ✗ failed                     ",
            " status        FAILURE                      ",
            " reason        timeout                      ",
            " error         HTTP 502                     ",
        ]


async def test_details_stand_as_a_tree_and_what_is_empty_is_left_out() -> None:
    async with shown(table := FactsTable(), size=(44, 24)) as pilot:
        table.show_run(run(details=NESTED), NOW)
        await pilot.pause()
        assert drawn(table)[4:] == [
            " details",
            "   parameters",
            "     limit     3",
            "     regions",
            "       0       eu",
            "       1       us",
            "   log         one",
            "                 two",
        ]
        await press(pilot, "j", "j", "j", "j", "j", "h")
        assert drawn(table)[5:7] == ["▌  parameters  {… 2 keys}", "   log         one"]


async def test_a_long_fact_is_read_whole_on_several_lines_in_any_width() -> None:
    error = "upstream answered 502 " * 6
    async with shown(table := FactsTable(), size=(44, 24)) as pilot:
        table.show_run(run(error=error), NOW)
        for width in (44, 60, 30):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            text = " ".join(line[15:].strip() for line in drawn(table)[1:-3])
            assert text.split() == error.split()
            assert "…" not in text


async def test_the_cursor_stays_on_its_fact() -> None:
    async with shown(table := FactsTable(), size=(60, 24)) as pilot:
        table.show_run(run(State.RUNNING), NOW)
        await press(pilot, "j", "j")
        assert table.row is not None
        assert table.row.path == ("id",)
        table.show_run(FULL, NOW)
        await pilot.pause()
        assert table.row.path == ("id",)


async def test_time_goes_on_in_the_facts_without_a_new_layout() -> None:
    told = run(State.RUNNING, started_at=NOW, details=NESTED)
    async with shown(table := FactsTable(), size=(60, 24)) as pilot:
        table.show_run(told, NOW)
        laid_out = table.values.lines
        table.show_run(told, NOW + timedelta(seconds=90))
        await pilot.pause()
        assert any("1m ago" in line for line in drawn(table))
        assert any("1m 30s" in line for line in drawn(table))
        assert table.values.lines is laid_out


async def test_time_goes_on_in_a_fact_that_takes_two_lines() -> None:
    told = run(State.RUNNING, started_at=NOW)
    async with shown(table := FactsTable(), size=(40, 24)) as pilot:
        table.show_run(told, NOW)
        table.show_run(told, NOW + timedelta(seconds=90))
        await pilot.pause()
        assert any(line.endswith("UTC") for line in drawn(table))
        assert any(line.strip() == "1m ago" for line in drawn(table))


async def test_a_fact_tells_its_path_in_the_json_and_what_stands_there() -> None:
    full = run(version="3", created_at=NOW, details=NESTED)
    async with shown(table := FactsTable(), size=(60, 24)) as pilot:
        table.show_run(full, NOW)
        await pilot.pause()
        told = {}
        for place in range(len(table.rows)):
            table.cursor = place
            assert table.row is not None
            told[table.path] = table.value_of(table.row)
        document = shapes.of_run(full, NOW)
        assert told[".run.state"] == "failed"
        assert told[".run.created_at"] == "2026-11-02T09:30:00Z"
        assert told[".run.details.parameters.limit"] == 3
        assert told[".run.details.log"] == "one\n  two"
        assert told[".run.details"] == document["details"]
        assert told[""] == "3"


async def test_hostile_details_are_drawn_as_they_are() -> None:
    async with shown(table := FactsTable(), size=(60, 8)) as pilot:
        table.show_run(run(details={"[/x]": "[bold]日本[/]"}), NOW)
        await pilot.pause()
        assert any("[/x]" in line and "[bold]日本[/]" in line for line in lines(table))


@pytest.mark.parametrize("value", [7, 0, False, [1, "é"], {"a": None}])
async def test_any_detail_is_told(value: object) -> None:
    async with shown(table := FactsTable(), size=(60, 20)) as pilot:
        table.show_run(run(details={"detail": value}), NOW)
        await pilot.pause()
        table.select((("details", "detail"), table.values.lines.kinds[5], 0))
        assert table.row is not None
        assert table.value_of(table.row) == json.loads(json.dumps(value))
