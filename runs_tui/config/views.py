"""The saved views of a configuration."""

from dataclasses import replace

from runs_tui.config.table import Table
from runs_tui.config.values import View
from runs_tui.model.grammar import FilterError
from runs_tui.model.query import Field, Query, Sort
from runs_tui.model.words import did_you_mean

SORTS = tuple(field.value for field in Field if field is not Field.WORDS)
"""What a view can be sorted by."""
COLUMNS = (
    *("state", "workflow", "run", "id", "source", "trigger", "created", "started", "finished"),
    *("took", "attempt", "progress", "reason", "error"),
)
"""What a view can show."""


def read_view(table: Table) -> View | None:
    """Read the table of one view; None where something is wrong with it."""
    table.only(("filter", "sort", "columns"))
    query = replace(_filter(table), sort=_sort(table))
    view = View(name=table.path[-1], query=query, columns=_columns(table))
    return view if table.sound else None


def _filter(table: Table) -> Query:
    try:
        return Query.parse(table.text("filter") or "") if "filter" in table else Query()
    except FilterError as error:
        place = f"{'.'.join(table.path)}.filter, character {error.start + 1}"
        table.wrong(f"{place}: {error.message}", "filter")
        return Query()


def _sort(table: Table) -> Sort | None:
    told = table.text("sort")
    if told is None:
        return None
    field = told.removeprefix("-")
    if field not in SORTS:
        table.wrong(f"runs cannot be sorted by {field!r}: {did_you_mean(field, SORTS)}", "sort")
    return Sort(field, descending=told.startswith("-"))


def _columns(table: Table) -> tuple[str, ...]:
    columns = table.texts("columns") or ()
    for column in columns:
        if column not in COLUMNS:
            message = f"there is no column {column!r}: {did_you_mean(column, COLUMNS)}"
            table.wrong(message, "columns")
    return columns
