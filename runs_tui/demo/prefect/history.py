"""The states that a flow run has gone through."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from runs_tui.demo.prefect.flow_runs import FlowRun
from runs_tui.demo.prefect.stages import LATE, Stage, kind_of
from runs_tui.demo.values import Line
from runs_tui.model.state import State

_PENDING = timedelta(milliseconds=20)
_SUBMITTING = timedelta(milliseconds=10)


def history(run: FlowRun, lines: Sequence[Line], cancelling: Stage | None) -> tuple[Stage, ...]:
    """Give every state of a flow run in order, its present one last.

    The lines tell of earlier attempts; a single attempt needs none.
    """
    stages = [*_before(run, lines)] if run.attempt > 1 else [*_single(run)]
    if cancelling is not None:
        stages.append(cancelling)
    past = [stage for stage in stages if stage.at <= run.stage.at and not _same(stage, run.stage)]
    return (*sorted(past, key=lambda stage: stage.at), run.stage)


def seconds_before(run: FlowRun, stages: Sequence[Stage]) -> float:
    """Sum up what the attempts before the newest one took."""
    total, began = 0.0, None
    for stage in stages:
        if stage.type == "RUNNING":
            began = stage.at
        elif stage.final and began is not None:
            total += (stage.at - began).total_seconds() if began != run.start else 0.0
            began = None
    return total


def _same(one: Stage, other: Stage) -> bool:
    return one.name == other.name and one.at == other.at


def _single(run: FlowRun) -> Iterator[Stage]:
    yield Stage("SCHEDULED", "Scheduled", run.created, scheduled=run.expected)
    if run.began - run.created > LATE and run.start is not None:
        yield Stage("SCHEDULED", "Late", run.created + LATE, scheduled=run.expected)
    if run.start is not None:
        yield from _start(run.start, run.created)


def _start(at: datetime, queued: datetime) -> Iterator[Stage]:
    """Give the stages from a place in the queue to the start of the work."""
    yield Stage("PENDING", "Pending", max(at - _PENDING, queued))
    yield Stage("PENDING", "Submitting", max(at - _SUBMITTING, queued))
    yield Stage("RUNNING", "Running", at)


def _before(run: FlowRun, lines: Sequence[Line]) -> Iterator[Stage]:
    name, queued = "Scheduled", run.created
    for line in lines:
        if line.kind != "state" or line.step is not None or line.state is None:
            continue
        if line.state is State.RUNNING:
            yield from _start(line.at, queued)
        elif line.state is State.QUEUED:
            yield Stage("SCHEDULED", name, line.at, scheduled=line.at)
            name, queued = "AwaitingRetry", line.at
        else:
            kind, word = kind_of(line.state, line.message, None)
            yield Stage(kind, word, line.at, line.message)
