"""`runs-tui list`: runs of all sources, newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import click

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.cli.meant import closing_all, open_all, sources_meant
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output, complain, say
from runs_tui.cli.pages import Reading, merged, read_all
from runs_tui.cli.running import run
from runs_tui.cli.status import Status, status_of
from runs_tui.cli.table import Cell, Column, cells, table
from runs_tui.model import shapes
from runs_tui.model.clock import SystemClock
from runs_tui.model.grammar import FilterError
from runs_tui.model.query import Field, Query, Text
from runs_tui.model.run import Run
from runs_tui.model.text import shorten
from runs_tui.model.words import did_you_mean, several

Form = Literal["text", "json"]
Names = Literal["none", "column", "both"]


def list_runs(choice: Choice, filter_text: str, limit: int, form: Form) -> int:
    """Print the runs that match, and give the exit status."""
    query = parsed(filter_text)
    settings = sources_meant(choice)
    check_sources(query, [source.name for source in settings])
    sources = open_all([s for s in settings if query.admits_source(s.name)])
    readings = run(_read(sources, query, limit))
    found = merged(readings)
    more = len(found) > limit or any(reading.unread for reading in readings)
    if form == "json":
        _print_json(found[:limit], readings, more)
    else:
        _print_table(found[:limit], len(settings))
    _narrate(readings, len(found[:limit]), limit, more)
    return _status(readings)


def parsed(text: str) -> Query:
    """Read a filter, or end with what is wrong and where."""
    try:
        return Query.parse(text)
    except FilterError as error:
        context = click.get_current_context(silent=True)
        row = "".join(mark if mark.isprintable() else " " for mark in text)
        wrong = "^" * cells(row[error.start : error.end] or " ")
        marks = " " * cells(row[: error.start]) + wrong
        message = f"the filter: {error.message}\n  {row}\n  {marks}"
        raise click.UsageError(message, context) from None


def check_sources(query: Query, names: Sequence[str]) -> None:
    """End with the nearest right word where a filter names a source that is not there."""
    known = {name.casefold() for name in names}
    values = [v for term in query.of(Field.SOURCE) if not term.negated for v in term.values]
    for value in values:
        if isinstance(value, Text) and not value.contains and value.text.casefold() not in known:
            told = did_you_mean(value.text, names)
            raise click.UsageError(f"the filter: there is no source {value.text!r}: {told}")


async def _read(sources: Sequence[Source], query: Query, limit: int) -> list[Reading]:
    async with closing_all(sources):
        return await read_all(sources, query, limit)


def _print_json(runs: Sequence[Run], readings: Sequence[Reading], more: bool) -> None:
    now = SystemClock().now()
    Output().json(
        {
            "runs": [shapes.of_run(run, now) for run in runs],
            "more": more,
            "sources": [
                {
                    "name": reading.source,
                    "ok": reading.error is None,
                    "error": reading.error.sentence if reading.error else None,
                    "total": reading.total,
                }
                for reading in readings
            ],
        }
    )


def _print_table(runs: Sequence[Run], sources: int) -> None:
    if not runs:
        return
    output = Output()
    now = SystemClock().now()
    names: Names = "none" if sources == 1 else "column" if output.terminal else "both"
    rows = [_row(run, now, names) for run in runs]
    output.lines(table(_columns(names), rows, width=output.width, colored=output.colored))


def _columns(names: Names) -> list[Column]:
    columns = [Column("STATE"), Column("WORKFLOW", least=8), Column("ID")]
    if names != "none":
        columns.append(Column("SOURCE"))
    return [*columns, Column("STARTED", right=True), Column("TOOK", right=True)]


def _row(run: Run, now: datetime, names: Names) -> list[Cell]:
    row = [
        Cell(f"{looks.glyph(run.state)} {shorten(looks.word(run), 16)}", run.state),
        Cell(run.workflow),
        Cell(str(run.key) if names == "both" else run.id),
    ]
    if names != "none":
        row.append(Cell(run.source))
    return [*row, Cell(looks.started(run, now)), Cell(looks.took(run, now))]


def _narrate(readings: Sequence[Reading], shown: int, limit: int, more: bool) -> None:
    for reading in readings:
        if reading.error:
            complain(f"{reading.source}: {reading.error.sentence}")
        if reading.spent:
            say(
                f"{reading.source}: {reading.fruitless} pages without a match were read, "
                "and more exist; a narrower time finds more, such as created:>2d"
            )
    if more and shown == limit:
        say(f"{looks.counted(shown, 'run')} shown, more exist: --limit {limit * 2} shows more")
    elif not shown and (told := [each.source for each in readings if not each.error]):
        where = f" in {several(told)}" if len(told) < len(readings) else ""
        say(f"no run matches{' so far' if more else ''}{where}")


def _status(readings: Sequence[Reading]) -> Status:
    errors = [reading.error for reading in readings]
    if not errors or None in errors or errors[0] is None:
        return Status.DONE
    return status_of(errors[0])
