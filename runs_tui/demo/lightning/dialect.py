"""The demo's `lightning` server: what it lists and shows over a token."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from runs_tui.demo.guard import Guard
from runs_tui.demo.lightning.asked import Asked, Refusal, uuid_of
from runs_tui.demo.lightning.definitions import workflow_json
from runs_tui.demo.lightning.lines import logs
from runs_tui.demo.lightning.names import PROJECTS, project_id, project_of
from runs_tui.demo.lightning.shapes import order_id, order_json, project_json, run_json
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from runs_tui.demo.server import Settings
    from runs_tui.demo.values import WorldRun
    from runs_tui.demo.world import World
    from runs_tui.model.clock import Clock

PREFIX = "/lightning"
MOST_LOGS = 50
"""How many runs are searched for lines where no run is named."""


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the server; `settings.extra` bends it.

    `ignored`: filters that it does not know, such as `workflow_ids`; `missing`: the status for a
    run that is not there; `closed`: a project that may not be seen; `refuses`: the status for a
    bad instant; `most`: the largest page; `late`: seconds until the last log line is stored;
    `gone`: a workflow that was deleted; `old`: lists tell no length and runs no state.
    """
    server = _Server(world, clock, settings)
    project = "/api/projects/{project_id}"
    routes = [
        Route("/health_check", _hello),
        Route("/api/projects", server.projects),
        Route(project, server.project),
    ]
    for scope in ("/api", project):
        routes += [
            Route(f"{scope}/runs", server.runs),
            Route(f"{scope}/runs/{{id}}", server.run),
            Route(f"{scope}/work_orders", server.orders),
            Route(f"{scope}/workflows", server.workflows),
            Route(f"{scope}/workflows/{{id}}", server.workflow),
        ]
    routes += [
        Route("/api/work_orders/{id}", server.order),
        Route("/api/log_lines", server.log_lines),
    ]
    handlers: dict[Any, Callable[..., Any]] = {Refusal: _refused, 404: _no_route}
    inner = Starlette(routes=routes, exception_handlers=handlers)
    shown = settings.credential and f"Bearer {settings.credential}"
    return Guard(inner, "authorization", shown, {"error": "Unauthorized"}, {"/health_check"})


async def _hello(_: Request) -> Response:
    return PlainTextResponse("Hello you!")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, error.status)


async def _no_route(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "Not Found"}, 404)


