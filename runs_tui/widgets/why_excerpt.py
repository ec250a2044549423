"""The last lines before a failure, as rows of its answer."""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from runs_tui import looks
from runs_tui.model.line import Line
from runs_tui.model.run import Event
from runs_tui.model.state import State
from runs_tui.model.why import Why
from runs_tui.widgets.columns import Cell
from runs_tui.widgets.why_row import ToLine, WhyRow, wrapped

TIME = 10
"""The cells that the time before a line takes."""
MOST = 4
"""The rows that an error takes at most."""
_FRAME = re.compile(r'\s+File "(?P<path>[^"]+)", line \d+')
_LEVELS = {"error": "state--failed", "warning": "table--warning", "debug": "table--dim"}


def excerpt_rows(why: Why, width: int, *, complete: bool, trouble: str) -> Iterator[WhyRow]:
    """Give the last lines in a width; `complete` once all events are known, else what hinders."""
    yield WhyRow("", [])
    excerpt, step = why.excerpt, why.step
    if trouble:
        for at, text in enumerate(wrapped(f"The log is not whole: {trouble}", width, MOST)):
            yield WhyRow(f"trouble {at}", [(text, "table--warning")])
    elif not excerpt.lines:
        told = "No log line is known." if complete else "Reading the log…"
        yield WhyRow("excerpt", [(told, "table--dim")])
    if not excerpt.lines:
        return
    whose = f" of {step.name}" if step and excerpt.step else " of the run"
    before = " before it failed" if why.run.state is not State.CANCELLED else ""
    head = f"Last lines{whose}{before}"
    yield WhyRow("excerpt", [(head, "table--dim")], ToLine(excerpt.lines[-1].number))
    for at, line in enumerate(excerpt.lines):
        if excerpt.left_out and at == excerpt.hole:
            told = f"┄┄ {looks.counted(excerpt.left_out, 'line')} left out ┄┄"
            yield WhyRow("hole", [(told, "table--dim")], ToLine(line.number), marked=False)
        for part, cell in enumerate(_line(line, width)):
            key = f"line {line.number}.{part}" if part else f"line {line.number}"
            yield WhyRow(key, cell, ToLine(line.number), marked=False)


def _fitted(text: str, room: int) -> str:
    """Leave out the beginning of the path in a line of a stack trace that has no room for it."""
    frame = _FRAME.match(text)
    over = cell_len(text) - room
    if frame is None or not 0 < over < len(frame["path"]) - 1:
        return text
    return text.replace(frame["path"], f"…{frame['path'][over + 1 :]}", 1)


def _line(line: Line, width: int) -> Sequence[Cell]:
    """Give a line as it is drawn; an error that is too long is folded, anything else is cut."""
    told = line.told
    if not isinstance(told, Event):
        return [[(line.text, "table--dim")]]
    at = f"{told.at:%H:%M:%S}" if told.at and line.first else ""
    level = told.level if line.first and told.level in ("error", "warning") else None
    text = f"{level.upper()} {line.text}" if level else _fitted(line.text, width - TIME)
    ink = _LEVELS.get(told.level or "", "")
    long = told.level == "error" and cell_len(text) > width - TIME
    lead = text[: len(text) - len(text.lstrip())]
    room = width - TIME - len(lead)
    texts = [lead + part for part in wrapped(text, room, MOST)] if long else [text]
    times = [at, *("" for _ in texts[1:])]
    return [
        [(f"{time:<{TIME}}", "table--dim"), (text, ink)]
        for time, text in zip(times, texts, strict=True)
    ]
