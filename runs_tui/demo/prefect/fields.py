"""The fields that each list can be filtered by, and the orders that it can be given in."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from runs_tui.demo.prefect.filters import (
    Operator,
    Test,
    Tree,
    a_list,
    a_text,
    a_type,
    a_whole,
    after,
    an_id,
    any_of,
    before,
    like,
    missing,
    none_of,
)

Read = Callable[[Any], Any]
Order = tuple[Read, bool]
"""What a list is ordered by, and whether backwards."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def _nothing(_: object) -> None:
    return None


def _ids(read: Read) -> Tree:
    return {
        "any_": any_of(read, an_id),
        "not_any_": none_of(read, an_id),
        "is_null_": missing(read),
    }


def _texts(read: Read) -> Tree:
    return {"any_": any_of(read, a_text), "is_null_": missing(read)}


def _names(read: Read) -> Tree:
    return {"any_": any_of(read, a_text), "like_": like(read)}


def _times(read: Read) -> Tree:
    return {"after_": after(read), "before_": before(read), "is_null_": missing(read)}


def _tags(read: Read) -> Tree:
    def every(value: object) -> Test:
        wanted = {a_text(tag) for tag in a_list(value)}
        return lambda item: wanted <= set(read(item))

    def some(value: object) -> Test:
        wanted = {a_text(tag) for tag in a_list(value)}
        return lambda item: not wanted.isdisjoint(read(item))

    return {"all_": every, "any_": some, "is_null_": missing(read)}


def _type(item: Any) -> str:  # noqa: ANN401
    return str(item.stage.type)


def _name(item: Any) -> str:  # noqa: ANN401
    return str(item.stage.name)


_STATE: Tree = {
    "type": {"any_": any_of(_type, a_type), "not_any_": none_of(_type, a_type)},
    "name": {"any_": any_of(_name, a_text), "not_any_": none_of(_name, a_text)},
}

FLOW_RUNS: Tree = {
    "id": _ids(lambda run: run.id),
    "name": _names(lambda run: run.name),
    "tags": _tags(lambda run: run.tags),
    "deployment_id": _ids(lambda run: run.deployment_id),
    "state": _STATE,
    "start_time": _times(lambda run: run.start),
    "end_time": _times(lambda run: run.end),
    "expected_start_time": _times(lambda run: run.expected),
    "next_scheduled_start_time": _times(lambda run: run.next_start),
    "parent_flow_run_id": _ids(_nothing),
    "parent_task_run_id": _ids(_nothing),
    "work_queue_name": _texts(_nothing),
    "idempotency_key": _texts(_nothing),
}
FLOWS: Tree = {
    "id": _ids(lambda flow: flow.id),
    "name": _names(lambda flow: flow.name),
    "tags": _tags(lambda _: ()),
}
DEPLOYMENTS: Tree = {
    "id": _ids(lambda deployment: deployment.id),
    "name": _names(lambda deployment: deployment.flow.name),
    "flow_id": _ids(lambda deployment: deployment.flow.id),
    "tags": _tags(lambda deployment: deployment.flow.tags),
}
WORK_POOLS: Tree = {"id": _ids(_nothing), "name": _texts(_nothing), "type": _texts(_nothing)}
TASK_RUNS: Tree = {
    "id": _ids(lambda task: task.id),
    "name": _names(lambda task: task.name),
    "tags": _tags(lambda _: ()),
    "state": _STATE,
    "start_time": _times(lambda task: task.start),
    "end_time": _times(lambda task: task.end),
    "expected_start_time": _times(lambda task: task.expected),
    "flow_run_id": _ids(lambda task: task.run.id),
}


def _level(compare: Callable[[int, int], bool]) -> Operator:
    def operator(value: object) -> Test:
        limit = a_whole(value)
        return lambda log: compare(log.level, limit)

    return operator


LOGS: Tree = {
    "flow_run_id": _ids(lambda log: log.flow_run_id),
    "task_run_id": _ids(lambda log: log.task_run_id),
    "level": {"ge_": _level(int.__ge__), "le_": _level(int.__le__)},
    "timestamp": {
        "after_": after(lambda log: log.line.at),
        "before_": before(lambda log: log.line.at),
    },
}

_COMMON: Mapping[str, Order] = {
    "ID_DESC": (lambda item: item.id, True),
    "EXPECTED_START_TIME_ASC": (lambda item: item.expected, False),
    "EXPECTED_START_TIME_DESC": (lambda item: item.expected, True),
    "NAME_ASC": (lambda item: item.name, False),
    "NAME_DESC": (lambda item: item.name, True),
    "NEXT_SCHEDULED_START_TIME_ASC": (
        lambda item: (item.next_start is None, item.next_start or _NEVER),
        False,
    ),
    "END_TIME_DESC": (lambda item: item.end or _NEVER, True),
}
TASK_RUN_ORDERS = _COMMON
FLOW_RUN_ORDERS: Mapping[str, Order] = {
    **_COMMON,
    "START_TIME_ASC": (lambda run: run.began, False),
    "START_TIME_DESC": (lambda run: run.began, True),
}
FLOW_ORDERS: Mapping[str, Order] = {
    "NAME_ASC": (lambda flow: flow.name, False),
    "NAME_DESC": (lambda flow: flow.name, True),
}
DEPLOYMENT_ORDERS: Mapping[str, Order] = {
    "NAME_ASC": (lambda deployment: deployment.flow.name, False),
    "NAME_DESC": (lambda deployment: deployment.flow.name, True),
}
LOG_ORDERS: Mapping[str, Order] = {
    "TIMESTAMP_ASC": (lambda log: log.line.at, False),
    "TIMESTAMP_DESC": (lambda log: log.line.at, True),
}
