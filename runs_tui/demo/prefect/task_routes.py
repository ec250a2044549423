"""The endpoints about task runs."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from runs_tui.demo.prefect import searches
from runs_tui.demo.prefect.bodies import Body, Refusal, body_of, page_of, slice_of
from runs_tui.demo.prefect.desk import Desk, posting
from runs_tui.demo.prefect.fields import TASK_RUN_ORDERS
from runs_tui.demo.prefect.stages import stage_json
from runs_tui.demo.prefect.task_json import short_json, task_run_json
from runs_tui.demo.prefect.task_runs import TaskRun


class TaskRunEndpoints:
    """Answers requests about task runs."""

    def __init__(self, desk: Desk) -> None:
        """Answer from a desk."""
        self._ledger = desk.ledger
        self._clock = desk.clock

    def routes(self) -> list[BaseRoute]:
        """Give every endpoint with its path."""
        return [
            posting("/task_runs/filter", self.select),
            posting("/task_runs/paginate", self.page),
            posting("/task_runs/count", self.count),
            Route("/task_runs/{id:uuid}", self.get),
            Route("/task_run_states/", self.states),
        ]

    async def select(self, request: Request) -> Response:
        """Answer a slice of the task runs."""
        body, now = await body_of(request), self._clock.now()
        rows = slice_of(self._tasks(body, now), body)
        return JSONResponse([task_run_json(task, now) for task in rows])

    async def page(self, request: Request) -> Response:
        """Answer a page of the task runs, in fewer fields."""
        body, now = await body_of(request), self._clock.now()
        page = page_of(self._tasks(body, now), body)
        page["results"] = [short_json(task, now) for task in page["results"]]
        return JSONResponse(page)

    async def count(self, request: Request) -> Response:
        """Answer how many task runs there are."""
        body = await body_of(request)
        return JSONResponse(len(searches.task_runs(self._ledger, body, self._clock.now())))

    async def get(self, request: Request) -> Response:
        """Answer one task run."""
        now = self._clock.now()
        task = self._ledger.task_run(str(request.path_params["id"]), now)
        if task is None:
            raise Refusal(404, {"detail": "Task not found"})
        return JSONResponse(task_run_json(task, now))

    async def states(self, request: Request) -> Response:
        """Answer the state history of one task run, oldest first."""
        task_id = request.query_params.get("task_run_id", "")
        task = self._ledger.task_run(task_id, self._clock.now())
        if task is None:
            return JSONResponse([])
        return JSONResponse([stage_json(stage, task.run.id, task.id) for stage in task.stages])

    def _tasks(self, body: Body, now: datetime) -> list[TaskRun]:
        found = searches.task_runs(self._ledger, body, now)
        return searches.ordered(found, body, TASK_RUN_ORDERS)
