"""The demo's Dagu server: runs of DAGs, their nodes, sub-runs and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from runs_tui.demo.dagu.actions import Actions, Refusal
from runs_tui.demo.dagu.guard import Guard
from runs_tui.demo.dagu.lists import BadParameter, chosen, page_of
from runs_tui.demo.dagu.logs import part_of, scheduler_log, step_log
from runs_tui.demo.dagu.shapes import handler_names, handler_ran, listed, whole
from runs_tui.demo.dagu.subs import Sub, subs_of
from runs_tui.demo.dagu.words import second

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from runs_tui.demo.server import Settings
    from runs_tui.demo.world import World, WorldRun
    from runs_tui.model.clock import Clock

PREFIX = "/dagu"
_UNEXPECTED = {"code": "internal_error", "message": "An unexpected error occurred"}


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the server; `settings.extra` bends it.

    `auth`: `bearer`, `basic` or `login`; `api`: `v1` where newer versions have it; `door`: a list
    to which the guard is given.
    """
    server = _Server(world, clock, str(settings.extra.get("api", "v2")))
    guard = Guard(server, str(settings.extra.get("auth", "bearer")), settings.credential)
    settings.extra.get("door", []).append(guard)
    return guard


class _Server:
    def __init__(self, world: World, clock: Clock, version: str) -> None:
        self._world = world
        self._clock = clock
        self._pages = version == "v1"
        self._base = ["api", version]
        self._actions = Actions(world, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = scope["raw_path"].decode("latin-1").removeprefix(scope.get("root_path", ""))
        path = [unquote(part) for part in raw.split("?")[0].split("/")[1:]]
        answer: Response = PlainTextResponse("404 page not found\n", 404)
        if path[:2] == self._base:
            try:
                answer = await self._answer(request, path[2:]) or answer
            except Refusal as refusal:
                answer = refusal.answer
            except BadParameter as bad:
                answer = PlainTextResponse(f"{bad}\n", 400)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, path: list[str]) -> Response | None:
        match request.method, path:
            case "GET", ["health"]:
                at = second(self._clock.now())
                shown = {"status": "healthy", "version": "1.30.2", "uptime": 1, "timestamp": at}
                return JSONResponse(shown)
            case "GET", ["dag-runs"]:
                return self._list(request, None)
            case "GET", ["dag-runs", name]:
                return self._list(request, name)
            case "GET", ["dag-runs", name, run_id, "sub-dag-runs", sub, *rest]:
                run = self._run(name, run_id)
                return self._of_sub(request, run, self._sub(run, sub), rest)
            case method, ["dag-runs", name, run_id, *rest]:
                return await self._of_run(method, request, self._run(name, run_id), rest)
            case _:
                return None

    def _list(self, request: Request, name: str | None) -> Response:
        now = self._clock.now()
        asked, gone, every = request.query_params, self._actions.taken, self._world.runs(now)
        if not self._pages:
            runs = chosen(every, asked, now, name, gone)
            return JSONResponse({"dagRuns": [listed(run) for run in runs] or None})
        page, following = page_of(chosen(every, asked, now, name, gone, most=None), asked)
        more = {"nextCursor": following} if following else {}
        return JSONResponse({"dagRuns": [listed(run) for run in page], **more})

    async def _of_run(
        self, method: str, request: Request, run: WorldRun, rest: list[str]
    ) -> Response | None:
        now = self._clock.now()
        match method, rest:
            case "GET", []:
                return JSONResponse(whole(run, self._world.steps(run.id, now)))
            case "GET", ["log"]:
                if run.started is None:
                    return JSONResponse(_UNEXPECTED, 500)
                lines = scheduler_log(run, self._world.lines(run.id, now))
                return JSONResponse(part_of(lines, request.query_params))
            case "GET", ["steps", step, "log"]:
                return self._step_log(request, run, step)
            case "GET", ["sub-dag-runs"]:
                nested = "parentSubDAGRunId" in request.query_params
                subs = [] if nested else self._subs(run)
                return JSONResponse({"subRuns": [sub.listed() for sub in subs]})
            case "GET", ["dequeue"]:
                return self._actions.dequeue(run)
            case "POST", ["stop"]:
                return self._actions.stop(run)
            case "POST", ["retry"]:
                return self._actions.retry(run, await request.body())
            case "POST", ["reschedule"]:
                return self._actions.reschedule(run, await request.body())
            case _:
                return None

    def _step_log(self, request: Request, run: WorldRun, name: str) -> Response:
        stream = request.query_params.get("stream")
        if stream not in {"stdout", "stderr"}:
            return Response(status_code=500)
        if name in handler_names(run):
            if not handler_ran(run, name):
                return JSONResponse(_UNEXPECTED, 500)
            lines = [f"{name} of {run.id}"] if stream == "stdout" else []
            return JSONResponse(part_of(lines, request.query_params))
        now = self._clock.now()
        steps = self._world.steps(run.id, now)
        step = next((step for step in steps if step.key == name), None)
        if step is None:
            raise Refusal(404, "not_found", f"step {name} not found in DAG {run.workflow.name}")
        if step.started is None:
            return JSONResponse(_UNEXPECTED, 500)
        lines = step_log(step, self._world.lines(run.id, now), stream)
        return JSONResponse(part_of(lines, request.query_params))

    def _of_sub(
        self, request: Request, run: WorldRun, sub: Sub, rest: list[str]
    ) -> Response | None:
        match rest:
            case []:
                return JSONResponse(sub.whole(run))
            case ["log"]:
                return JSONResponse(part_of([], request.query_params))
            case ["steps", "work", "log"]:
                wrong = request.query_params.get("stream") == "stderr"
                lines: list[str] = [] if wrong else [f"item {sub.params}"]
                return JSONResponse(part_of(lines, request.query_params))
            case _:
                return None

    def _subs(self, run: WorldRun) -> list[Sub]:
        steps = self._world.steps(run.id, self._clock.now())
        return [sub for step in steps for sub in subs_of(run, step)]

    def _sub(self, run: WorldRun, sub_id: str) -> Sub:
        found = next((sub for sub in self._subs(run) if sub.id == sub_id), None)
        if found is None:
            name = run.workflow.name
            raise Refusal(404, "not_found", f"sub dag-run ID {sub_id} not found for DAG {name}")
        return found

    def _run(self, name: str, run_id: str) -> WorldRun:
        now = self._clock.now()
        run = self._world.run(run_id, now)
        if run is None or run.workflow.name != name or run_id in self._actions.taken:
            raise Refusal(404, "not_found", f"dag-run ID {run_id} not found for DAG {name}")
        return run
