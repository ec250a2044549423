"""What can be done to runs; most of it answers with nothing."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import JSONResponse, Response

from runs_tui.demo.dagu.words import of_run
from runs_tui.demo.world import Finished
from runs_tui.model.state import State

if TYPE_CHECKING:
    from runs_tui.demo.world import World, WorldRun
    from runs_tui.model.clock import Clock


class Refusal(Exception):
    """A request that is answered with no, in Dagu's words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Take the status and what the body tells."""
        super().__init__(message)
        self.answer = JSONResponse({"code": code, "message": message}, status)
        """The answer."""


class Actions:
    """Changes the world as Dagu would."""

    def __init__(self, world: World, clock: Clock) -> None:
        """Begin with nothing taken from the queue."""
        self._world = world
        self._clock = clock
        self.taken: set[str] = set()
        """The runs that were taken from the queue: nothing is kept of them."""

    def stop(self, run: WorldRun) -> Response:
        """Ask a run that has begun to stop."""
        try:
            if run.state is State.QUEUED:
                raise Finished
            self._world.cancel(run.id, self._clock.now())
        except Finished:
            raise Refusal(400, "not_running", "DAG is not running") from None
        return Response()

    def dequeue(self, run: WorldRun) -> Response:
        """Take a run from the queue."""
        if run.state is not State.QUEUED:
            label = of_run(run)[1]
            raise Refusal(400, "bad_request", f"DAGRun status is not queued: {label}")
        self._world.cancel(run.id, self._clock.now())
        self.taken.add(run.id)
        return Response()

    def retry(self, run: WorldRun, body: bytes) -> Response:
        """Run what failed again, or a step and what follows; any other wish changes nothing."""
        told = _object(body)
        if not told or "dagRunId" not in told:
            return Response(status_code=500)
        step = told.get("stepName")
        mode: Literal["step", "failed"] = "failed" if step is None else "step"
        with suppress(ValueError):
            self._world.retry(run.id, self._clock.now(), mode=mode, step=step, as_new=False)
        return Response()

    def reschedule(self, run: WorldRun, body: bytes) -> Response:
        """Start all of it again as another run."""
        if _object(body) is None:
            return Response(status_code=500)
        try:
            again = self._world.retry(run.id, self._clock.now(), as_new=True)
        except ValueError:
            raise Refusal(400, "bad_request", "the demo starts only what is over") from None
        return JSONResponse({"dagRunId": again.id, "queued": False})


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
