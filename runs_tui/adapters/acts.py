"""Cancelling and retrying: what may be sent is checked, and after a lost answer what is true."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from runs_tui.adapters.base import Action, Cancels, Retries, Source
from runs_tui.adapters.unusable import UnusableSource
from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    Refused,
    SourceError,
    Unreachable,
    Unsupported,
)
from runs_tui.model.purpose import asking
from runs_tui.model.run import RetryMode, Run, RunKey
from runs_tui.model.state import State
from runs_tui.transport.sent import counting

PAUSES = (0.0, 0.5, 1.0)
"""The seconds before each reading of a run whose answer was lost."""
_ENDING = frozenset({"stopping", "aborting", "terminating", "stop_requested"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one wish to change a run."""

    key: RunKey
    """The run that was to be changed."""
    ok: bool
    """Whether the server does it."""
    run: Run | None = None
    """The run to look at next, as far as it is known."""
    error: SourceError | None = None
    """Why not, where it does not."""


class _Failed(Exception):
    def __init__(self, error: SourceError, run: Run | None) -> None:
        super().__init__(error.sentence)
        self.error = error
        self.run = run


async def act(
    source: Source,
    action: Action,
    run_id: str,
    *,
    mode: RetryMode | None = None,
    step: str | None = None,
    before: Run | None = None,
) -> Outcome:
    """Cancel or retry a run; the write is sent once. `before` spares a reading of a known run."""
    key = RunKey(source.name, run_id)
    options = {"--mode": mode and mode.value, "--step": step}
    told = [word for name, value in options.items() if value for word in (name, value)]
    try:
        with asking(action, run_id, *told):
            if action == "cancel":
                run = await _cancel(source, run_id)
            else:
                run = await _retry(source, run_id, mode, step, before)
    except _Failed as failed:
        return Outcome(key, ok=False, run=failed.run, error=failed.error)
    except SourceError as error:
        return Outcome(key, ok=False, run=before, error=error)
    return Outcome(key, ok=True, run=run)


def unable(source: Source, action: Action) -> SourceError | None:
    """Give why a source can do this to no run at all; None where it can."""
    if source.connection.read_only:
        return Unsupported(f"{source.name} is set to read_only")
    if isinstance(source, UnusableSource):
        return type(source.why)(source.why.detail, source.why.hint)
    if not hasattr(source, action):  # a test of its protocol takes far longer, for each run
        return Unsupported(f"the {source.api} API has no {action}")
    return None


def allow(source: Source, action: Action) -> None:
    """Raise what `unable` gives."""
    why = unable(source, action)
    if why is not None:
        raise why


def mode_of(source: Retries, mode: RetryMode | None, step: str | None) -> RetryMode:
    """Choose from where to retry; raise Unsupported for what the API lacks."""
    if mode is None:
        usual = RetryMode.FAILED if RetryMode.FAILED in source.modes else RetryMode.FULL
        mode = RetryMode.STEP if step is not None else usual
    if mode not in source.modes:
        can = ", ".join(mode.value for mode in RetryMode if mode in source.modes)
        raise Unsupported(f"retry with mode {mode}", f"it can: {can}")
    if mode is RetryMode.STEP and step is None:
        raise Refused("a retry from a step needs the key of the step")
    return mode


async def _cancel(source: Source, run_id: str) -> Run:
    allow(source, "cancel")
    assert isinstance(source, Cancels)
    try:
        with counting() as sent:
            return await source.cancel(run_id)
    except (Unreachable, BadAnswer) as lost:
        if sent.only_read:
            raise
        run = await _read_again(source, run_id, lambda run: _ends(run) or not run.active)
        if run is None or _ends(run):
            return _certain(run, lost)
        if not run.active:
            raise _Failed(Conflict(f"it is already {run.state}"), run) from None
        raise _Failed(unanswered(lost, f"the run is still {run.state}"), run) from None


async def _retry(
    source: Source, run_id: str, mode: RetryMode | None, step: str | None, before: Run | None
) -> Run:
    allow(source, "retry")
    assert isinstance(source, Retries)
    mode = mode_of(source, mode, step)
    old = before or await source.run(run_id)
    objection = source.objection("retry", old)
    if objection:
        raise _Failed(Conflict(objection), old)
    try:
        with counting() as sent:
            return await source.retry(run_id, mode, step)
    except (Unreachable, BadAnswer) as lost:
        if sent.only_read:
            raise _Failed(lost, old) from None
        run = await _read_again(source, run_id, lambda run: _begins_anew(run, old))
        if run is None or _begins_anew(run, old):
            return _certain(run, lost)
        what = f"the run is still {run.state}, and another may have been started"
        raise _Failed(unanswered(lost, what), run) from None
    except SourceError as error:
        raise _Failed(error, old) from None


async def _read_again(source: Source, run_id: str, told: Callable[[Run], bool]) -> Run | None:
    run = None
    for pause in PAUSES:
        await asyncio.sleep(pause)
        with suppress(SourceError):
            run = await source.run(run_id)
            if told(run):
                break
    return run


def _certain(run: Run | None, lost: SourceError) -> Run:
    if run is not None:
        return run
    raise _Failed(unanswered(lost, "what became of the run is not known"), None) from None


def unanswered(lost: SourceError, known: str) -> SourceError:
    """Say of an answer that was lost what is known besides."""
    told = "; ".join(part for part in (lost.detail, known) if part)
    error = type(lost)(told, lost.hint)
    error.status = lost.status
    return error


def _ends(run: Run) -> bool:
    word = run.status.casefold().replace(" ", "_")
    return run.state is State.CANCELLED or (
        run.active and (word.startswith("cancel") or word in _ENDING)
    )


def _begins_anew(run: Run, old: Run) -> bool:
    return (run.active and not old.active) or (run.attempt or 0) > (old.attempt or 0)
