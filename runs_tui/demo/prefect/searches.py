"""Searching flow runs, task runs and events the way the lists of the server do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.prefect.bodies import Body
from runs_tui.demo.prefect.events import EVENTS, FLOW_RUN, TASK_RUN, Event, events_of
from runs_tui.demo.prefect.fields import DEPLOYMENTS, FLOW_RUNS, FLOWS, TASK_RUNS, WORK_POOLS, Order
from runs_tui.demo.prefect.filters import Test, an_id, an_instant, build
from runs_tui.demo.prefect.flow_runs import FlowRun
from runs_tui.demo.prefect.ledger import Ledger
from runs_tui.demo.prefect.task_runs import TaskRun

_REMEMBERED = timedelta(days=180)


def flow_runs(ledger: Ledger, body: Body, now: datetime) -> list[FlowRun]:
    """Give the flow runs that pass every filter of a body, in no order."""
    runs = _runs(ledger, body, now)
    if (flow := body.test("flows", FLOWS)) is not None:
        passed = {known.id for known in ledger.flows.values() if flow(known)}
        runs = [run for run in runs if run.flow.id in passed]
    if (deployment := body.test("deployments", DEPLOYMENTS)) is not None:
        allowed = {known.id for known in ledger.deployments.values() if deployment(known)}
        runs = [run for run in runs if run.deployment_id in allowed]
    if body.test("work_pools", WORK_POOLS) is not None:
        return []
    return runs


def flow_runs_with_tasks(ledger: Ledger, body: Body, now: datetime) -> list[FlowRun]:
    """Give the flow runs that pass every filter and have a task run that passes its own."""
    runs = flow_runs(ledger, body, now)
    task = body.test("task_runs", TASK_RUNS)
    if task is None:
        return runs
    return [run for run in runs if any(map(task, ledger.task_runs(run, now)))]


def task_runs(ledger: Ledger, body: Body, now: datetime) -> list[TaskRun]:
    """Give the task runs that pass every filter of a body, in no order."""
    test = body.test("task_runs", TASK_RUNS)
    runs = flow_runs(ledger, body, now)
    asked = body.get("task_runs") or {}
    if (ids := _ids(asked, "id")) is not None:
        allowed = {run.id for run in runs}
        found = (ledger.task_run(task_id, now) for task_id in ids)
        tasks = [task for task in found if task is not None and task.run.id in allowed]
    else:
        owners = _ids(asked, "flow_run_id")
        tasks = [
            task
            for run in runs
            if owners is None or run.id in owners
            for task in ledger.task_runs(run, now)
        ]
    return tasks if test is None else list(filter(test, tasks))


def runs_of_logs(ledger: Ledger, asked: Mapping[str, Any], now: datetime) -> Iterable[str]:
    """Give the ids of the flow runs whose log lines can pass a filter."""
    runs = (asked.get("flow_run_id") or {}).get("any_")
    if runs is not None:
        return dict.fromkeys(map(an_id, runs))
    tasks = (asked.get("task_run_id") or {}).get("any_")
    if tasks is not None:
        found = (ledger.task_run(an_id(task_id), now) for task_id in tasks)
        return dict.fromkeys(task.run.id for task in found if task is not None)
    return [run.id for run in ledger.world.runs(now)]


def ordered(rows: Iterable[Any], body: Body, orders: Mapping[str, Order]) -> list[Any]:
    """Put rows in the order that a body asks for, the first one where it asks for none."""
    read, backwards = orders[body.choice("sort", tuple(orders))]
    return sorted(rows, key=read, reverse=backwards)


def _runs(ledger: Ledger, body: Body, now: datetime) -> list[FlowRun]:
    test = body.test("flow_runs", FLOW_RUNS)
    if test is None:
        return ledger.flow_runs(now)
    ids = _ids(body.get("flow_runs"), "id")
    if ids is not None:
        runs = [run for run_id in ids if (run := ledger.flow_run(run_id, now)) is not None]
        return list(filter(test, runs))
    return list(filter(test, ledger.flow_runs(now)))


def _ids(asked: Mapping[str, Any], field: str) -> Sequence[str] | None:
    """Give the ids that a field asks for, where nothing else can pass."""
    if asked.get("operator") == "or_" or not asked.get(field):
        return None
    ids = asked[field].get("any_")
    return None if ids is None else [str(run_id).lower() for run_id in dict.fromkeys(ids)]


@dataclass(frozen=True, slots=True)
class Search:
    """Which events are wanted."""

    test: Test
    since: datetime
    until: datetime
    kinds: tuple[str, ...]
    run_ids: frozenset[str] | None
    """The flow runs that they belong to; None for any."""
    newest_first: bool


def search_of(asked: Mapping[str, Any] | None, now: datetime) -> Search:
    """Read an event filter; without an end of its own it ends now."""
    asked = asked or {}
    test = build(asked, EVENTS) or (lambda _: True)
    occurred = asked.get("occurred") or {}
    since, until = occurred.get("since"), occurred.get("until")
    return Search(
        test=test,
        since=now - _REMEMBERED if since is None else an_instant(since),
        until=now if until is None else an_instant(until),
        kinds=_kinds((asked.get("event") or {}).get("prefix")),
        run_ids=_run_ids(asked),
        newest_first=asked.get("order", "DESC") == "DESC",
    )


def events(ledger: Ledger, search: Search, now: datetime) -> list[Event]:
    """Give the events that are wanted, in order."""
    found = [
        event
        for run in _concerned(ledger, search, now)
        for event in events_of(ledger, run, now, search.kinds)
        if search.since <= event.occurred <= search.until and search.test(event)
    ]
    found.sort(key=lambda event: event.occurred)
    return found[::-1] if search.newest_first else found


def _concerned(ledger: Ledger, search: Search, now: datetime) -> list[FlowRun]:
    if search.run_ids is None:
        runs = ledger.flow_runs(now)
        return [run for run in runs if run.end is None or run.end >= search.since]
    found = [ledger.flow_run(run_id, now) for run_id in search.run_ids]
    return [run for run in found if run is not None]


def _kinds(prefixes: Sequence[str] | None) -> tuple[str, ...]:
    if prefixes is None:
        return FLOW_RUN, TASK_RUN
    return tuple(
        kind
        for kind in (FLOW_RUN, TASK_RUN)
        if any(kind.startswith(prefix) or prefix.startswith(kind) for prefix in prefixes)
    )


def _run_ids(asked: Mapping[str, Any]) -> frozenset[str] | None:
    for field in ("any_resource", "resource"):
        ids = (asked.get(field) or {}).get("id")
        if ids and all(text.startswith(FLOW_RUN) for text in ids):
            return frozenset(text.removeprefix(FLOW_RUN) for text in ids)
    return None
