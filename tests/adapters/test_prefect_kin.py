import asyncio
import json
from typing import Any

import pytest

from runs_tui.adapters.prefect.tries import attempts_of
from runs_tui.adapters.prefect.wire import WireState
from runs_tui.model.kin import Relation
from runs_tui.model.state import State
from tests.adapters.prefect_world import prefect
from tests.adapters.sources import closing
from tests.transport.script import Asked, reply, serving

PARENT, CHILD, SHOWN, PLACE, FLOW = (
    f"00000000-0000-4000-8000-00000000000{digit}" for digit in "12345"
)


def states(*told: str) -> list[WireState]:
    """Give a history from words such as `RUNNING`, `FAILED:why` or `SCHEDULED/AwaitingRetry`."""
    found = []
    for minute, text in enumerate(told):
        word, _, message = text.partition(":")
        kind, _, name = word.partition("/")
        found.append(
            WireState.model_validate(
                {
                    "id": str(minute),
                    "type": kind,
                    "name": name or kind.title(),
                    "message": message or None,
                    "timestamp": f"2026-06-02T12:{minute:02}:00Z",
                }
            )
        )
    return found


def test_a_run_that_ran_once_has_no_attempts() -> None:
    assert attempts_of([]) == []
    assert attempts_of(states("SCHEDULED", "PENDING", "RUNNING", "FAILED")) == []
    assert attempts_of(states("SCHEDULED", "SCHEDULED/Late", "PENDING")) == []
    resumed = ("RUNNING", "PAUSED/Suspended", "SCHEDULED/Resuming", "RUNNING", "COMPLETED")
    assert attempts_of(states(*resumed)) == []


def test_a_retry_by_a_person_begins_an_attempt() -> None:
    first, second = attempts_of(
        states("SCHEDULED", "RUNNING", "FAILED:it broke", "SCHEDULED/AwaitingRetry", "RUNNING")
    )
    assert (first.state, first.status, first.reason) == (State.FAILED, "Failed", "it broke")
    assert first.derived == frozenset()
    assert first.started_at
    assert first.finished_at
    assert (first.finished_at - first.started_at).total_seconds() == 60
    assert (second.number, second.state, second.finished_at) == (2, State.RUNNING, None)
    assert second.asked_at
    assert (second.asked_at - first.finished_at).total_seconds() == 60


def test_a_flow_that_repeats_itself_never_tells_that_it_failed() -> None:
    told = ("RUNNING", "SCHEDULED/AwaitingRetry:Flow run encountered an exception: no", "RUNNING")
    first, second = attempts_of(states(*told, "COMPLETED"))
    assert (first.state, first.reason) == (State.FAILED, "no")
    assert first.derived == {"state", "finished_at"}
    assert first.finished_at == second.asked_at
    assert second.state is State.SUCCEEDED


def test_a_retry_that_waits_is_an_attempt_already() -> None:
    attempts = attempts_of(states("RUNNING", "COMPLETED", "SCHEDULED/AwaitingRetry", "PENDING"))
    assert [each.state for each in attempts] == [State.SUCCEEDED, State.QUEUED]
    assert attempts[1].started_at is None


def flow_run(run_id: str, **more: Any) -> dict[str, Any]:
    told = {"id": run_id, "flow_id": FLOW, "state_type": "COMPLETED", "run_count": 1}
    return {**told, "name": "a\x1b[31mb", **more}


@pytest.mark.parametrize("children", [1, 200])
async def test_a_subflow_names_its_parent_and_the_parent_its_subflows(children: int) -> None:
    bodies: list[dict[str, Any]] = []

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path.endswith(f"/flow_runs/{SHOWN}"):
            found: Any = flow_run(SHOWN, parent_task_run_id=PLACE)
        elif asked.path.endswith("/flows/filter"):
            found = [{"id": FLOW, "name": "etl"}]
        else:
            body = json.loads(asked.body)
            bodies.append(body)
            above = body.get("task_runs", {}).get("id", {}).get("any_") == [PLACE]
            below = [flow_run(f"{CHILD[:-4]}{number + 1000}") for number in range(children)]
            found = [flow_run(PARENT)] if above else below
        writer.write(reply(200, json.dumps(found)))

    async with serving(answer) as script, closing(prefect(f"{script.url}/api")) as source:
        kin = await source.kin(SHOWN)
    assert kin.relatives[0].relation is Relation.PARENT
    assert kin.relatives[0].run.id == PARENT
    assert kin.relatives[0].run.workflow_name == "etl"
    assert [each.relation for each in kin.relatives[1:]] == [Relation.CHILD] * children
    assert {each.run.name for each in kin.relatives} == {"ab"}
    assert kin.whole == (children < 200)
    assert {"parent_flow_run_id": {"any_": [SHOWN]}} in [b.get("flow_runs") for b in bodies]
