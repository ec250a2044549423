"""`runs-tui show`: one run with its steps."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.cli.answer import answer
from runs_tui.cli.meant import closing_all, open_named, runs_meant, sources_meant
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output
from runs_tui.cli.running import run as finish
from runs_tui.cli.status import Status, failure
from runs_tui.cli.table import painted
from runs_tui.model import shapes
from runs_tui.model.clock import SystemClock
from runs_tui.model.errors import SourceError, Unsupported
from runs_tui.model.plan import Plan, PlanRow
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run, RunKey, Step
from runs_tui.model.text import one_line

Told = tuple[Run, Sequence[Step] | SourceError]


def show_run(choice: Choice, text: str, form: Literal["text", "json"]) -> int:
    """Print one run, and give the exit status."""
    settings = sources_meant(choice)
    (key,) = runs_meant([text], settings)
    source = open_named(settings, [key.source])[key.source]
    try:
        with asking("show", key.id):
            run, steps = finish(_read(source, key))
    except SourceError as error:
        raise failure(key, error) from None
    now = SystemClock().now()
    output = Output()
    if form == "json":
        if isinstance(steps, SourceError):
            raise failure(f"{key}, its steps", steps)
        output.json(shapes.of_run_and_steps(run, steps, now))
        return Status.DONE
    output.lines(_facts(run, now, output))
    if isinstance(steps, SourceError):
        raise failure(f"{key}, its steps", steps)
    plan = Plan.of(steps)
    output.lines([_step(row, now, output) for row in plan.rows])
    output.lines(answer(run, plan, now))
    return Status.DONE


async def _read(source: Source, key: RunKey) -> Told:
    async with closing_all([source]):
        # Both are waited for, so that nothing is under way when the source is closed.
        run, steps = await asyncio.gather(
            source.run(key.id), _steps(source, key.id), return_exceptions=True
        )
        if isinstance(run, BaseException):
            raise run
        if isinstance(steps, BaseException) and not isinstance(steps, SourceError):
            raise steps
        return run, steps


async def _steps(source: Source, run_id: str) -> Sequence[Step] | SourceError:
    try:
        return await source.steps(run_id)
    except Unsupported:
        return ()
    except SourceError as error:
        return error


def _facts(run: Run, now: datetime, output: Output) -> list[str]:
    state = f"{looks.glyph(run.state)} {looks.word(run)}"
    head = f"{run.workflow}  {painted(state, run.state) if output.colored else state}"
    return [head, *(f"  {name:<9} {told}" for name, told in facts_of(run, now).items())]


def facts_of(run: Run, now: datetime) -> dict[str, str]:
    """Give what is told of a run besides its state, by what it is called."""
    facts = {
        "run": str(run.key),
        "name": run.name,
        "version": run.version,
        "status": run.status if run.status.casefold() != run.state.value else None,
        "reason": run.reason if run.reason != run.error else None,
        "error": run.error,
        "created": _time(run.created_at, now),
        "started": _time(run.started_at, now),
        "finished": _time(run.finished_at, now),
        "took": looks.duration(run.duration(now)),
        "trigger": run.trigger,
        "attempt": str(run.attempt) if run.attempt else None,
        "retry of": run.retry_of,
        "progress": None if run.progress is None else f"{run.progress:.0%}",
        "address": run.url,
    }
    return {name: told for name, told in facts.items() if told}


def _time(at: datetime | None, now: datetime) -> str | None:
    return f"{looks.instant(at)} ({looks.ago(at, now)})" if at else None


def _step(row: PlanRow, now: datetime, output: Output) -> str:
    step = row.step
    glyph = looks.glyph(step.state)
    shown = painted(glyph, step.state) if output.colored else glyph
    took = step.duration(now)
    parts = [
        f"{shown}{looks.ABOUT if 'state' in step.derived else ' '}{step.name}",
        step.state.value,
        looks.duration(took) if took is not None else None,
        f"attempt {step.attempt}" if step.attempt and step.attempt > 1 else None,
        one_line(step.error) if step.error else None,
        f"also after {', '.join(row.others)}" if row.others else None,
        f"after {', '.join(row.missing)}, not told" if row.missing else None,
        "depends on itself in a circle" if row.in_cycle else None,
    ]
    return f"  {row.prefix}" + "  ".join(part for part in parts if part)
