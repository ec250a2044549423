"""The demo's Noxus server: workflows, their runs and the events of those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from runs_tui.demo.checks import invalid, read_number, read_object
from runs_tui.demo.guard import Guard
from runs_tui.demo.noxus.definitions import definition_of, version_id
from runs_tui.demo.noxus.numbered import Numbered
from runs_tui.demo.noxus.shapes import WORDS, Shapes
from runs_tui.demo.noxus.stream import events
from runs_tui.demo.world import Finished, Workflow, World, WorldRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from runs_tui.demo.server import Settings
    from runs_tui.model.clock import Clock

PREFIX = "/noxus"
MOST = 100
USUAL = 50


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the server; `settings.extra` bends it.

    `stop`: `missing`, or the status of the answer where the run is over; `events`: `missing`, or
    the status of the answer; `keepalive`: seconds of silence before a comment; `naive_times`:
    times have no zone; `null_input`: lists leave out the input; `no_workflow`: lists embed no
    workflow; `snapshot`: `missing` for runs without their definition; `versions`: `missing`.
    """
    server = _Server(world, clock, settings)
    flow = "/v1/workflows/{workflow_id}"
    routes = [
        Route("/v1/runs", server.runs),
        Route("/v1/runs/{run_id}", server.run),
        Route("/v1/workflows", server.workflows),
        Route(flow, server.workflow),
        Route(f"{flow}/runs", server.runs_of_workflow, methods=["GET"]),
        Route(f"{flow}/runs", server.start, methods=["POST"]),
        Route(f"{flow}/runs/{{run_id}}", server.run_of_workflow),
    ]
    if settings.extra.get("events") != "missing":
        routes.append(Route("/v1/runs/{run_id}/events", server.events))
    if settings.extra.get("stop") != "missing":
        routes.append(Route("/v1/runs/{run_id}/stop", server.stop, methods=["POST"]))
    if settings.extra.get("versions") != "missing":
        routes.append(Route(f"{flow}/versions", server.versions))
    inner = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    refusal = {"detail": "Invalid or missing API key"}
    return Numbered(Guard(inner, "x-api-key", settings.credential, refusal))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code)


class _Server:
    def __init__(self, world: World, clock: Clock, settings: Settings) -> None:
        self._world = world
        self._clock = clock
        self._extra = settings.extra
        self._shapes = Shapes(settings.extra)

    async def runs(self, request: Request) -> Response:
        return self._page(request, self._world.runs(self._clock.now()), self._listed)

    async def runs_of_workflow(self, request: Request) -> Response:
        workflow = self._workflow(request)
        runs = self._world.runs(self._clock.now())
        own = [run for run in runs if run.workflow.id == workflow.id]
        return self._page(request, own, self._whole)

    async def run(self, request: Request) -> Response:
        return JSONResponse(self._listed(self._run(request)))

    async def run_of_workflow(self, request: Request) -> Response:
        run = self._run(request)
        if run.workflow.id != self._workflow(request).id:
            raise HTTPException(404, "Run not found")
        return JSONResponse(self._whole(run))

    async def stop(self, request: Request) -> Response:
        run = self._run(request)
        try:
            stopped = self._world.cancel(run.id, self._clock.now())
        except Finished:
            status = self._extra.get("stop")
            if status is not None:
                raise HTTPException(int(status), f"Run is already {WORDS[run.state]}") from None
            stopped = run
        return JSONResponse(self._whole(stopped))

    async def start(self, request: Request) -> Response:
        workflow = self._workflow(request)
        body = await read_object(request)
        if not isinstance(body.get("input"), dict):
            problem = "Field required" if "input" not in body else "Input should be an object"
            raise invalid(["body", "input"], problem, "missing")
        if body.get("workflow_version_id") not in (None, version_id(workflow)):
            raise HTTPException(404, "Workflow version not found")
        over = next(self._over(workflow), None)
        if over is None:
            raise HTTPException(409, "The demo starts only what has run before")
        now = self._clock.now()
        started = self._world.retry(over.id, now, as_new=True, parameters=body["input"])
        return JSONResponse(self._whole(started))

    async def events(self, request: Request) -> Response:
        run = self._run(request)
        if "events" in self._extra:
            raise HTTPException(int(self._extra["events"]), "No events")
        etag = request.query_params.get("etag")
        keepalive = float(self._extra.get("keepalive", 15.0))
        told = events(self._world, self._clock, run.id, etag, keepalive)
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(told, media_type="text/event-stream", headers=headers)

    async def workflows(self, request: Request) -> Response:
        return self._page(request, self._world.workflows, self._bare)

    async def workflow(self, request: Request) -> Response:
        workflow = self._workflow(request)
        return JSONResponse(self._shapes.workflow(workflow, definition_of(workflow)))

    async def versions(self, request: Request) -> Response:
        workflow = self._workflow(request)
        saved = version_id(workflow) is not None
        return JSONResponse([self._shapes.version(workflow)] if saved else [])

    def _page(
        self, request: Request, items: Sequence[Any], show: Callable[[Any], dict[str, Any]]
    ) -> Response:
        page = read_number(request, "page", 1, 1)
        size = read_number(request, "size", USUAL, 1, MOST)
        found = items[(page - 1) * size : page * size]
        return JSONResponse({
            "items": [show(each) for each in found], "total": len(items), "page": page,
            "size": size, "pages": -(-len(items) // size),
        })  # fmt: skip

    def _listed(self, run: WorldRun) -> dict[str, Any]:
        return self._shapes.listed(run, self._world.steps(run.id, self._clock.now()))

    def _whole(self, run: WorldRun) -> dict[str, Any]:
        return self._shapes.whole(run, self._world.steps(run.id, self._clock.now()))

    def _bare(self, workflow: Workflow) -> dict[str, Any]:
        return self._shapes.workflow(workflow, {})

    def _over(self, workflow: Workflow) -> Iterator[WorldRun]:
        runs = self._world.runs(self._clock.now())
        return (run for run in runs if run.workflow.id == workflow.id and run.state.terminal)

    def _run(self, request: Request) -> WorldRun:
        run = self._world.run(_uuid(request, "run_id"), self._clock.now())
        if run is None:
            raise HTTPException(404, "Run not found")
        return run

    def _workflow(self, request: Request) -> Workflow:
        wanted = _uuid(request, "workflow_id")
        found = next((each for each in self._world.workflows if each.id == wanted), None)
        if found is None:
            raise HTTPException(404, "Workflow not found")
        return found


def _uuid(request: Request, name: str) -> str:
    try:
        return str(UUID(request.path_params[name]))
    except ValueError:
        problem = "Input should be a valid UUID"
        raise invalid(["path", name], problem, "uuid_parsing") from None
