"""The endpoints about flow runs."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from runs_tui.demo.prefect import actions, searches
from runs_tui.demo.prefect.bodies import Refusal, body_of, not_found, page_of, slice_of
from runs_tui.demo.prefect.chart import chart_json
from runs_tui.demo.prefect.desk import Desk, posting
from runs_tui.demo.prefect.fields import FLOW_RUN_ORDERS
from runs_tui.demo.prefect.flow_runs import FlowRun
from runs_tui.demo.prefect.graph import graph_json
from runs_tui.demo.prefect.stages import stage_json


class FlowRunEndpoints:
    """Answers requests about flow runs."""

    def __init__(self, desk: Desk) -> None:
        """Answer from a desk."""
        self._ledger = desk.ledger
        self._clock = desk.clock
        self._wait = desk.wait_seconds

    def routes(self) -> list[BaseRoute]:
        """Give every endpoint with its path."""
        return [
            posting("/flow_runs/filter", self.select),
            posting("/flow_runs/paginate", self.page),
            posting("/flow_runs/count", self.count),
            posting("/flow_runs/history", self.chart),
            Route("/flow_runs/{id:uuid}", self.get),
            Route("/flow_runs/{id:uuid}/graph-v2", self.graph),
            posting("/flow_runs/{id:uuid}/set_state", self.set_state),
            Route("/flow_run_states/", self.states),
            posting("/ui/flow_runs/count-task-runs", self.count_tasks),
            posting("/deployments/{id:uuid}/create_flow_run", self.launch),
        ]

    async def select(self, request: Request) -> Response:
        """Answer a slice of the flow runs."""
        body, now = await body_of(request), self._clock.now()
        found = searches.flow_runs_with_tasks(self._ledger, body, now)
        rows = slice_of(searches.ordered(found, body, FLOW_RUN_ORDERS), body)
        return JSONResponse([self._ledger.json(run, now) for run in rows])

    async def page(self, request: Request) -> Response:
        """Answer a page of the flow runs."""
        body, now = await body_of(request), self._clock.now()
        found = searches.flow_runs_with_tasks(self._ledger, body, now)
        page = page_of(searches.ordered(found, body, FLOW_RUN_ORDERS), body)
        page["results"] = [self._ledger.json(run, now) for run in page["results"]]
        return JSONResponse(page)

    async def count(self, request: Request) -> Response:
        """Answer how many flow runs there are."""
        body, now = await body_of(request), self._clock.now()
        return JSONResponse(len(searches.flow_runs_with_tasks(self._ledger, body, now)))

    async def chart(self, request: Request) -> Response:
        """Answer how many flow runs stood how in each interval of a span."""
        body, now = await body_of(request), self._clock.now()
        return JSONResponse(chart_json(searches.flow_runs(self._ledger, body, now), body, now))

    async def get(self, request: Request) -> Response:
        """Answer one flow run."""
        now = self._clock.now()
        return JSONResponse(self._ledger.json(self._run(request, now), now))

    async def graph(self, request: Request) -> Response:
        """Answer the graph of one flow run."""
        now = self._clock.now()
        run = self._run(request, now)
        stages, tasks = self._ledger.stages(run, now), self._ledger.task_runs(run, now)
        return JSONResponse(graph_json(run, stages, tasks))

    async def set_state(self, request: Request) -> Response:
        """Put a flow run into another state, or say why not."""
        body, now = await body_of(request), self._clock.now()
        wish = actions.wish_of(body)
        run_id = str(request.path_params["id"])
        run = self._ledger.flow_run(run_id, now)
        if run is None:
            message = f"Flow run with id {run_id} not found"
            raise Refusal(404, {"exception_message": message})
        if self._wait is not None:
            answer = actions.wait(run, self._wait, "Concurrency limit reached")
        else:
            answer = actions.set_state(self._ledger, run, wish, now)
        return JSONResponse(answer.body, answer.status)

    async def states(self, request: Request) -> Response:
        """Answer the state history of one flow run, oldest first."""
        now = self._clock.now()
        run = self._ledger.flow_run(request.query_params.get("flow_run_id", ""), now)
        stages = self._ledger.stages(run, now) if run is not None else ()
        return JSONResponse([stage_json(stage, run.id) for stage in stages if run is not None])

    async def count_tasks(self, request: Request) -> Response:
        """Answer how many task runs each of some flow runs has."""
        body, now = await body_of(request), self._clock.now()
        runs = [self._ledger.flow_run(run_id, now) for run_id in body.get("flow_run_ids") or ()]
        known = [run for run in runs if run is not None]
        return JSONResponse({run.id: len(self._ledger.task_runs(run, now)) for run in known})

    async def launch(self, request: Request) -> Response:
        """Start a run of a deployment."""
        body, now = await body_of(request), self._clock.now()
        run = actions.launch(self._ledger, str(request.path_params["id"]), body, now)
        return JSONResponse(self._ledger.json(run, now), 201)

    def _run(self, request: Request, now: datetime) -> FlowRun:
        run = self._ledger.flow_run(str(request.path_params["id"]), now)
        if run is None:
            raise not_found("Flow run")
        return run
