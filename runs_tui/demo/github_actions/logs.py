"""The log of a job as its runner writes it."""

from collections.abc import Iterator
from datetime import datetime

from runs_tui.demo.world import World, WorldRun, WorldStep

_MARKS = {"error": "##[error]", "warning": "##[warning]", "debug": "##[debug]"}
_BOM = "\ufeff"


def log_of(world: World, run: WorldRun, step: WorldStep, now: datetime) -> str:
    """Write the log of a job that is over; every line has its time, to seven digits."""
    begun = step.started or run.created
    lines = [*_head(begun, step), *_said(world, run, step, now)]
    return _BOM + "".join(f"{_stamp(at)} {text}\n" for at, text in lines)


def _head(begun: datetime, step: WorldStep) -> Iterator[tuple[datetime, str]]:
    yield begun, "Current runner version: '2.330.0'"
    yield begun, "##[group]Operating System"
    yield begun, "Ubuntu 24.04.3 LTS"
    yield begun, "##[endgroup]"
    yield begun, f"##[group]Run make {step.kind}"
    yield begun, f"\x1b[36;1mmake {step.kind}\x1b[0m"
    yield begun, "##[endgroup]"


def _said(
    world: World, run: WorldRun, step: WorldStep, now: datetime
) -> Iterator[tuple[datetime, str]]:
    for line in world.lines(run.id, now):
        if line.kind == "log" and line.step_id == step.id:
            mark = _MARKS.get(line.level, "")
            for part in line.message.split("\n"):
                yield line.at, f"{mark}{part}"


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06}0Z"
