"""The demo's `runwisp` server: tasks, services, their runs and their logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from runs_tui.demo.runwisp.daemon import Daemon
from runs_tui.demo.runwisp.event_stream import changes_after
from runs_tui.demo.runwisp.filters import Filters
from runs_tui.demo.runwisp.guard import Guard
from runs_tui.demo.runwisp.log import log_of
from runs_tui.demo.runwisp.log_stream import lines_from
from runs_tui.demo.runwisp.openapi import document
from runs_tui.demo.runwisp.parameters import resolved
from runs_tui.demo.runwisp.problems import Problem, invalid, number, told
from runs_tui.demo.runwisp.ring import Ring
from runs_tui.demo.runwisp.shapes import cased, run_of, task_of
from runs_tui.demo.runwisp.sse import HEADERS
from runs_tui.demo.runwisp.ulids import is_ulid
from runs_tui.demo.world import Finished, World, WorldRun
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from runs_tui.demo.runwisp.words import Generation
    from runs_tui.demo.server import Settings
    from runs_tui.model.clock import Clock

PREFIX = "/runwisp"
SERVICES = ("catalogue-crawl", "clickstream-backfill", "video-archive-transcode")
MOST = 1000
MOST_LINES = 10_000
MOST_REPLAYED = 50_000
TEN_MINUTES = 600.0


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the server; `settings.extra` bends it.

    `generation`: `G3`, or `G2` or `G1` for older daemons; `late`: whether the list of a `G2` takes
    several words for a status, and times; `openapi`: False hides the description of the API;
    `auth`: `off` wants no login; `password`: what a login wants instead of the credential; `logs`:
    False for no log routes; `close_after`: seconds until a log stream ends without `done`;
    `rotated`: how many of the first lines of each log are gone; `restart_after`: changes until the
    daemon restarts; `services`: names of the workflows that are services; `scheduled_only`: names
    of those that nobody may start; `retries_name`: `first` for retries that name the first attempt;
    `rerun`: False for no way to run many again.
    """
    server = _Server(world, clock, settings)
    guard = Guard(clock, settings, server.generation)
    login = "/api/auth/login" if server.generation == "G3" else "/api/auth"
    routes = [
        *server.routes(),
        Route("/api/auth/status", guard.status),
        Route("/api/auth/challenge", guard.challenge),
        Route(login, guard.login, methods=["POST"]),
        Route("/health", _health),
    ]
    if settings.extra.get("openapi", True):
        routes.append(Route("/openapi.json", server.openapi))
    handlers = {Problem: told, HTTPException: _no_route}
    return guard.before(Starlette(routes=routes, exception_handlers=handlers))


async def _health(_: Request) -> Response:
    return PlainTextResponse("OK")


async def _no_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.status_code} page not found\n", error.status_code)


