"""The logs of a run: that of its scheduler, and what each step wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runs_tui.demo.dagu.words import of_run, second
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runs_tui.demo.world import Line, WorldRun, WorldStep

_LONG = 50
_ALARMING = frozenset({"warning", "error"})
_LEVELS = {"debug": "DEBUG", "info": "INFO", "warning": "WARN", "error": "ERROR"}


def scheduler_log(run: WorldRun, lines: Sequence[Line]) -> list[str]:
    """Give what the scheduler writes of a run, all its attempts one after the other."""
    written: list[str] = []
    begun = 0
    for line in lines:
        if line.step is None and line.state is State.RUNNING:
            begun += 1
            said = "DAG run retry started" if begun > 1 else "DAG run started"
            written.append(_entry(run, line, said, 'params="[]"'))
        elif line.step is None and line.state is not None and line.state.terminal:
            _, label = of_run(run)
            written.append(_entry(run, line, "DAG run finished", f"status={label}"))
        elif line.step is None and line.state is None:
            written.append(_entry(run, line, line.message))
        elif line.step is not None and line.state in (State.RUNNING, State.WAITING):
            written.append(_entry(run, line, "Step started", f"step={_quoted(line.step)}"))
    return written


def step_log(step: WorldStep, lines: Sequence[Line], stream: str) -> list[str]:
    """Give what a step wrote to a stream."""
    wrong = stream == "stderr"
    own = (line for line in lines if line.step_id == step.id and line.state is None)
    return [
        text
        for line in own
        if (line.level in _ALARMING) == wrong
        for text in line.message.split("\n")
    ]


def part_of(lines: Sequence[str], asked: Mapping[str, str]) -> dict[str, Any]:
    """Show some lines: the first or the last, or those from one on, whose number begins at 1.

    How many there are is only estimated of a long log.
    """
    total = len(lines)
    start, end = 0, total
    if "tail" in asked:
        start = max(total - int(asked["tail"]), 0)
    elif "head" in asked:
        end = int(asked["head"])
    else:
        start = max(int(asked.get("offset") or 1), 1) - 1
        end = start + int(asked.get("limit") or total or 1)
    shown = lines[start:end]
    told = {"lineCount": len(shown), "totalLines": total, "hasMore": start > 0 or end < total}
    if total > _LONG:
        told |= {"totalLines": total + total // 20, "isEstimate": True}
    return {"content": "\n".join(shown), **{name: value for name, value in told.items() if value}}


def _entry(run: WorldRun, line: Line, said: str, more: str = "") -> str:
    name = _quoted(run.workflow.name)
    at = f"{second(line.at)[:-1]}.{line.at.microsecond // 1000:03d}Z"
    head = f"time={at} level={_LEVELS[line.level]} msg={_quoted(said)} name={name}"
    return f'{head} run-id={run.id} attempt-id="" dag={name} run-id={run.id} {more}'.rstrip()


def _quoted(text: str) -> str:
    """Write a value so that it stays on its line."""
    if text.replace("-", "").replace("_", "").isalnum():
        return text
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + written.replace("\n", "\\n").replace("\r", "\\r") + '"'