class _Server:
    def __init__(self, world: World, clock: Clock, settings: Settings) -> None:
        self._world = world
        self._clock = clock
        self._extra = settings.extra
        self._late = timedelta(seconds=float(settings.extra.get("late", 0)))

    async def projects(self, request: Request) -> Response:
        return JSONResponse(self._asked(request, meta=False).page(PROJECTS, project_json))

    async def project(self, request: Request) -> Response:
        scope = self._scope(request)
        name = next(name for name in PROJECTS if project_id(name) == scope)
        return JSONResponse({"data": project_json(name), "included": [], "links": {}})

    async def runs(self, request: Request) -> Response:
        now = self._clock.now()
        asked = self._asked(request)
        chosen = self._chosen(request, asked)
        orders = asked.ids("work_order_id")
        inserted, updated = asked.between("inserted"), asked.between("updated")
        found = [
            run
            for run in self._world.runs(now)
            if chosen(run)
            and inserted(run.created)
            and updated(run.updated)
            and (orders is None or order_id(self._root(run, now)) in orders)
        ]
        return JSONResponse(asked.page(found, self._run_json))

    async def run(self, request: Request) -> Response:
        scope = self._scope(request)
        run = self._world.run(uuid_of(request.path_params["id"]), self._clock.now())
        if run is None or scope not in (None, project_of(run.workflow)):
            raise self._missing()
        return JSONResponse({"data": self._run_json(run), "included": [], "links": {}})

    async def orders(self, request: Request) -> Response:
        asked = self._asked(request)
        chosen = self._chosen(request, asked)
        inserted, updated = asked.between("inserted"), asked.between("updated")
        found = [
            (root, chain)
            for root, chain in self._chains().items()
            if chosen(chain[0])
            and inserted(chain[0].created)
            and updated(max(run.updated for run in chain))
        ]
        found.sort(key=lambda each: max(run.updated for run in each[1]), reverse=True)
        return JSONResponse(asked.page(found, lambda each: order_json(order_id(each[0]), each[1])))

    async def order(self, request: Request) -> Response:
        wanted = uuid_of(request.path_params["id"])
        for root, chain in self._chains().items():
            if order_id(root) == wanted:
                shown = order_json(wanted, chain)
                return JSONResponse({"data": shown, "included": [], "links": {}})
        raise self._missing()

    async def workflows(self, request: Request) -> Response:
        scope = self._scope(request) or request.query_params.get("project_id")
        gone = self._extra.get("gone")
        found = [
            workflow_json(workflow)
            for workflow in self._world.workflows
            if scope in (None, project_of(workflow)) and workflow.name != gone
        ]
        if self._extra.get("old"):
            return JSONResponse({"workflows": found, "error": None})
        return JSONResponse({"workflows": found, "errors": {}})

    async def workflow(self, request: Request) -> Response:
        wanted, scope = uuid_of(request.path_params["id"]), self._scope(request)
        for workflow in self._world.workflows:
            if workflow.id == wanted and scope in (None, project_of(workflow)):
                return JSONResponse({"workflow": workflow_json(workflow), "errors": {}})
        raise Refusal(404, {"id": wanted, "errors": ["Not Found"]})

    async def log_lines(self, request: Request) -> Response:
        now = self._clock.now()
        asked = self._asked(request)
        chosen = self._chosen(request, asked)
        written, jobs = asked.between("timestamp"), asked.ids("job_id")
        orders, level = asked.ids("work_order_id"), request.query_params.get("level")
        found = [
            log
            for run in self._logged(asked, now)
            if chosen(run) and (orders is None or order_id(self._root(run, now)) in orders)
            for log in logs(self._world, run, now, self._late)
            if written(log.line.at)
            and (jobs is None or log.job in jobs)
            and level in (None, log.level)
        ]
        found.sort(key=lambda log: log.line.at, reverse=True)
        return JSONResponse(asked.page(found, lambda log: log.json()))

    def _logged(self, asked: Asked, now: datetime) -> list[WorldRun]:
        """Give the runs whose lines are searched."""
        named = asked.ids("run_id")
        if named is None:
            return list(islice(self._world.runs(now), MOST_LOGS))
        found = (self._world.run(run_id, now) for run_id in named)
        return [run for run in found if run is not None]

    def _chosen(self, request: Request, asked: Asked) -> Callable[[WorldRun], bool]:
        """Give the test of a run by its workflow and its project."""
        scope, projects = self._scope(request), asked.ids("project_id")
        workflows = asked.ids("workflow_id")
        return lambda run: (
            (workflows is None or run.workflow.id in workflows)
            and (projects is None or project_of(run.workflow) in projects)
            and scope in (None, project_of(run.workflow))
        )

    def _scope(self, request: Request) -> str | None:
        """Give the project that the path names; refuse one that may not be seen."""
        if "project_id" not in request.path_params:
            return None
        wanted = uuid_of(request.path_params["project_id"])
        if wanted == self._extra.get("closed"):
            raise Refusal(403, {"error": "Forbidden"})
        if wanted not in map(project_id, PROJECTS):
            raise Refusal(404, {"error": "Not Found"})
        return wanted

    def _asked(self, request: Request, *, meta: bool = True) -> Asked:
        return Asked(
            request,
            ignored=frozenset(self._extra.get("ignored", ())),
            refuses=int(self._extra.get("refuses", 400)),
            most=int(self._extra.get("most", 100)),
            meta=meta and not self._extra.get("old"),
        )

    def _missing(self) -> Refusal:
        """Refuse what is not there, in one of the ways in which such servers do."""
        status = int(self._extra.get("missing", 404))
        said = {403: "Forbidden", 404: "Not Found"}.get(status, "Internal Server Error")
        return Refusal(status, {"error": said})

    def _run_json(self, run: WorldRun) -> dict[str, Any]:
        shown = run_json(run, self._started(run))
        if self._extra.get("old"):
            for name in ("state", "priority", "error_type"):
                del shown["attributes"][name]
        return shown

    def _started(self, run: WorldRun) -> datetime | None:
        """Give when a run first began: the attempts that a run of the world has are one here."""
        if run.attempt == 1:
            return run.started
        lines = self._world.lines(run.id, self._clock.now())
        return next(line.at for line in lines if line.step is None and line.state is State.RUNNING)

    def _root(self, run: WorldRun, now: datetime) -> str:
        """Give the id of the first run of a run's work order."""
        while run.retry_of is not None:
            earlier = self._world.run(run.retry_of, now)
            if earlier is None:
                return run.retry_of
            run = earlier
        return run.id

    def _chains(self) -> dict[str, list[WorldRun]]:
        """Give the runs of each work order in their order, by the id of the first one."""
        now = self._clock.now()
        chains: dict[str, list[WorldRun]] = {}
        for run in self._world.runs(now):
            chains.setdefault(self._root(run, now), []).insert(0, run)
        return chains
