import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from runs_tui.widgets.json_table import JsonTable
from runs_tui.widgets.searching import FindAsked, marked, pattern_of
from runs_tui.widgets.value_table import ValueTable
from runs_tui.widgets.virtual_table import VirtualTable
from tests.widgets.test_virtual_table import Host, lines, press, shown

DOCUMENT = {
    "run": {"id": "17", "parameters": {"limit": 3, "region": "eu"}},
    "steps": [{"name": "load", "limit": 5}, {"name": "save", "limit": 7}],
}


@asynccontextmanager
async def showing(
    document: object, size: tuple[int, int] = (40, 20)
) -> AsyncIterator[tuple[JsonTable, Pilot[Any]]]:
    table = JsonTable()
    async with shown(table, size=size) as pilot:
        table.show_document(document)
        await pilot.pause()
        host(pilot).told.clear()
        yield table, pilot


def host(pilot: Pilot[Any]) -> Host:
    assert isinstance(pilot.app, Host)
    return pilot.app


def drawn(table: ValueTable) -> list[str]:
    return [line[1:].rstrip() for line in lines(table)[: len(table.rows)]]


def said(table: ValueTable) -> str:
    left, right = table.told()
    return " | ".join(text for text, _ in [*left, *right] if text)


# Lines


async def test_a_document_is_drawn_line_by_line() -> None:
    document = {"run": {"id": "17", "name": "[/x] 日本"}, "steps": []}
    async with showing(document) as (table, _):
        assert drawn(table) == json.dumps(document, indent=2, ensure_ascii=False).splitlines()


async def test_any_text_in_a_document_is_drawn_whole() -> None:
    for text in ['a": "b', '\\"', "y\tz", '{"a": 1}', ""]:
        async with showing({"a": text, text: [text]}) as (table, _):
            assert json.loads("\n".join(drawn(table))) == {"a": text, text: [text]}


async def test_the_same_document_again_leaves_the_view_where_it_is() -> None:
    async with showing(DOCUMENT, (60, 8)) as (table, pilot):
        await press(pilot, "G")
        seen = lines(table)
        table.show_document(json.loads(json.dumps(DOCUMENT)))
        await pilot.pause()
        assert lines(table) == seen


async def test_a_changed_document_keeps_the_place_of_the_cursor() -> None:
    async with showing({"a": 1, "b": 2, "c": 3}) as (table, pilot):
        await press(pilot, "j", "j", "j")
        table.show_document({"before": [1, 2], "a": 7, "b": 8, "c": 9})
        await pilot.pause()
        assert table.row is not None
        assert table.row.text == "9"


async def test_in_a_long_document_the_cursor_keeps_its_place_from_afar() -> None:
    async with showing({"many": list(range(3000)), "last": {"x": 1}}) as (table, pilot):
        await press(pilot, "G", "k", "k")
        assert table.path == ".last.x"
        table.show_document({"many": [1], "last": {"x": 1}})
        await pilot.pause()
        assert table.path == ".last.x"


# Folding


async def test_an_object_is_folded_from_within_and_unfolded_again() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        whole = drawn(table)
        await press(pilot, "j", "j", "j", "j", "h")
        assert said(table) == ".run.parameters | 4 of 19"
        await press(pilot, "h")
        assert drawn(table)[3] == '    "parameters": {… 2 keys}'
        await press(pilot, "h", "left")
        assert drawn(table)[1] == '  "run": {… 2 keys},'
        await press(pilot, "l", "right", "j")
        assert table.path == ".run.parameters"
        await press(pilot, "enter", "enter")
        assert drawn(table)[3] == '    "parameters": {… 2 keys}'
        await press(pilot, "right")
        assert drawn(table) == whole


async def test_the_end_of_a_list_folds_it_and_the_cursor_stands_on_it() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        await press(pilot, "G", "k", "enter")
        assert drawn(table)[-2] == '  "steps": [… 2 items]'
        assert table.path == ".steps"


