import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runs_tui.model import shapes
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.widgets.facts_table import FactsTable, JsonTable, facts_of
from tests.widgets.test_virtual_table import lines, press, shown

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def run(state: State = State.FAILED, **told: Any) -> Run:
    return Run(**({"source": "prod", "id": "17"} | told), state=state)


FULL = run(
    status="FAILURE",
    reason="timeout",
    error="HTTP 502",
    workflow_name="etl",
    version="3",
    name="etl-17",
    trigger="cron",
    attempt=2,
    retry_of="16",
    created_at=NOW - timedelta(minutes=5),
    started_at=NOW - timedelta(minutes=4),
    finished_at=NOW - timedelta(minutes=1, seconds=49),
    url="https://x.test/17",
)


def facts(run: Run) -> dict[str, str]:
    return {fact.name: fact.text for fact in facts_of(run, NOW)}


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
        "took": "2m 11s",
        "address": "https://x.test/17",
    }


def test_what_is_not_told_is_left_out() -> None:
    assert set(facts(run(State.QUEUED))) == {"state", "workflow", "id", "source"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("word", "word"),
        ("two\n  lines\tof text", "two lines of text"),
        (7, "7"),
        (0, "0"),
        (False, "false"),
        ([1, "é"], '[1, "é"]'),
        ({"a": None}, '{"a": null}'),
        (None, None),
        ("", None),
        ([], None),
        ({}, None),
    ],
)
def test_a_detail_is_one_line_and_an_empty_one_is_none(value: object, text: str | None) -> None:
    assert facts(run(details={"detail": value})).get("detail") == text


async def test_facts_stand_in_two_columns() -> None:
    async with shown(table := FactsTable(), size=(44, 20)) as pilot:
        table.show_run(FULL, NOW)
        await pilot.pause()
        assert lines(table)[:4] == [
            "▌state                 ✗ failed             ",
            " status                FAILURE              ",
            " reason                timeout              ",
            " error                 HTTP 502             ",
        ]


async def test_the_cursor_stays_on_its_fact() -> None:
    async with shown(table := FactsTable(), size=(60, 20)) as pilot:
        table.show_run(run(State.RUNNING), NOW)
        await press(pilot, "j", "j")
        assert table.row is not None
        assert table.row.name == "id"
        table.show_run(FULL, NOW)
        await pilot.pause()
        assert table.row.name == "id"


async def test_hostile_details_are_drawn_as_they_are() -> None:
    async with shown(table := FactsTable(), size=(60, 8)) as pilot:
        table.show_run(run(details={"[/x]": "[bold]日本[/]"}), NOW)
        await pilot.pause()
        assert any("[/x]" in line and "[bold]日本[/]" in line for line in lines(table))


async def test_a_document_is_drawn_line_by_line() -> None:
    document = {"run": {"id": "17", "name": "[/x] 日本"}, "steps": []}
    async with shown(table := JsonTable(), size=(40, 8)) as pilot:
        table.show_document(document)
        await pilot.pause()
        drawn = [line[1:].rstrip() for line in lines(table)]
        assert drawn[:7] == json.dumps(document, indent=2, ensure_ascii=False).splitlines()


async def test_any_text_in_a_document_is_drawn_whole() -> None:
    async with shown(table := JsonTable(), size=(60, 9)) as pilot:
        for text in ['a": "b', '\\"', "x\ny\tz", '{"a": 1}', ""]:
            table.show_document({"a": text, text: [text]})
            await pilot.pause()
            drawn = "\n".join(line[1:].rstrip() for line in lines(table)).strip()
            assert json.loads(drawn) == {"a": text, text: [text]}


async def test_the_same_document_again_leaves_the_view_where_it_is() -> None:
    document = shapes.of_run(FULL, NOW)
    async with shown(table := JsonTable(), size=(60, 8)) as pilot:
        table.show_document(document)
        await press(pilot, "G")
        seen = lines(table)
        table.show_document(dict(document))
        await pilot.pause()
        assert lines(table) == seen


async def test_a_changed_document_keeps_the_place_of_the_cursor() -> None:
    async with shown(table := JsonTable(), size=(60, 30)) as pilot:
        table.show_document({"a": 1, "b": 2, "c": 3})
        await press(pilot, "j", "j", "j")
        table.show_document({"a": 7, "b": 8, "c": 9})
        await pilot.pause()
        assert table.row == '  "c": 9'
