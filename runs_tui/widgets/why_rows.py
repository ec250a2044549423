"""Why a run failed, as rows of text of which each leads to what it is about."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from runs_tui import looks
from runs_tui.model.alike import Alike
from runs_tui.model.run import Run, RunKey, Step
from runs_tui.model.state import State
from runs_tui.model.tries import Try
from runs_tui.model.why import Why
from runs_tui.model.words import several
from runs_tui.widgets.columns import Cell, Part
from runs_tui.widgets.why_excerpt import excerpt_rows
from runs_tui.widgets.why_row import (
    Target,
    ToEvents,
    ToRun,
    ToRuns,
    ToStep,
    WhyRow,
    wrapped,
)

LABEL = 11
"""The cells that the words before a fact take."""
MOST = 4
"""The rows that an error takes at most, and how many attempts are named."""


def rows_of(
    why: Why, width: int, now: datetime, *, complete: bool, trouble: str = ""
) -> Sequence[WhyRow]:
    """Say why a run failed in rows of a width.

    `complete` once all its events are known; `trouble` is what hinders that.
    """
    if not why.failed:
        return [WhyRow("nothing", [(_nothing(why.run), "table--dim")])]
    return [
        *_what(why, width, now),
        *_facts(why, width, now),
        *excerpt_rows(why, width, complete=complete, trouble=trouble),
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
    logged = f"{looks.ABOUT} {why.logged}" if why.logged else None
    said = why.error or logged or _unsaid(why)
    known = (why.error or logged) and why.run.state is not State.CANCELLED
    ink = "state--failed" if known else "table--dim"
    for at, text in enumerate(wrapped(said, width - 2, MOST)):
        yield WhyRow(f"error {at}", [(f"  {text}", ink)], target, marked=False)
    if step is not None and step.child_run and step.child_run != why.run.id:
        key = RunKey(why.run.source, step.child_run)
        yield from _fact("child", "its run", str(key), width, ToRun(key))
    error = why.run.error
    if step is not None and error and (step.error or "") not in error:
        yield from _fact("run", "run says", error, width)


def _head(why: Why, now: datetime) -> Cell:
    run, step = why.run, why.step
    if step is not None:
        about = looks.ABOUT if "state" in step.derived else " "
        told: list[Part] = [
            (looks.glyph(step.state) + about, looks.css_class(step.state)),
            (step.name, "table--strong"),
            (" failed", looks.css_class(step.state)),
        ]
        about = looks.ABOUT if step.derived & {"started_at", "finished_at", "took"} else ""
        when = _when(step.finished_at, step.duration(now), now, about)
        return [*told, (when, "table--dim")]
    word = "was cancelled" if run.state is State.CANCELLED else looks.word(run)
    silent = why.steps_known and run.state is not State.CANCELLED
    return [
        (f"{looks.glyph(run.state)} ", looks.css_class(run.state)),
        (f"The run {word}", "table--strong"),
        (_when(run.finished_at, run.duration(now), now), "table--dim"),
        (", and no step tells why" if silent else "", "table--dim"),
    ]


def _when(at: datetime | None, took: float | None, now: datetime, about: str = "") -> str:
    told = [f" at {about}{_clock(at, now)}, {looks.ago(at, now)}"] if at else []
    if took is not None:
        told.append(f" after {about}{looks.duration(took)}")
    return ",".join(told)


def _unsaid(why: Why) -> str:
    if not why.steps_known:
        return "Reading the steps…"
    way = "; o opens its web page" if why.run.url else ""
    return f"Its API tells no reason{way}."


# What is known besides


def _facts(why: Why, width: int, now: datetime) -> Iterator[WhyRow]:
    told: list[tuple[str, str, str, Target]] = []
    if why.blocked:
        text = f"{looks.counted(len(why.blocked), 'step')}: {_names(why.blocked)}"
        told.append(("blocked", "blocked", text, ToStep(why.blocked[0].key)))
    if why.also:
        text = f"{looks.counted(len(why.also), 'more step')}: {_names(why.also)}"
        told.append(("also", "also failed", text, ToStep(why.also[0].key)))
    if why.broken_off:
        text = _names(why.broken_off)
        told.append(("broken", "stopped in", text, ToStep(why.broken_off[0].key)))
    if why.step is not None and why.tries and why.tries[-1].number > 1:
        text = _tries(why.tries, now)
        told.append(("tries", "attempts", text, ToEvents(why.step.key)))
    for key, label, text, target in told:
        yield from _fact(key, label, text, width, target)
    if why.alike is not None:
        yield from _alike(why.alike, width)
    if why.good is not None:
        text = f"{looks.ago(why.good.finished_at or why.good.instant, now)}, "
        text += why.good.name or why.good.id
        yield from _fact("good", "last good", text, width, ToRun(why.good.key))


def _names(steps: Sequence[Step]) -> str:
    return several([step.name for step in steps])


def _tries(tries: Sequence[Try], now: datetime) -> str:
    last = tries[-1]
    going = ", and it goes on" if last.finished_at is None else ""
    ends = [_clock(each.finished_at, now) for each in tries if each.failed and each.finished_at]
    failed = f", failed at {several(ends[-MOST:], MOST)}" if ends else ""
    return f"{last.number}{failed}{going}"


def _alike(alike: Alike, width: int) -> Iterator[WhyRow]:
    among = f"of the {looks.counted(alike.among, 'failed run')} loaded"
    if not alike.runs:
        told = f"none {among} since yesterday" if alike.among else "no other failed run is loaded"
        told = "not the other failed run that is loaded" if alike.among == 1 else told
        yield from _fact("alike", "alike", told, width, ink="table--dim")
        return
    target = ToRuns(alike.query)
    others = looks.counted(alike.runs, "other run")
    told = f"{others} failed the same way since yesterday"
    if len(told) > width - LABEL:
        told = f"{others} failed so since yesterday"
    yield from _fact("alike", "alike", told, width, target, "table--warning")
    counts = [f"{looks.count(count)} {name}" for name, count in alike.workflows.items()]
    times = [f"{at:%H:%M}" for at in (alike.first, alike.last) if at]
    span = f"at {times[0]}" if alike.runs == 1 else f"first {times[0]}, last {times[-1]}"
    where = f" on {several(alike.sources)}" if len(alike.sources) > 1 else ""
    more = f"{several(counts)}{where}; {span}; {among}"
    for row in _fact("alike of", "", more, width, target, "table--dim"):
        yield replace(row, marked=False)


def _fact(
    key: str, label: str, told: str, width: int, target: Target | None = None, ink: str = ""
) -> Iterator[WhyRow]:
    """Give the rows of one fact: its words stand behind its label, folded where they are long."""
    for at, text in enumerate(wrapped(told, width - LABEL, 2)):
        label = "" if at else label
        cell = [(f"{label:<{LABEL}}", "table--dim"), (text, ink)]
        yield WhyRow(f"{key} {at}" if at else key, cell, target, marked=not at)


def _clock(at: datetime | None, now: datetime) -> str:
    if at is None:
        return looks.NOTHING
    return f"{at:%H:%M:%S}" if (now - at).total_seconds() < 86_400 else f"{at:%Y-%m-%d %H:%M:%S}"
