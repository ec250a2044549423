"""The demo's GitHub: the runs of one repository, their jobs and logs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from runs_tui.demo.github_actions.acts import Acts
from runs_tui.demo.github_actions.files import path_of, sha_of, text_of
from runs_tui.demo.github_actions.filters import NARROWING, tests_of
from runs_tui.demo.github_actions.guard import STORAGE, Guard
from runs_tui.demo.github_actions.jobs import job_of, jobs_of
from runs_tui.demo.github_actions.logs import log_of
from runs_tui.demo.github_actions.numbers import Register, workflow_number
from runs_tui.demo.github_actions.past import as_attempt
from runs_tui.demo.github_actions.problems import Problem, not_found, refused
from runs_tui.demo.github_actions.runs import run_of

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from runs_tui.demo.server import Settings
    from runs_tui.demo.world import World, WorldRun, WorldStep
    from runs_tui.model.clock import Clock

REPOSITORY = "acme/widgets"
PREFIX = f"/github_actions/repos/{REPOSITORY}"
MOST = 100
MOST_FOUND = 1000
_DAYS = 90


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the server; `settings.extra` bends it.

    `repository`: its name; `rate`: requests an hour; `hidden`: who shows no token is told that
    nothing is there; `statuses`: `take`, `refuse` or `ignore` a status that the description does
    not list; `days`: how long logs are kept; `stubborn`: only a forced cancel stops a run.
    """
    server = _Server(world, clock, settings)
    runs, jobs = "/actions/runs", "/actions/jobs"
    one = f"{runs}/{{run:int}}"
    post = ["POST"]
    routes = [
        Route(runs, server.runs),
        Route("/actions/workflows/{workflow}/runs", server.runs),
        Route(one, server.run),
        Route(f"{one}/attempts/{{attempt:int}}", server.run),
        Route(f"{one}/jobs", server.jobs),
        Route(f"{one}/cancel", server.acts.cancel, methods=post),
        Route(f"{one}/force-cancel", server.acts.force_cancel, methods=post),
        Route(f"{one}/rerun", server.acts.rerun, methods=post),
        Route(f"{one}/rerun-failed-jobs", server.acts.rerun_failed, methods=post),
        Route(f"{jobs}/{{job:int}}/rerun", server.acts.rerun_job, methods=post),
        Route(f"{jobs}/{{job:int}}/logs", server.logs),
        Route("/contents/{path:path}", server.contents),
        Route(f"{STORAGE}{{job:int}}", server.storage),
    ]
    inner = Starlette(
        routes=routes, exception_handlers={Problem: refused, 404: _nothing, 405: _nothing}
    )
    return Guard(inner, clock, settings)


def _nothing(request: Request, _: Exception) -> Response:
    return refused(request, not_found())


class _Server:
    def __init__(self, world: World, clock: Clock, settings: Settings) -> None:
        self._world = world
        self._clock = clock
        self._extra = settings.extra
        self._name = str(settings.extra.get("repository", REPOSITORY))
        self._register = Register(world)
        self.acts = Acts(world, clock, self._register, stubborn=bool(self._extra.get("stubborn")))

    async def runs(self, request: Request) -> Response:
        params = request.query_params
        tests = tests_of(params, beyond=str(self._extra.get("statuses", "take")))
        wanted = self._workflow(request.path_params.get("workflow"))
        found = [
            run
            for run in self._world.runs(self._clock.now())
            if wanted in (None, run.workflow.id) and all(test(run) for test in tests)
        ]
        size = min(max(_number(request, "per_page", 30), 1), MOST)
        start = (max(_number(request, "page", 1), 1) - 1) * size
        narrowed = any(name in params for name in NARROWING)
        reached = found[:MOST_FOUND] if narrowed else found
        rows = [run_of(run, self._name) for run in reached[start : start + size]]
        return JSONResponse({"total_count": len(found), "workflow_runs": rows})

    async def run(self, request: Request) -> Response:
        now = self._clock.now()
        run = self._find(request, now)
        wanted = request.path_params.get("attempt", run.attempt)
        if not 1 <= wanted <= run.attempt:
            raise not_found()
        if wanted < run.attempt:
            run = as_attempt(self._world, run, wanted, now)
        return JSONResponse(run_of(run, self._name))

    async def jobs(self, request: Request) -> Response:
        now = self._clock.now()
        run = self._find(request, now)
        every = request.query_params.get("filter") == "all"
        steps = jobs_of(self._world, run, now, every=every)
        for step in steps:
            self._register.note(run, step)
        size = min(max(_number(request, "per_page", 30), 1), MOST)
        start = (max(_number(request, "page", 1), 1) - 1) * size
        sha = sha_of(run.workflow)
        told = [job_of(run, step, self._name, sha) for step in steps[start : start + size]]
        return JSONResponse({"total_count": len(steps), "jobs": told})

    async def logs(self, request: Request) -> Response:
        """Lead to where the log is kept, also where there is none."""
        run, step = self._job(request)
        kept = timedelta(days=float(self._extra.get("days", _DAYS)))
        if step.finished is not None and self._clock.now() - step.finished > kept:
            raise Problem(410, "Server Error")
        place = request.url.replace(hostname="localhost", query="")
        path = f"{request.scope['root_path']}{STORAGE}{request.path_params['job']}"
        location = f"{place.replace(path=path)}?se=2026-06-02&sig=s%2Fecret%3D{run.id[:8]}"
        return Response(status_code=302, headers={"location": location})

    async def storage(self, request: Request) -> Response:
        """Give a log; two credentials at once are one too many, as for the real storage."""
        if "authorization" in request.headers or not request.query_params.get("sig"):
            return Response("<Error><Code>InvalidAuthenticationInfo</Code></Error>", 400)
        run, step = self._job(request)
        if step.finished is None:
            return Response("<Error><Code>BlobNotFound</Code></Error>", 404)
        return PlainTextResponse(log_of(self._world, run, step, self._clock.now()))

    async def contents(self, request: Request) -> Response:
        path, ref = request.path_params["path"], request.query_params.get("ref")
        for workflow in self._world.workflows:
            if path == path_of(workflow) and ref in (None, sha_of(workflow)):
                if "raw" not in request.headers.get("accept", ""):
                    raise Problem(415, "Only the raw media type is served here")
                return PlainTextResponse(
                    text_of(workflow), media_type="application/vnd.github.raw+json"
                )
        raise not_found()

    def _find(self, request: Request, now: datetime) -> WorldRun:
        run = self._register.run(request.path_params["run"], now)
        if run is None:
            raise not_found()
        return run

    def _job(self, request: Request) -> tuple[WorldRun, WorldStep]:
        found = self._register.job(request.path_params["job"], self._clock.now())
        if found is None:
            raise not_found()
        return found

    def _workflow(self, wanted: str | None) -> str | None:
        if wanted is None:
            return None
        for workflow in self._world.workflows:
            if wanted in (str(workflow_number(workflow)), path_of(workflow).rpartition("/")[2]):
                return workflow.id
        raise not_found()


def _number(request: Request, name: str, usual: int) -> int:
    text: Any = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else usual
