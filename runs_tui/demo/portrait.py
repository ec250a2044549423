"""What is seen of runs, steps and lines at an instant of the wall clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.dice import digest, rolls, slug, uuid
from runs_tui.demo.history import Slot
from runs_tui.demo.journal import Note, failure
from runs_tui.demo.timeline import Attempt, Placed
from runs_tui.demo.values import Line, Workflow, WorldRun, WorldStep
from runs_tui.model.state import State


class Timescale:
    """Turns the wall clock into seconds of world time and back."""

    def __init__(self, epoch: datetime, speed: float) -> None:
        """Run `speed` times faster from the epoch on."""
        self._epoch = epoch
        self._speed = speed

    def seconds(self, instant: datetime) -> float:
        """Give an instant of the wall clock in world time."""
        passed = (instant - self._epoch).total_seconds()
        return passed * self._speed if passed > 0 else passed

    def instant(self, seconds: float) -> datetime:
        """Give a second of world time on the wall clock."""
        passed = seconds / self._speed if seconds > 0 else seconds
        return self._epoch + timedelta(seconds=passed)

    def maybe(self, seconds: float | None) -> datetime | None:
        """Give a second that may be missing."""
        return None if seconds is None else self.instant(seconds)


def portray(slot: Slot, workflow: Workflow, time: Timescale, seconds: float) -> WorldRun:
    """Show a run as it stands at a second of world time."""
    attempt = slot.attempt(seconds)
    over = seconds >= attempt.end
    begun = attempt.started < attempt.end and attempt.started <= seconds
    created = time.instant(slot.created)
    dice = rolls(slot.source)
    failed = over and attempt.outcome is State.FAILED
    return WorldRun(
        id=slot.id,
        name=_name(slot, dice.name),
        workflow=workflow,
        state=attempt.outcome if over else _going(slot, attempt, seconds, begun=begun),
        cancelling=not over and attempt.cancel_asked is not None
        and attempt.cancel_asked <= seconds,
        attempt=attempt.number,
        retry_of=slot.retry_of,
        trigger=_trigger(slot, dice.trigger),
        parameters=_parameters(slot, dice.parameter, created),
        created=created,
        started=time.instant(attempt.started) if begun else None,
        finished=time.instant(attempt.end) if over else None,
        updated=time.instant(attempt.end if over else _changed(slot, attempt, seconds)),
        error=failure(attempt) if failed else None,
        word=slot.recipe.word,
    )  # fmt: skip


def _going(slot: Slot, attempt: Attempt, seconds: float, *, begun: bool) -> State:
    if not begun:
        return State.QUEUED
    if any(step.kind == "approval" for step in slot.recipe.steps) and any(
        step.spec.kind == "approval" and step.start is not None and step.start <= seconds < step.end
        for step in slot.placed(attempt)
    ):
        return State.WAITING
    return State.RUNNING


def _changed(slot: Slot, attempt: Attempt, seconds: float) -> float:
    moments = [attempt.asked, attempt.started, attempt.cancel_asked]
    for step in slot.placed(attempt):
        moments += [step.start, step.end]
    return max(moment for moment in moments if moment is not None and moment <= seconds)


def _name(slot: Slot, share: float) -> str:
    names = slot.recipe.names
    return names[int(share * len(names))] if names else slug(share)


def _trigger(slot: Slot, share: float) -> str:
    if slot.again:
        return "manual"
    if slot.recipe.at is not None:
        return "schedule" if share < 0.95 else "manual"
    triggers = slot.recipe.triggers
    return triggers[int(share * len(triggers))]


def _parameters(slot: Slot, share: float, created: datetime) -> Mapping[str, Any]:
    if slot.parameters is not None:
        return slot.parameters
    chosen: dict[str, Any] = {}
    for name, choices in slot.recipe.parameters:
        share = share * 7.31 % 1
        value = choices[int(share * len(choices))]
        match value:
            case "{date}":
                value = created.date().isoformat()
            case "{hour}":
                value = created.strftime("%Y-%m-%dT%H")
        chosen[name] = value
    return chosen


def step_of(
    placed: Placed, attempt: Attempt, time: Timescale, seconds: float, word: str | None
) -> WorldStep:
    """Show a step as it stands at a second of world time."""
    begun = placed.start is not None and placed.start <= seconds
    over = placed.end <= seconds
    state = placed.state if over else _step_going(placed, begun=begun)
    failed = state is State.FAILED and attempt.trouble is not None
    return WorldStep(
        id=placed.id,
        key=placed.spec.key,
        name=placed.spec.name,
        parents=placed.spec.parents,
        kind=placed.spec.kind,
        state=state,
        attempt=placed.attempt,
        started=time.maybe(placed.start) if begun else None,
        finished=time.instant(placed.end) if over and begun else None,
        error=attempt.trouble.message if failed and attempt.trouble else None,
        result=_result(placed) if state is State.SUCCEEDED else None,
        word=word,
    )


def _step_going(placed: Placed, *, begun: bool) -> State:
    if not begun:
        return State.QUEUED
    return State.WAITING if placed.spec.kind == "approval" else State.RUNNING


def _result(placed: Placed) -> dict[str, Any]:
    number = int(placed.id[:4], 16)
    match placed.spec.kind:
        case "train" | "evaluate":
            return {"accuracy": round(0.7 + number / 260_000, 4)}
        case "test" | "check":
            return {"passed": number % 500 + 1, "failed": 0}
        case "approval":
            return {"approved_by": "dana"}
        case "media" | "image" | "build" | "backup":
            return {"bytes": number * 4096}
        case _:
            return {"rows": number}


def line_of(note: Note, run_id: str, number: int, time: Timescale) -> Line:
    """Show a note of a run's journal under its number."""
    return Line(
        number=number,
        id=uuid(digest(run_id, "line", number)),
        at=time.instant(note.at),
        step=note.step.spec.key if note.step else None,
        step_id=note.step.id if note.step else None,
        level=note.level,
        kind="log" if note.state is None else "state",
        state=note.state,
        message=note.message,
    )
