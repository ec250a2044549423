"""The demo's `automation_runs` server: automations, their runs, steps and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from runs_tui.demo.automation_runs.guard import Guard
from runs_tui.demo.automation_runs.shapes import (
    audit_event,
    automation_of,
    run_of,
    steps_of,
    word_of,
)
from runs_tui.demo.automation_runs.stream import events
from runs_tui.demo.checks import invalid, read_number, read_object
from runs_tui.demo.framing import MEDIA_TYPES, framed
from runs_tui.demo.world import Finished, Mode, World, WorldRun

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from runs_tui.demo.server import Settings
    from runs_tui.model.clock import Clock

PREFIX = "/automation_runs"
RUNS = "/api/v1/automation-runs"
MOST = 1000
MOST_AUDIT = 100
MODES: dict[str, Mode] = {"from_failed": "failed", "from_step": "step", "full": "full"}


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the server; `settings.extra` bends it.

    `framing`: how events are streamed, or `null`, `none`, `empty`, `405` for no stream at all;
    `replay`: the stream starts over on every connect; `keepalive`: seconds of silence before a
    comment; `retry`: `same` or `new` for every mode; `status_filter`: `refuse` or `ignore`;
    `envelope`: answers are wrapped in `data`; `problem`: errors follow RFC 7807;
    `rate`: requests a minute.
    """
    server = _Server(world, clock, settings)
    routes = [
        Route(RUNS, server.runs),
        Route(f"{RUNS}/{{run_id}}", server.run),
        Route(f"{RUNS}/{{run_id}}/steps", server.steps),
        Route(f"{RUNS}/{{run_id}}/events", server.events),
        Route(f"{RUNS}/{{run_id}}/cancel", server.cancel, methods=["POST"]),
        Route(f"{RUNS}/{{run_id}}/retry", server.retry, methods=["POST"]),
        Route("/api/v1/automations", server.automations),
        Route("/api/v1/events", server.audit),
    ]
    inner = Starlette(routes=routes, exception_handlers={HTTPException: server.refused})
    return Guard(clock, settings, server.refusal).before(inner)


class _Server:
    def __init__(self, world: World, clock: Clock, settings: Settings) -> None:
        self._world = world
        self._clock = clock
        self._extra = settings.extra

    def refused(self, _: Request, error: Exception) -> Response:
        """Answer with what a handler raised."""
        assert isinstance(error, HTTPException)
        return self.refusal(error.status_code, error.detail)

    def refusal(self, status: int, detail: object) -> Response:
        """Say what is wrong."""
        if not self._extra.get("problem"):
            return JSONResponse({"detail": detail}, status_code=status)
        problem: dict[str, Any] = {"type": "about:blank", "title": "Refused", "status": status}
        if isinstance(detail, list):
            problem["errors"] = [
                {"field": ".".join(map(str, each["loc"])), "message": each["msg"]}
                for each in detail
            ]
        else:
            problem["detail"] = detail
        return JSONResponse(problem, status_code=status, media_type="application/problem+json")

    async def runs(self, request: Request) -> Response:
        limit = read_number(request, "limit", 100, 1, MOST)
        offset = read_number(request, "offset", 0, 0)
        now = self._clock.now()
        runs: Sequence[WorldRun] = self._world.runs(now)
        status = request.query_params.get("status")
        if status is not None and self._extra.get("status_filter") == "refuse":
            raise invalid(["query", "status"], "Extra inputs are not permitted", "extra_forbidden")
        if status is not None and self._extra.get("status_filter") != "ignore":
            runs = [run for run in runs if word_of(run) == status]
        items = [run_of(run) for run in runs[offset : offset + limit]]
        return self._answer({"items": items, "total": len(runs)})

    async def run(self, request: Request) -> Response:
        return self._answer(run_of(self._find(request, self._clock.now())))

    async def steps(self, request: Request) -> Response:
        now = self._clock.now()
        run = self._find(request, now)
        return self._answer(steps_of(run, self._world.steps(run.id, now)))

    async def cancel(self, request: Request) -> Response:
        now = self._clock.now()
        run = self._find(request, now)
        try:
            return self._answer(run_of(self._world.cancel(run.id, now)))
        except Finished:
            raise HTTPException(409, f"Run is already {word_of(run)}") from None

    async def retry(self, request: Request) -> Response:
        body = await read_object(request)
        now = self._clock.now()
        run = self._find(request, now)
        mode = body.get("mode", "from_failed")
        step = body.get("stepKey")
        if mode not in list(MODES):
            wanted = "Input should be 'from_failed', 'from_step' or 'full'"
            raise invalid(["body", "mode"], wanted, "literal_error")
        if mode == "from_step" and step not in [spec.key for spec in run.workflow.steps]:
            problem = "Field required" if step is None else f"Unknown step: {step}"
            raise invalid(
                ["body", "stepKey"], problem, "missing" if step is None else "value_error"
            )
        as_new = {"same": False, "new": True}.get(self._extra.get("retry", ""), mode == "full")
        try:
            again = self._world.retry(
                run.id,
                now,
                mode=MODES[mode],
                step=step if mode == "from_step" else None,
                as_new=as_new,
            )
        except ValueError as error:
            raise HTTPException(409, f"Cannot retry: {error}") from None
        return self._answer(run_of(again))

    async def events(self, request: Request) -> Response:
        run = self._find(request, self._clock.now())
        framing = str(self._extra.get("framing", "sse"))
        match framing:
            case "null":
                return JSONResponse(None)
            case "none":
                raise HTTPException(404, "Not Found")
            case "empty":
                return Response(status_code=204)
            case "405":
                raise HTTPException(405, "Method Not Allowed")
        after = None if self._extra.get("replay") else request.headers.get("last-event-id")
        told = events(
            self._world,
            self._clock,
            run.id,
            int(after) if after and after.isdecimal() else None,
            framing,
            float(self._extra.get("keepalive", 15.0)),
        )
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(
            framed(told, framing), media_type=MEDIA_TYPES[framing], headers=headers
        )

    async def automations(self, request: Request) -> Response:
        limit = read_number(request, "limit", 100, 1, MOST)
        offset = read_number(request, "offset", 0, 0)
        items = [automation_of(workflow) for workflow in self._world.workflows]
        return self._answer({"items": items[offset : offset + limit], "total": len(items)})

    async def audit(self, request: Request) -> Response:
        limit = read_number(request, "limit", 100, 1, MOST_AUDIT)
        offset = read_number(request, "offset", 0, 0)
        now = self._clock.now()
        run = self._world.run(request.query_params.get("resource_id", ""), now)
        lines = self._world.lines(run.id, now) if run else ()
        found = [audit_event(run.id, line) for line in lines if run and line.kind == "state"]
        page = found[offset : offset + limit]
        return self._answer({
            "events": page, "total": len(found), "limit": limit, "offset": offset,
            "hasNext": offset + len(page) < len(found),
        })  # fmt: skip

    def _find(self, request: Request, now: datetime) -> WorldRun:
        run_id = request.path_params["run_id"]
        try:
            run = self._world.run(str(UUID(run_id)), now)
        except ValueError:
            problem = "Input should be a valid UUID"
            raise invalid(["path", "run_id"], problem, "uuid_parsing") from None
        if run is None:
            raise HTTPException(404, "Automation run not found")
        return run

    def _answer(self, value: dict[str, Any]) -> Response:
        if not self._extra.get("envelope"):
            return JSONResponse(value)
        total = value.get("total")
        meta = {} if total is None else {"total": total, "page": 1, "perPage": MOST}
        return JSONResponse({"data": value, "meta": meta})
