"""What clients may ask for: clearing, setting a state, and new runs."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runs_tui.demo.airflow.instances import Instance, instance_json, instances_of
from runs_tui.demo.airflow.ledger import Ledger, Stopped
from runs_tui.demo.airflow.names import dag_id_of, task_of
from runs_tui.demo.checks import invalid, read_object
from runs_tui.demo.timeline import descendants
from runs_tui.demo.world import WorldRun
from runs_tui.model.clock import Clock

_RUN = "/api/v2/dags/{dag}/dagRuns/{run}"
_MUTABLE = ("queued", "success", "failed")
_FAILED = frozenset({"failed", "upstream_failed"})


class Acts:
    """Does what is asked."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        """Do it to the runs of a ledger."""
        self._ledger = ledger
        self._clock = clock

    def routes(self) -> Sequence[Route]:
        """Give where it answers."""
        return [
            Route("/api/v2/dags/{dag}", self._pause, methods=["PATCH"]),
            Route(_RUN, self._patch, methods=["PATCH"]),
            Route(f"{_RUN}/clear", self._clear, methods=["POST"]),
            Route("/api/v2/dags/{dag}/clearTaskInstances", self._clear_tasks, methods=["POST"]),
            Route("/api/v2/dags/{dag}/dagRuns", self._trigger, methods=["POST"]),
        ]

    async def _pause(self, request: Request) -> Response:
        body, dag = await read_object(request), request.path_params["dag"]
        if dag not in self._ledger.dags:
            raise HTTPException(404, f"Dag with id: {dag} was not found")
        (self._ledger.paused.add if body.get("is_paused") else self._ledger.paused.discard)(dag)
        return JSONResponse({"dag_id": dag, "is_paused": dag in self._ledger.paused})

    async def _patch(self, request: Request) -> Response:
        body = await read_object(request)
        run, now = self._found(request, str(request.path_params["run"]))
        state = body.get("state")
        if state is not None and state not in _MUTABLE:
            problem = "Input should be 'queued', 'success' or 'failed'"
            raise invalid(["body", "state"], problem, "enum")
        if "note" in body:
            self._ledger.notes[run.id] = body["note"]
        if state == "failed" and run.state.active:
            self._ledger.stopped[run.id] = Stopped(now, self._ledger.queued_at(run, now))
            self._ledger.world.cancel(run.id, now)
        elif state is not None:
            # A run that has ended is turned into anything, without complaint.
            self._ledger.forced[run.id] = state
        return self._told(run, now)

    async def _clear(self, request: Request) -> Response:
        body = await read_object(request)
        run, now = self._found(request, str(request.path_params["run"]))
        failed = body.get("only_failed", False)
        found = instances_of(self._ledger, run, now)
        if body.get("dry_run", True):
            kept = [each for each in found if not failed or each.state in _FAILED]
            return _instances(run, kept)
        with suppress(ValueError):
            mode = "failed" if failed else "full"
            self._ledger.world.retry(run.id, now, mode=mode, as_new=False)  # type: ignore[arg-type]
            self._ledger.forced.pop(run.id, None)
        return self._told(run, now)

    async def _clear_tasks(self, request: Request) -> Response:
        body, dag = await read_object(request), str(request.path_params["dag"])
        run, now = self._found(request, str(body.get("dag_run_id")))
        found = instances_of(self._ledger, run, now)
        wanted = [_marker(each) for each in body.get("task_ids") or ()]
        keys = [each.step.key for each in found if _is_one(each, wanted)]
        below = descendants(run.workflow.steps, keys) if body.get("include_downstream") else ()
        chosen = [each for each in found if each.step.key in {*keys, *below}]
        if body.get("only_failed", True):
            chosen = [each for each in chosen if each.state in _FAILED]
        if chosen and not body.get("dry_run", True):
            try:
                self._ledger.world.retry(run.id, now, mode="step", step=keys[0], as_new=False)
            except ValueError as error:
                raise HTTPException(409, f"{dag}: {error}") from error
        return _instances(run, chosen)

    async def _trigger(self, request: Request) -> Response:
        body, now, dag = await read_object(request), self._clock.now(), request.path_params["dag"]
        if "logical_date" not in body:
            raise invalid(["body", "logical_date"], "Field required", "missing")
        if dag not in self._ledger.dags:
            raise HTTPException(404, f"Dag with dag_id: '{dag}' not found")
        runs = self._ledger.world.runs(now)
        old = next((r for r in runs if dag_id_of(r.workflow) == dag and r.state.terminal), None)
        if old is None:
            raise HTTPException(409, "This Dag has not been run before.")
        conf = body.get("conf") or {}
        _check(self._ledger.dags[dag].parameters, conf)
        new = self._ledger.world.retry(old.id, now, as_new=True, parameters=conf)
        return JSONResponse(self._ledger.json(new, now))

    def _found(self, request: Request, run_id: str) -> tuple[WorldRun, datetime]:
        now = self._clock.now()
        return self._ledger.run(str(request.path_params["dag"]), run_id, now), now

    def _told(self, run: WorldRun, now: datetime) -> Response:
        again = self._ledger.world.run(run.id, now)
        assert again is not None
        return JSONResponse(self._ledger.json(again, now))


def _instances(run: WorldRun, found: Sequence[Instance]) -> Response:
    told = [instance_json(run, each) for each in found]
    return JSONResponse({"task_instances": told, "total_entries": len(told)})


def _marker(told: Any) -> tuple[str, int | None]:  # noqa: ANN401
    return (str(told[0]), int(told[1])) if isinstance(told, list) else (str(told), None)


def _is_one(told: Instance, wanted: Sequence[tuple[str, int | None]]) -> bool:
    task, index = task_of(told.step)
    return any(name == task and place in (None, index) for name, place in wanted)


def _check(params: Sequence[Any], conf: dict[str, Any]) -> None:
    types: dict[str, Any] = {"string": str, "integer": int, "number": (int, float)}
    for each in params:
        value = conf.get(each.name)
        if value is not None and not isinstance(value, types[each.type]):
            told = f"Invalid input for param {each.name}: {value!r} is not of type {each.type!r}"
            raise HTTPException(400, told)
