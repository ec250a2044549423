"""Events: each state that a flow run or a task run has entered, as the server announces it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.prefect.filters import (
    Operator,
    Test,
    Tree,
    a_list,
    a_text,
    after,
    an_id,
    any_of,
    before,
    one_word,
)
from runs_tui.demo.prefect.flow_runs import FlowRun
from runs_tui.demo.prefect.ledger import Ledger
from runs_tui.demo.prefect.marks import stamp
from runs_tui.demo.prefect.stages import Stage
from runs_tui.demo.prefect.task_runs import TaskRun

FLOW_RUN = "prefect.flow-run."
TASK_RUN = "prefect.task-run."

_TRANSIT = timedelta(milliseconds=12)


@dataclass(frozen=True, slots=True)
class Event:
    """One state entered, and the one before it."""

    run: FlowRun
    task: TaskRun | None
    stage: Stage
    earlier: Stage | None
    run_count: int

    @property
    def owner(self) -> str:
        """The id of the flow run or task run that entered the state."""
        return self.run.id if self.task is None else self.task.id

    @property
    def id(self) -> str:
        """Its id, which is that of the state."""
        return self.stage.id(self.owner)

    @property
    def occurred(self) -> datetime:
        """When the state was entered."""
        return self.stage.at

    @property
    def name(self) -> str:
        """What happened."""
        return f"{FLOW_RUN if self.task is None else TASK_RUN}{self.stage.name}"

    @property
    def resource(self) -> str:
        """What it happened to."""
        return f"{FLOW_RUN if self.task is None else TASK_RUN}{self.owner}"

    @property
    def related(self) -> list[str]:
        """What else it concerns."""
        ids = [f"prefect.flow.{self.run.flow.id}"]
        if self.task is not None:
            ids.append(f"{FLOW_RUN}{self.run.id}")
        if self.run.deployment_id is not None:
            ids.append(f"prefect.deployment.{self.run.deployment_id}")
        return ids


def events_of(ledger: Ledger, run: FlowRun, now: datetime, kinds: Sequence[str]) -> Iterator[Event]:
    """Give the events of one flow run, and of its task runs where these are wanted."""
    if FLOW_RUN in kinds:
        yield from _events(run, None, ledger.stages(run, now))
    if TASK_RUN in kinds:
        for task in ledger.task_runs(run, now):
            yield from _events(run, task, task.stages)


def _events(run: FlowRun, task: TaskRun | None, stages: Sequence[Stage]) -> Iterator[Event]:
    earlier, count = None, 0
    for stage in stages:
        count += stage.type == "RUNNING"
        yield Event(run, task, stage, earlier, count)
        earlier = stage


def event_json(event: Event) -> dict[str, Any]:
    """Give an event as the server sends it."""
    stage, earlier, task = event.stage, event.earlier, event.task
    return {
        "occurred": stamp(stage.at),
        "event": event.name,
        "resource": {
            "prefect.resource.id": event.resource,
            "prefect.resource.name": event.run.name if task is None else task.name,
            "prefect.run-count": str(event.run_count),
            "prefect.state-message": stage.message or "",
            "prefect.state-name": stage.name,
            "prefect.state-timestamp": stage.at.isoformat(timespec="microseconds"),
            "prefect.state-type": stage.type,
        },
        "related": _related(event),
        "payload": {
            "intended": {"from": earlier and earlier.type, "to": stage.type},
            "initial_state": earlier and {"type": earlier.type, "name": earlier.name},
            "validated_state": {"type": stage.type, "name": stage.name},
        },
        "id": event.id,
        "follows": earlier and earlier.id(event.owner),
        "received": stamp(stage.at + _TRANSIT),
    }


def _related(event: Event) -> list[dict[str, str]]:
    run = event.run
    related = [_one("flow", run.flow.id, run.flow.name)]
    if event.task is not None:
        related.insert(0, _one("flow-run", run.id, run.name))
    if run.deployment_id is not None:
        related.append(_one("deployment", run.deployment_id, run.flow.name))
    tags = (
        {"prefect.resource.id": f"prefect.tag.{tag}", "prefect.resource.role": "tag"}
        for tag in run.tags
    )
    return [*related, *tags]


def _one(role: str, owner: str, name: str) -> dict[str, str]:
    return {
        "prefect.resource.id": f"prefect.{role}.{owner}",
        "prefect.resource.role": role,
        "prefect.resource.name": name,
    }


def _prefixed(read: Callable[[Event], list[str]]) -> Operator:
    def operator(value: object) -> Test:
        wanted = tuple(a_text(item) for item in a_list(value))
        return lambda event: any(text.startswith(wanted) for text in read(event))

    return operator


def _among(read: Callable[[Event], list[str]]) -> Operator:
    def operator(value: object) -> Test:
        wanted = {a_text(item) for item in a_list(value)}
        return lambda event: not wanted.isdisjoint(read(event))

    return operator


def _not(operator: Operator) -> Operator:
    def negated(value: object) -> Test:
        test = operator(value)
        return lambda event: not test(event)

    return negated


def _ordered(value: object) -> Test:
    one_word(value, ("ASC", "DESC"))
    return lambda _: True


def _resources(read: Callable[[Event], list[str]]) -> Tree:
    return {"id": _among(read), "id_prefix": _prefixed(read)}


_NAME = _prefixed(lambda event: [event.name]), _among(lambda event: [event.name])

EVENTS: Tree = {
    "occurred": {
        "since": after(lambda event: event.occurred),
        "until": before(lambda event: event.occurred),
    },
    "event": {
        "prefix": _NAME[0],
        "name": _NAME[1],
        "exclude_prefix": _not(_NAME[0]),
        "exclude_name": _not(_NAME[1]),
    },
    "resource": _resources(lambda event: [event.resource]),
    "related": _resources(lambda event: event.related),
    "any_resource": _resources(lambda event: [event.resource, *event.related]),
    "id": {"id": any_of(lambda event: event.id, an_id)},
    "order": _ordered,
}
"""The fields that events can be filtered by."""
