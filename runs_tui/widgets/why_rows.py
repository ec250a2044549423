"""Why a run failed, as rows of text of which each leads to what it is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len, chop_cells

from runs_tui import looks
from runs_tui.model.alike import Alike
from runs_tui.model.feed import Line
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Run, RunKey, Step
from runs_tui.model.state import State
from runs_tui.model.tries import Try
from runs_tui.model.why import Why
from runs_tui.model.words import several
from runs_tui.widgets.columns import Cell, Part

LABEL = 11
"""The cells that the words before a fact take."""
MOST = 4
"""The rows that an error takes at most, and how many attempts are named."""
_LEVELS = {"error": "state--failed", "warning": "table--warning", "debug": "table--dim"}


@dataclass(frozen=True, slots=True)
class ToStep:
    """Leads to a step among the steps."""

    key: str


@dataclass(frozen=True, slots=True)
class ToLine:
    """Leads to a line of the events, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class ToEvents:
    """Leads to the events of one step."""

    step: str


@dataclass(frozen=True, slots=True)
class ToRuns:
    """Leads to a list of runs."""

    query: Query


@dataclass(frozen=True, slots=True)
class ToRun:
    """Leads to another run."""

    key: RunKey


Target = ToStep | ToLine | ToEvents | ToRuns | ToRun


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One row: what names it, what it says, and where it leads."""

    key: str
    cell: Cell
    target: Target | None = None


def rows_of(why: Why, width: int, now: datetime, *, complete: bool) -> Sequence[WhyRow]:
    """Say why a run failed in rows of a width; `complete` once all its events are known."""
    if not why.failed:
        return [WhyRow("nothing", [(_nothing(why.run), "table--dim")])]
    return [
        *_what(why, width, now),
        *_facts(why, width, now),
        *_excerpt(why, complete=complete),
    ]


def _nothing(run: Run) -> str:
    if run.active:
        return "Nothing has failed so far."
    return f"Nothing failed: it {'was ' if run.state is State.SKIPPED else ''}{looks.word(run)}."


# What happened


def _what(why: Why, width: int, now: datetime) -> Iterator[WhyRow]:
    step = why.step
    target = ToStep(step.key) if step else None
    yield WhyRow("what", _head(why, now), target)
    said = why.error or _unsaid(why.run)
    ink = "state--failed" if why.error and why.run.state is not State.CANCELLED else "table--dim"
    for at, text in enumerate(wrapped(said, width - 2, MOST)):
        yield WhyRow(f"error {at}", [(f"  {text}", ink)], target)
    if step is not None and step.child_run:
        key = RunKey(why.run.source, step.child_run)
        yield _fact("child", "its run", [(str(key), "")], ToRun(key))
    error = why.run.error
    if step is not None and error and (step.error or "") not in error:
        yield _fact("run", "run says", [(error, "")])


def _head(why: Why, now: datetime) -> Cell:
    run, step = why.run, why.step
    if step is not None:
        told: list[Part] = [
            (f"{looks.glyph(step.state)} ", looks.css_class(step.state)),
            (step.name, "table--strong"),
            (" failed", looks.css_class(step.state)),
        ]
        return [*told, (_when(step.finished_at, step.duration(now), now), "table--dim")]
    word = "was cancelled" if run.state is State.CANCELLED else looks.word(run)
    subject = "" if run.state is State.CANCELLED else ", and no step tells why"
    return [
        (f"{looks.glyph(run.state)} ", looks.css_class(run.state)),
        (f"The run {word}", "table--strong"),
        (_when(run.finished_at, run.duration(now), now) + subject, "table--dim"),
    ]


def _when(at: datetime | None, took: float | None, now: datetime) -> str:
    told = [f" at {clock(at, now)}, {looks.ago(at, now)}"] if at else []
    if took is not None:
        told.append(f" after {looks.duration(took)}")
    return ",".join(told)


def _unsaid(run: Run) -> str:
    way = "; o opens its web page" if run.url else ""
    return f"Its API tells no reason{way}."


# What is known besides


def _facts(why: Why, width: int, now: datetime) -> Iterator[WhyRow]:
    if why.blocked:
        told = f"{looks.counted(len(why.blocked), 'step')}: {_names(why.blocked)}"
        yield _fact("blocked", "blocked", [(told, "")], ToStep(why.blocked[0].key))
    if why.also:
        told = f"{looks.counted(len(why.also), 'more step')}: {_names(why.also)}"
        yield _fact("also", "also failed", [(told, "")], ToStep(why.also[0].key))
    if why.broken_off:
        told = _names(why.broken_off)
        yield _fact("broken", "stopped in", [(told, "")], ToStep(why.broken_off[0].key))
    if why.step is not None and why.tries and why.tries[-1].number > 1:
        yield _fact("tries", "attempts", [(_tries(why.tries, now), "")], ToEvents(why.step.key))
    if why.alike is not None:
        yield from _alike(why.alike, width, now)
    if why.good is not None:
        at = why.good.finished_at or why.good.instant
        told = f"{looks.ago(at, now)}, {why.good.name or why.good.id}"
        yield _fact("good", "last good", [(told, "")], ToRun(why.good.key))


def _names(steps: Sequence[Step]) -> str:
    return several([step.name for step in steps])


def _tries(tries: Sequence[Try], now: datetime) -> str:
    last = tries[-1]
    going = ", and it goes on" if last.finished_at is None else ""
    ends = [clock(each.finished_at, now) for each in tries if each.failed and each.finished_at]
    failed = f", failed at {several(ends[-MOST:], MOST)}" if ends else ""
    return f"{last.number}{failed}{going}"


def _alike(alike: Alike, width: int, now: datetime) -> Iterator[WhyRow]:
    among = f"of the {looks.counted(alike.among, 'failed run')} loaded"
    if not alike.runs:
        told = f"no other {among} since yesterday" if alike.among else "no other failed run loaded"
        yield _fact("alike", "alike", [(told, "table--dim")])
        return
    target = ToRuns(alike.query)
    told = f"{looks.counted(alike.runs, 'other run')} failed the same way since yesterday"
    yield _fact("alike", "alike", [(told, "table--warning")], target)
    counts = [f"{looks.count(count)} {name}" for name, count in alike.workflows.items()]
    times = [f"{at:%H:%M}" for at in (alike.first, alike.last) if at]
    span = f"at {times[0]}" if alike.runs == 1 else f"first {times[0]}, last {times[-1]}"
    where = f" on {several(alike.sources)}" if len(alike.sources) > 1 else ""
    more = f"{several(counts)}{where}; {span}; {among}"
    for at, text in enumerate(wrapped(more, width - LABEL, 2)):
        yield _fact(f"alike {at}", "", [(text, "table--dim")], target)


def _fact(key: str, label: str, cell: Cell, target: Target | None = None) -> WhyRow:
    return WhyRow(key, [(f"{label:<{LABEL}}", "table--dim"), *cell], target)


# The lines before it


def _excerpt(why: Why, *, complete: bool) -> Iterator[WhyRow]:
    yield WhyRow("", [])
    excerpt, step = why.excerpt, why.step
    if not excerpt.lines:
        told = "No log line is known." if complete else "Reading the log…"
        yield WhyRow("excerpt", [(told, "table--dim")])
        return
    whose = f" of {step.name}" if step and excerpt.step else " of the run"
    before = " before it failed" if why.run.state is not State.CANCELLED else ""
    head = f"Last lines{whose}{before}"
    yield WhyRow("excerpt", [(head, "table--dim")], ToLine(excerpt.lines[-1].number))
    for at, line in enumerate(excerpt.lines):
        if excerpt.left_out and at == excerpt.hole:
            told = f"┄┄ {looks.counted(excerpt.left_out, 'line')} left out ┄┄"
            yield WhyRow("hole", [(told, "table--dim")], ToLine(line.number))
        yield WhyRow(f"line {line.number}", _line(line), ToLine(line.number))


def _line(line: Line) -> Cell:
    told = line.told
    if not isinstance(told, Event):
        return [(line.text, "table--dim")]
    at = f"{told.at:%H:%M:%S}" if told.at and line.first else ""
    level = told.level if line.first and told.level in ("error", "warning") else None
    text = f"{level.upper()} {line.text}" if level else line.text
    return [(f"{at:<8}  ", "table--dim"), (text, _LEVELS.get(told.level or "", ""))]


def clock(at: datetime | None, now: datetime) -> str:
    """Write the time of an instant, in UTC as the events do, with its day where that is another."""
    if at is None:
        return looks.NOTHING
    return f"{at:%H:%M:%S}" if (now - at).total_seconds() < 86_400 else f"{at:%Y-%m-%d %H:%M:%S}"


def wrapped(text: str, width: int, most: int) -> Sequence[str]:
    """Fold a text between its words into lines of at most so many cells, the last one cut."""
    width = max(width, 8)
    lines = [""]
    for word in text.split():
        for piece in chop_cells(word, width):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if cell_len(longer) <= width or len(lines) == most:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines
