"""Stopping runs and starting them again: each sent once, then looked at until it shows."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.names import Names
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.adapters.dagu.reader import Reader
from runs_tui.adapters.dagu.runs import Translator, place_in
from runs_tui.adapters.dagu.sentences import NOTHING_FAILED, PART, TAKEN
from runs_tui.adapters.dagu.states import state_of
from runs_tui.adapters.dagu.steps import nodes_of, state_in
from runs_tui.adapters.dagu.wire import STARTED, WholeRun
from runs_tui.adapters.writes import stopped
from runs_tui.model.errors import BadAnswer, Conflict, NotFound, Refused, Unsupported
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from runs_tui.model.text import clean
from runs_tui.transport.http import decode

_QUEUED = "queued"


class Changes:
    """Changes runs."""

    def __init__(
        self, client: Client, reader: Reader, names: Names, translator: Translator, pace: Pace
    ) -> None:
        """Take where runs are read, and where it is remembered what they repeat."""
        self._client = client
        self._reader = reader
        self._names = names
        self._translator = translator
        self._pace = pace

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop; one that waits in the queue is taken from there."""
        told = await self._own(run_id)
        run = self._translator.run(told)
        if not run.active:
            raise Conflict(f"it is already {run.state}")
        if told.label == _QUEUED:
            return await self._taken_from_queue(told, run)
        path = f"{place_in(told).path}/stop"
        self._reader.forget(run_id)
        return await stopped(
            self._client.send(path), lambda _: self._read(run_id), lambda: self._read(run_id)
        )

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> Run:
        """Run all of it again as a new run, or what failed, or one step, within the same."""
        told = await self._own(run_id)
        state = state_of(told.label)
        if state.active:
            raise Conflict(f"it is still {state}")
        match mode:
            case RetryMode.FULL:
                return await self._as_new(told, run_id)
            case RetryMode.FAILED:
                failed = any(state_in(told, node) is State.FAILED for node in nodes_of(told))
                if state is State.SUCCEEDED and not failed:
                    raise Conflict(NOTHING_FAILED)
                return await self._within(told, run_id, {})
            case RetryMode.STEP:
                return await self._within(told, run_id, {"stepName": _name_of(told, step)})

    async def _own(self, run_id: str) -> WholeRun:
        """Read a run; raise Unsupported for one that another run started."""
        told = await self._reader.run(run_id)
        if place_in(told).sub is not None:
            raise Unsupported(PART)
        return told

    async def _taken_from_queue(self, told: WholeRun, run: Run) -> Run:
        self._reader.forget(run.id)
        # It is a GET all the same: it changes something, so it is sent as a write.
        await self._client.send(f"{place_in(told).path}/dequeue", method="GET")
        try:
            return await self._read(run.id)
        except NotFound:
            derived = run.derived | {"state"}
            return replace(run, state=State.CANCELLED, reason=TAKEN, derived=derived)

    async def _as_new(self, told: WholeRun, run_id: str) -> Run:
        answer = await self._client.send(f"{place_in(told).path}/reschedule", {})
        place = replace(place_in(told), root=decode(answer, STARTED).id)
        self._translator.origins.tie(clean(place.run_id), run_id)
        self._names.note(place.root, told.name)
        try:
            return await self._shown(place.run_id, lambda _: True)
        except NotFound:  # it is not the wish that came to nothing
            told_id = clean(place.run_id)
            raise BadAnswer(f"it was started again as {told_id}, which is not there yet") from None

    async def _within(self, told: WholeRun, run_id: str, more: dict[str, str]) -> Run:
        self._reader.forget(run_id)
        await self._client.send(f"{place_in(told).path}/retry", {"dagRunId": told.id, **more})
        before = _stands(told)
        return await self._shown(run_id, lambda now: _stands(now) != before)

    async def _shown(self, run_id: str, begun: Callable[[WholeRun], bool]) -> Run:
        """Read a run until what was asked for has begun, or for some time."""
        looks, waited = 0, 0.0
        while waited < self._pace.settle:
            with suppress(NotFound):
                told = await self._reader.run(run_id)
                if begun(told):
                    return self._translator.run(told)
            pause = self._pace.pause(looks)
            await asyncio.sleep(pause)
            looks, waited = looks + 1, waited + pause
        return await self._read(run_id)

    async def _read(self, run_id: str) -> Run:
        return self._translator.run(await self._reader.run(run_id))


def _stands(run: WholeRun) -> object:
    """Give what is another after a run has begun anew."""
    return run.label, run.started_at, run.finished_at, [node.stdout for node in run.nodes]


def _name_of(run: WholeRun, key: str | None) -> str:
    """Give the name of a step as the server writes it: it would take any, and do nothing."""
    names = [node.step.name for node in run.nodes if clean(node.step.name) == key]
    if not names:
        raise Refused(f"the run has no step {key!r} that could be retried")
    return names[0]