async def test_one_key_folds_everything_and_unfolds_it_and_the_cursor_stays() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        whole = drawn(table)
        await press(pilot, "j", "j", "j", "x")
        assert drawn(table) == ["{", '  "run": {… 2 keys},', '  "steps": [… 2 items]', "}"]
        assert table.path == ".run"
        await press(pilot, "x")
        assert drawn(table) == whole
        assert table.path == ".run"


async def test_what_is_folded_stays_so_in_the_next_document() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        await press(pilot, "j", "h")
        table.clear()
        table.show_document({"run": {"id": "18", "parameters": {}}, "steps": []})
        await pilot.pause()
        assert drawn(table) == ["{", '  "run": {… 2 keys},', '  "steps": []', "}"]


async def test_a_value_is_opened_and_an_object_is_not() -> None:
    async with showing(DOCUMENT) as (_, pilot):
        await press(pilot, "j", "enter")
        assert host(pilot).of(VirtualTable.Chosen) == 0
        await press(pilot, "enter", "j", "enter")
        assert host(pilot).of(VirtualTable.Chosen) == 1


# Searching


async def test_matches_are_marked_counted_and_gone_through_in_a_ring() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        before = drawn(table)
        table.search("LIMIT")
        await pilot.pause()
        assert drawn(table) == before
        assert said(table) == ".run.parameters.limit | /LIMIT  match 1 of 3"
        marks = [
            segment.text
            for y in range(len(table.rows))
            for segment in table.render_line(y)
            if segment.style == table.inks.style("table--match", cursor=y == table.cursor)
        ]
        assert marks == ["limit"] * 3
        await press(pilot, "n", "n")
        assert said(table) == ".steps[1].limit | /LIMIT  match 3 of 3"
        await press(pilot, "n")
        assert said(table) == ".run.parameters.limit | /LIMIT  match 1 of 3"
        await press(pilot, "N", "k")
        assert said(table) == ".steps[1].name | /LIMIT  3 matches"
        await press(pilot, "N")
        assert said(table) == ".steps[0].limit | /LIMIT  match 2 of 3"
        table.search("nowhere")
        assert said(table).endswith("/nowhere  no match")


async def test_a_match_that_is_folded_away_is_unfolded_and_nothing_else() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        await press(pilot, "x")
        table.search("save")
        await pilot.pause()
        assert table.path == ".steps[1].name"
        assert drawn(table)[1:4] == ['  "run": {… 2 keys},', '  "steps": [', "    {… 2 keys},"]


async def test_the_words_are_asked_for() -> None:
    async with showing(DOCUMENT) as (_, pilot):
        await press(pilot, "slash")
        assert host(pilot).of(FindAsked) == 1


async def test_words_that_are_typed_lead_nowhere_on_their_way() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        await press(pilot, "x", "j", "slash")
        folded = drawn(table)
        for words in ("l", "li", "lin"):
            table.search(words)
        await pilot.pause()
        assert (drawn(table), table.path) == (folded, ".run")
        table.search("save")
        table.focus()
        pilot.app.screen.set_focus(None)
        table.focus()
        await pilot.pause()
        table.search("")
        assert table.path == ".steps[1].name"


async def test_what_comes_later_is_searched_too() -> None:
    async with showing(DOCUMENT) as (table, pilot):
        table.search("limit")
        table.show_document({"limit": 1})
        await pilot.pause()
        assert said(table).endswith("of 1") or said(table).endswith("1 match")


def test_marks_go_over_parts_and_keep_the_text() -> None:
    cell = [("", ""), ('"limit": ', "table--dim"), ('"eu", "eu"', "")]
    for words in ("limit", 'limit": "e', "EU", "u", "nowhere", ""):
        parts = marked(cell, pattern_of(words))
        assert "".join(text for text, _ in parts) == '"limit": "eu", "eu"'
        marks = [text for text, ink in parts if ink == "table--match"]
        assert "".join(marks).casefold() == words.casefold() * (2 if words in "EU u" else 1) * (
            words != "nowhere"
        )
        assert [ink for text, ink in parts if text == ", "] in ([""], [])
