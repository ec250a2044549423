"""What the server tells of one run, one Dag and one task instance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runs_tui.demo.airflow.instances import (
    Instance,
    instance_json,
    instances_of,
    tries_of,
    try_json,
)
from runs_tui.demo.airflow.ledger import Ledger
from runs_tui.demo.airflow.logs import log_of
from runs_tui.demo.airflow.names import display_of, task_of
from runs_tui.demo.checks import read_number
from runs_tui.demo.values import Workflow
from runs_tui.demo.world import WorldRun
from runs_tui.model.clock import Clock

_RUN = "/api/v2/dags/{dag}/dagRuns/{run}"
_TASK = f"{_RUN}/taskInstances/{{task}}"
_MOST = 100
_MAPPED = "Task instance is mapped, add the map_index value to the URL"


class Single:
    """Answers reads of single things."""

    def __init__(self, ledger: Ledger, clock: Clock, *, whole_logs: bool) -> None:
        """Tell what a ledger has; `whole_logs` begins every log anew, whatever was told of it."""
        self._whole_logs = whole_logs
        self._ledger = ledger
        self._clock = clock

    def routes(self) -> Sequence[Route]:
        """Give where it answers."""
        return [
            Route(_RUN, self._run),
            Route(f"{_RUN}/taskInstances", self._instances),
            Route(f"{_TASK}/logs/{{number:int}}", self._log),
            Route(f"{_TASK}/tries", self._tries),
            Route(f"{_TASK}/{{index:int}}/tries", self._tries),
            Route(f"{_TASK}/{{index:int}}", self._instance),
            Route(_TASK, self._instance),
            Route("/api/v2/dags/{dag}/tasks", self._tasks),
            Route("/api/v2/dags/{dag}/details", self._details),
        ]

    async def _run(self, request: Request) -> Response:
        run, now = self._found(request)
        return JSONResponse(self._ledger.json(run, now))

    async def _instances(self, request: Request) -> Response:
        run, now = self._found(request)
        limit = min(read_number(request, "limit", 50, 0), _MOST)
        offset = read_number(request, "offset", 0, 0)
        found = sorted(instances_of(self._ledger, run, now), key=lambda each: task_of(each.step)[1])
        told = [instance_json(run, each) for each in found[offset : offset + limit]]
        return JSONResponse({"task_instances": told, "total_entries": len(found)})

    async def _instance(self, request: Request) -> Response:
        run, now = self._found(request)
        return JSONResponse(instance_json(run, self._one(request, run, now)))

    async def _tries(self, request: Request) -> Response:
        run, now = self._found(request)
        key = self._one(request, run, now).step.key
        told = try_json(self._ledger, run, key, now)
        return JSONResponse({"task_instances": told, "total_entries": len(told)})

    async def _log(self, request: Request) -> Response:
        run, now = self._found(request)
        index = read_number(request, "map_index", -1, -1)
        found = self._named(run, str(request.path_params["task"]), now)
        told = next((each for each in found if task_of(each.step)[1] == index), None)
        if told is None:
            raise HTTPException(404, "TaskInstance not found")
        number, token = int(request.path_params["number"]), request.query_params.get("token")
        tried = tries_of(self._ledger, run, told.step.key, now)
        log = log_of(self._ledger, run, told, tried, number, token, now, whole=self._whole_logs)
        return JSONResponse(log)

    async def _tasks(self, request: Request) -> Response:
        dag = self._dag(request)
        return JSONResponse({"tasks": tasks_json(dag), "total_entries": len(dag.steps)})

    async def _details(self, request: Request) -> Response:
        dag = self._dag(request)
        params = {
            each.name: {
                "value": each.default,
                "schema": {
                    "type": each.type,
                    **({"enum": list(each.choices)} if each.choices else {}),
                },
                "description": None,
                "source": None,
            }
            for each in dag.parameters
        }
        name = request.path_params["dag"]
        told = {"dag_id": name, "is_paused": name in self._ledger.paused}
        return JSONResponse({**told, "dag_display_name": dag.name, "params": params})

    def _dag(self, request: Request) -> Workflow:
        name = str(request.path_params["dag"])
        if name not in self._ledger.dags:
            raise HTTPException(404, f"The Dag with ID: `{name}` was not found")
        return self._ledger.dags[name]

    def _found(self, request: Request) -> tuple[WorldRun, datetime]:
        now = self._clock.now()
        dag, run = str(request.path_params["dag"]), str(request.path_params["run"])
        return self._ledger.run(dag, run, now), now

    def _named(self, run: WorldRun, task: str, now: datetime) -> list[Instance]:
        found = instances_of(self._ledger, run, now)
        return [each for each in found if task_of(each.step)[0] == task]

    def _one(self, request: Request, run: WorldRun, now: datetime) -> Instance:
        task, index = str(request.path_params["task"]), request.path_params.get("index", -1)
        found = self._named(run, task, now)
        told = next((each for each in found if task_of(each.step)[1] == index), None)
        if told is None:
            raise HTTPException(404, _MAPPED if found and index < 0 else _missing(task))
        return told


def tasks_json(dag: Workflow) -> list[dict[str, Any]]:
    """Write the tasks of a Dag, each once however often it is mapped."""
    names = {step.key: task_of(step) for step in dag.steps}
    told: dict[str, dict[str, Any]] = {}
    for step in dag.steps:
        task, index = task_of(step)
        told[task] = {
            "task_id": task,
            "task_display_name": display_of(step),
            "downstream_task_ids": sorted(
                {names[other.key][0] for other in dag.steps if step.key in other.parents}
            ),
            "is_mapped": index >= 0,
            "trigger_rule": "all_success",
            "retries": 0.0,
            "operator_name": f"@task.{step.kind}",
            "doc_md": None,
        }
    return [told[task] for task in sorted(told)]


def _missing(task: str) -> str:
    return f"The Task Instance with task_id: `{task}` was not found"