class _Server:
    def __init__(self, world: World, clock: Clock, settings: Settings) -> None:
        self._world = world
        self._clock = clock
        self._extra = settings.extra
        self.generation: Generation = self._extra.get("generation", "G3")
        self._late = self.generation == "G3" or bool(self._extra.get("late"))
        self._filters = Filters(self.generation, late=self._late)
        self._daemon = Daemon(
            world,
            self._extra.get("services", SERVICES),
            names_first=self._extra.get("retries_name") == "first",
        )
        self._ring = Ring(self._daemon, self._extra.get("restart_after"))

    def routes(self) -> list[Route]:
        """Give the routes of the generation."""
        of_task, one = "/api/tasks/{task}/runs", "/api/tasks/{task}/runs/{run}"
        runs = "/api/runs/{run}" if self.generation == "G3" else one
        logs = self._extra.get("logs", self.generation != "G1")
        routes = [
            Route("/api/tasks", self.tasks),
            Route("/api/runs", self.runs),
            Route("/api/tasks/{task}/run", self.trigger, methods=["POST"]),
            Route(f"{runs}/stop", self.stop, methods=["POST"]),
        ]
        if self._extra.get("rerun", True):
            routes.append(Route("/api/runs/bulk/rerun", self.rerun, methods=["POST"]))
        match self.generation:
            case "G3":
                routes.append(Route("/api/events/stream", self.changes))
            case "G2":
                routes.append(Route("/api/runs/stream", self.changes))
        if self.generation != "G3":
            routes.append(Route(of_task, self.runs))
        if logs:
            routes += [Route(f"{runs}/log", self.log), Route(f"{runs}/log/stream", self.log_stream)]
        return [*routes, Route(runs, self.run)]

    async def openapi(self, _: Request) -> Response:
        told = document(self.routes(), self._filters.names, self.generation)
        return JSONResponse(told)

    async def tasks(self, _: Request) -> Response:
        now = self._clock.now()
        closed = self._extra.get("scheduled_only", ())
        tasks = [
            task_of(each, self._daemon, self.generation, now, manual=each.name not in closed)
            for each in sorted(self._world.workflows, key=lambda each: each.name)
        ]
        return JSONResponse({"items": tasks} if self.generation == "G3" else tasks)

    async def runs(self, request: Request) -> Response:
        limit = number(request, "limit", 50, 1, MOST)
        offset = number(request, "offset", 0, 0)
        now = self._clock.now()
        task = request.path_params.get("task")
        page: Sequence[WorldRun]
        if task is None and not self._filters.asks(request):
            page, total = self._daemon.page(offset, limit, now)
        else:
            if task is not None:
                self._known_task(task)
            found = self._filters.apply(request, self._daemon.runs(now), task, now)
            page, total = found[offset : offset + limit], len(found)
        name = "items" if self.generation == "G3" else "runs"
        return JSONResponse({
            "$schema": "http://localhost:9477/schemas/RunsResponseBody.json",
            name: [self._shown(run) for run in page],
            "total": total,
        })  # fmt: skip

    async def run(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._find(request)))

    async def log(self, request: Request) -> Response:
        run = self._find(request)
        start = number(request, "from", -1000, -(10**9))
        limit = number(request, "limit", 1000, 1, MOST_LINES)
        log = log_of(self._daemon.lines(run.id, self._clock.now()))
        first = min(int(self._extra.get("rotated", 0)), len(log))
        begin = max(len(log) + start if start < 0 else start, first)
        page = {
            "lines": [line.shape(live=False) for line in log[begin : begin + limit]],
            "first_available": first,
            "total_lines": len(log),
            "truncated": first > 0,
            "finalized": run.state.terminal,
        }
        return JSONResponse(cased(page, self.generation))

    async def log_stream(self, request: Request) -> Response:
        name = "replayLimit" if self.generation == "G3" else "replay_limit"
        most = number(request, name, 5000, 1, MOST_REPLAYED)
        last = request.headers.get("last-event-id", "")
        start = int(last) + 1 if last.isdecimal() else number(request, "from", -1000, -(10**9))
        seconds = float(self._extra.get("close_after", TEN_MINUTES))
        told = lines_from(
            self._daemon, self._clock, self.generation, request.path_params["run"], start,
            most=most, seconds=seconds,
        )  # fmt: skip
        return _stream(told)

    async def changes(self, request: Request) -> Response:
        cursor = request.headers.get("last-event-id") or request.query_params.get("lastEventId", "")
        return _stream(
            changes_after(
                self._ring,
                self._daemon,
                self._clock,
                self.generation,
                int(cursor) if cursor.isdecimal() else None,
            )
        )

    async def stop(self, request: Request) -> Response:
        run = self._find(request)
        if run.state is not State.RUNNING:
            raise Problem(400, f"run {run.id} is not running")
        try:
            self._daemon.cancel(run.id, self._clock.now())
        except Finished:
            raise Problem(400, f"run {run.id} is not running") from None
        if self.generation == "G3":
            return Response(status_code=204)
        return JSONResponse({"message": "Stop signal sent"})

    async def rerun(self, request: Request) -> Response:
        body = await _body(request)
        ids = body.get("ids")
        if not isinstance(ids, list) or not ids:
            raise Problem(400, "selector must have ids or match all")
        now = self._clock.now()
        found = [self._daemon.run(str(each), now) for each in ids]
        one_a_task = {run.workflow.name: run for run in reversed(found) if run is not None}
        started = [self._again(run) for run in one_a_task.values() if self._may_start(run)]
        return JSONResponse({
            "triggered": [
                cased({"task_name": run.workflow.name, "run_id": run.id}, self.generation)
                for run in started
            ]
        })  # fmt: skip

    async def trigger(self, request: Request) -> Response:
        name = request.path_params["task"]
        self._known_task(name)
        if self._daemon.is_service(name):
            raise Problem(409, f"{name} is a service and cannot be triggered")
        if name in self._extra.get("scheduled_only", ()):
            raise Problem(403, f"task {name} does not allow API triggers")
        runs = self._daemon.runs(self._clock.now())
        latest = next((r for r in runs if r.workflow.name == name and r.state.terminal), None)
        if latest is None:
            raise Problem(409, f"the demo starts {name} only after it has run once")
        parameters = None
        if self.generation == "G3":
            parameters = resolved(latest.workflow, await _body(request))
        return JSONResponse(self._shown(self._again(latest, parameters)), 201)

    def _may_start(self, run: WorldRun) -> bool:
        closed = run.workflow.name in self._extra.get("scheduled_only", ())
        return run.state.terminal and not closed and not self._daemon.is_service(run.workflow.name)

    def _again(self, run: WorldRun, parameters: Mapping[str, str] | None = None) -> WorldRun:
        return self._daemon.rerun(run.id, self._clock.now(), parameters)

    def _known_task(self, name: str) -> None:
        if all(workflow.name != name for workflow in self._world.workflows):
            raise Problem(404, f"task {name!r} not found")

    def _find(self, request: Request) -> WorldRun:
        run_id, now = request.path_params["run"], self._clock.now()
        if not is_ulid(run_id):
            pattern = "expected string to match pattern ^[0-9A-HJKMNP-TV-Z]{26}$"
            raise invalid("path.run", pattern, run_id)
        run = self._daemon.run(run_id, now)
        task = request.path_params.get("task")
        if run is None or (task is not None and task != run.workflow.name):
            raise Problem(404, "run not found")
        return run

    def _shown(self, run: WorldRun) -> dict[str, Any]:
        return run_of(run, self._daemon, self.generation)


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise Problem(400, "the body is not JSON") from None
    return body if isinstance(body, dict) else {}


def _stream(events: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)
