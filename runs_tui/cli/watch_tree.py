"""The runs that are watched as a tree of text, cut to the height of a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group
from rich.text import Text

from runs_tui import looks
from runs_tui.cli.table import COLORS
from runs_tui.cli.watch_ledger import Ledger
from runs_tui.cli.watcher import Seen
from runs_tui.model.plan import Plan, PlanRow
from runs_tui.model.run import RunKey
from runs_tui.model.state import State

_TELLING = frozenset({State.RUNNING, State.WAITING, State.FAILED, State.UNKNOWN})


def tree(ledger: Ledger, now: datetime, height: int) -> Group:
    """Draw every run with its steps; where there is no room for all, those that tell most.

    Runs that have no line at all are counted in the last one.
    """
    heads = len(ledger.seen) + len(ledger.lost)
    room = max(height - heads, 0)
    lines: list[Text] = []
    for place, (key, seen) in enumerate(ledger.seen.items()):
        if len(lines) >= height - 1 and place < len(ledger.seen) - 1:
            left = len(ledger.seen) - place
            return Group(
                *lines[: height - 1], _line(f"… and {looks.counted(left, 'run')} more", "dim")
            )
        lines.append(_head(key, seen, now))
        lost = ledger.lost.get(key)
        if lost is not None:
            again = "" if lost.final else "; trying again"
            lines.append(_line(f"  {lost.error.sentence}{again}", "yellow"))
        if seen is not None and seen.plan is not None:
            share = room // (len(ledger.seen) - place)
            steps = list(_steps(seen.plan, now, share))
            room -= len(steps)
            lines += steps
    return Group(*lines[:height])


def _head(key: RunKey, seen: Seen | None, now: datetime) -> Text:
    if seen is None:
        return _line(f"○ {key}  not seen yet", "dim")
    run = seen.run
    head = _line(f"{looks.glyph(run.state)} {looks.word(run)}", COLORS.get(run.state, "dim"))
    head.append(f"  {run.workflow}", "bold")
    took = looks.took(run, now)
    head.append(f"  {took}" if took != looks.NOTHING else "")
    progress = f"  {run.progress:.0%}" if run.progress is not None and run.active else ""
    head.append(f"{progress}  {key}", "dim")
    return head


def _steps(plan: Plan, now: datetime, room: int) -> Iterator[Text]:
    rows = plan.rows
    if len(rows) <= room:
        yield from (_step(row, now) for row in rows)
        return
    if room < 1:
        return
    telling = [row for row in rows if row.step.state in _TELLING]
    shown: Sequence[PlanRow] = telling[-(room - 1) :] if room > 1 else ()
    yield from (_step(row, now) for row in shown)
    done = sum(row.step.state is State.SUCCEEDED for row in rows)
    yield _line(f"  {done} of {looks.counted(len(rows), 'step')} succeeded", "dim")


def _step(row: PlanRow, now: datetime) -> Text:
    step = row.step
    line = _line(f"  {row.prefix}", "dim")
    line.append(f"{looks.glyph(step.state)} ", COLORS.get(step.state, "dim"))
    line.append(step.name)
    line.append(f"  {step.state}", "dim")
    took = step.duration(now)
    line.append(f"  {looks.duration(took)}" if took is not None else "", "dim")
    if step.error and step.state is State.FAILED:
        line.append(f"  {looks.flat(step.error)}", "red")
    return line


def _line(text: str, style: str) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(text, style)
    return line
