"""Why a run failed, in lines."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from runs_tui import looks
from runs_tui.model.state import State
from runs_tui.model.text import one_line
from runs_tui.model.why import Why
from runs_tui.model.words import several


def why_lines(why: Why, failure: Mapping[str, str], now: datetime) -> Iterator[str]:
    """Say it; `failure` is what is told of the step that failed, by what it is called."""
    if not why.failed:
        yield "nothing has failed so far" if why.run.active else f"it {looks.word(why.run)}"
        return
    if failure:
        yield "why it failed:"
        yield from (f"{name}: {told}" for name, told in failure.items())
    else:
        joint = "was " if why.run.state is State.CANCELLED else ""
        yield f"the run {joint}{looks.word(why.run)}, and no step tells why"
        if not why.logged:
            yield f"error: {one_line(why.error)}" if why.error else "its API tells no reason"
    if why.logged:
        yield f"its log says: {one_line(why.logged)}"
    if len(why.tries) > 1:
        yield f"attempts: {len(why.tries)}"
    if why.broken_off:
        yield f"stopped in: {several([step.name for step in why.broken_off])}"
    if why.alike is not None and why.alike.runs:
        others = looks.counted(why.alike.runs, "other run")
        yield f"alike: {others} of those told here failed the same way; list {why.alike.query}"
    if why.good is not None:
        good = why.good
        yield f"last good: {good.key}, {looks.ago(good.finished_at or good.instant, now)}"
    lines = why.excerpt.lines
    if lines:
        yield "last lines before it failed:"
        for at, line in enumerate(lines):
            if why.excerpt.left_out and at == why.excerpt.hole:
                yield f"  ({looks.counted(why.excerpt.left_out, 'line')} left out)"
            yield f"  {line.text}"
