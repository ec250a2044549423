"""What changes runs, and why it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from runs_tui.demo.github_actions.problems import Problem, not_found
from runs_tui.demo.world import Finished, Mode, World

if TYPE_CHECKING:
    from starlette.requests import Request

    from runs_tui.demo.github_actions.numbers import Register
    from runs_tui.demo.world import WorldRun
    from runs_tui.model.clock import Clock


class Acts:
    """Stops runs and runs them again; an answer tells nothing but that it will be done."""

    def __init__(self, world: World, clock: Clock, register: Register, *, stubborn: bool) -> None:
        """Take the world; in a `stubborn` one only force stops a run."""
        self._world = world
        self._clock = clock
        self._register = register
        self._stubborn = stubborn

    async def cancel(self, request: Request) -> Response:
        """Ask for a run to stop."""
        return self._stop(self._run(request), at_once=not self._stubborn)

    async def force_cancel(self, request: Request) -> Response:
        """Stop a run."""
        return self._stop(self._run(request), at_once=True)

    async def rerun(self, request: Request) -> Response:
        """Run all of a run again."""
        return self._again(self._run(request), "full")

    async def rerun_failed(self, request: Request) -> Response:
        """Run what failed again, with all that needs it."""
        return self._again(self._run(request), "failed")

    async def rerun_job(self, request: Request) -> Response:
        """Run one job again, with all that needs it."""
        found = self._register.job(request.path_params["job"], self._clock.now())
        if found is None:
            raise not_found()
        run, step = found
        return self._again(run, "step", step.key)

    def _run(self, request: Request) -> WorldRun:
        run = self._register.run(request.path_params["run"], self._clock.now())
        if run is None:
            raise not_found()
        return run

    def _stop(self, run: WorldRun, *, at_once: bool) -> Response:
        if not run.state.active:
            raise Problem(409, "Cannot cancel a workflow run that is completed.")
        if at_once:
            try:
                self._world.cancel(run.id, self._clock.now())
            except Finished:
                raise Problem(409, "Cannot cancel a workflow run that is completed.") from None
        return JSONResponse({}, status_code=202)

    def _again(self, run: WorldRun, mode: Mode, step: str | None = None) -> Response:
        if run.state.active:
            raise Problem(403, "This workflow is already running")
        try:
            self._world.retry(run.id, self._clock.now(), mode=mode, step=step, as_new=False)
        except ValueError:
            raise Problem(403, "This workflow run cannot be retried") from None
        return JSONResponse({}, status_code=201)
