"""Lists of runs and of Dags, filtered, ordered and cut the way the server does it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runs_tui.demo.airflow.ledger import Ledger
from runs_tui.demo.airflow.names import RUN_TYPES, dag_id_of, run_id_of
from runs_tui.demo.checks import invalid, read_number, read_object
from runs_tui.demo.world import WorldRun
from runs_tui.model.clock import Clock

STATES = ("queued", "running", "success", "failed")
_TYPES = (
    "backfill", "scheduled", "manual", "operator_triggered", "asset_triggered",
    "asset_materialization",
)  # fmt: skip
_ORDERS = frozenset({
    "id", "state", "dag_id", "run_id", "logical_date", "run_after", "start_date", "end_date",
    "updated_at", "conf", "duration",
})  # fmt: skip
_BODY = frozenset({
    "order_by", "page_offset", "page_limit", "dag_ids", "states", "run_after_gte", "run_after_lte",
    "start_date_gte", "start_date_lte", "end_date_gte", "end_date_lte",
})  # fmt: skip
_DEFAULT = 50
Test = Callable[[WorldRun], bool]


class Lists:
    """Answers lists."""

    def __init__(self, ledger: Ledger, clock: Clock, most: int) -> None:
        """List what a ledger has; of more than `most` rows the rest is left out in silence."""
        self._ledger = ledger
        self._clock = clock
        self._most = most

    def routes(self) -> Sequence[Route]:
        """Give where it answers."""
        return [
            Route("/api/v2/dags", self._dags),
            Route("/api/v2/dags/{dag}/dagRuns", self._runs, methods=["GET"]),
            Route("/api/v2/dags/~/dagRuns/list", self._several, methods=["POST"]),
            Route("/api/v2/version", self._version),
        ]

    async def _runs(self, request: Request) -> Response:
        dag, asked = str(request.path_params["dag"]), request.query_params
        if dag != "~" and dag not in self._ledger.dags:
            raise HTTPException(404, f"The Dag with ID: `{dag}` was not found")
        now = self._clock.now()
        tests = self._times(asked, now)
        if dag != "~":
            tests.append(lambda run: dag_id_of(run.workflow) == dag)
        states = _among("state", asked.getlist("state"), STATES)
        if states:
            tests.append(lambda run: self._ledger.state(run, now) in states)
        types = _among("run type", asked.getlist("run_type"), _TYPES)
        if types:
            tests.append(lambda run: RUN_TYPES[run.trigger] in types)
        for name, read in (("dag_id_pattern", _dag), ("run_id_pattern", run_id_of)):
            if name in asked:
                tests.append(_has(asked[name], read))
        limit = read_number(request, "limit", _DEFAULT, 0)
        offset = read_number(request, "offset", 0, 0)
        return self._answer(tests, asked.get("order_by") or "run_after", limit, offset, now)

    async def _several(self, request: Request) -> Response:
        body, now = await read_object(request), self._clock.now()
        for name in body.keys() - _BODY:
            raise invalid(["body", name], "Extra inputs are not permitted", "extra_forbidden")
        tests = self._times(body, now)
        dags, states = body.get("dag_ids"), body.get("states")
        if dags is not None:
            tests.append(lambda run: dag_id_of(run.workflow) in dags)
        if states:
            _among("state", states, STATES)
            tests.append(lambda run: self._ledger.state(run, now) in states)
        limit, offset = int(body.get("page_limit", 100)), int(body.get("page_offset", 0))
        return self._answer(tests, body.get("order_by") or "run_after", limit, offset, now)

    def _answer(
        self, tests: Sequence[Test], order: str, limit: int, offset: int, now: datetime
    ) -> Response:
        runs: Sequence[WorldRun] = self._ledger.world.runs(now)
        if tests:
            runs = [run for run in runs if all(test(run) for test in tests)]
        if order.lstrip("-") not in _ORDERS:
            told = f"Ordering with '{order.lstrip('-')}' is disallowed or the attribute is unknown"
            raise HTTPException(400, told)
        if order == "run_after":
            runs = runs[::-1]
        elif order != "-run_after":
            raise HTTPException(400, "the demo orders by run_after alone")
        shown = runs[offset : offset + min(limit, self._most)]
        rows = [self._ledger.json(run, now) for run in shown]
        return JSONResponse({"dag_runs": rows, "total_entries": len(runs)})

    def _times(self, asked: QueryParams | dict[str, Any], now: datetime) -> list[Test]:
        """Give the tests of instants; where there is none, now is taken for it."""
        times: Mapping[str, Callable[[WorldRun], datetime | None]] = {
            "run_after": self._ledger.due,
            "start_date": lambda run: run.started,
            "end_date": lambda run: run.finished,
        }
        tests: list[Test] = []
        for name, read in times.items():
            for end, holds in (("gte", datetime.__ge__), ("lte", datetime.__le__)):
                told = asked.get(f"{name}_{end}")
                if told is not None:
                    tests.append(_compared(read, holds, _instant(name, told), now))
        return tests

    async def _dags(self, request: Request) -> Response:
        limit = min(read_number(request, "limit", _DEFAULT, 0), self._most)
        offset = read_number(request, "offset", 0, 0)
        paused = self._ledger.paused
        told = [
            {"dag_id": dag, "dag_display_name": workflow.name, "is_paused": dag in paused}
            for dag, workflow in sorted(self._ledger.dags.items())
        ]
        shown = told[offset : offset + limit]
        return JSONResponse({"dags": shown, "total_entries": len(told)})

    async def _version(self, _: Request) -> Response:
        return JSONResponse({"version": "3.3.2", "git_version": None})


def _dag(run: WorldRun) -> str:
    return dag_id_of(run.workflow)


def _has(pattern: str, read: Callable[[WorldRun], str]) -> Test:
    return lambda run: pattern.lower() in read(run).lower()


def _among(what: str, told: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    if not set(told) <= set(known):
        valid = ", ".join(known)
        raise HTTPException(422, f"Invalid value for {what}. Valid values are {valid}")
    return frozenset(told)


def _compared(
    read: Callable[[WorldRun], datetime | None],
    holds: Callable[[datetime, datetime], bool],
    edge: datetime,
    now: datetime,
) -> Test:
    return lambda run: holds(read(run) or now, edge)


def _instant(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        problem = "Input should be a valid datetime"
        raise invalid(["query", name], problem, "datetime_parsing") from None
