from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from runs_tui.model.errors import NotFound
from runs_tui.model.kin import Relation
from runs_tui.model.lineage import Lineage
from runs_tui.model.plan import Plan
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.engines.prefect_server import TASKS_OF_BOTH
from tests.engines.test_prefect import NOBODY, source_at

if TYPE_CHECKING:
    from tests.engines.prefect_server import PrefectEngine


async def test_a_retried_run_tells_its_attempts_and_what_ran_again(prefect: PrefectEngine) -> None:
    run_id = await asyncio.to_thread(prefect.launch, "fails-in-middle")
    await asyncio.to_thread(prefect.wait_for, run_id, "FAILED")
    async with source_at(prefect.url) as source:
        assert (await source.kin(run_id)).attempts == []
        await source.retry(run_id, RetryMode.FULL)
        waiting = await source.kin(run_id)
        assert [each.number for each in waiting.attempts] == [1, 2]
        assert waiting.attempts[0].state is State.FAILED
        assert waiting.attempts[1].state.active
        await asyncio.to_thread(prefect.wait_for, run_id, "FAILED")
        await asyncio.to_thread(prefect.wait_for_tasks, run_id, TASKS_OF_BOTH)
        run, kin = await source.run(run_id), await source.kin(run_id)
        plan = Plan.of(await source.steps(run_id))
    first, second = kin.attempts
    assert (first.state, second.state) == (State.FAILED, State.FAILED)
    assert first.reason == second.reason == run.error
    assert first.started_at
    assert first.finished_at
    assert second.asked_at
    assert second.started_at
    assert first.started_at < first.finished_at <= second.asked_at <= second.started_at
    assert kin.relatives == []
    assert kin.whole
    rows = Lineage.of(run, (), lambda _: None, {run_id: kin}, {run_id: plan}, {}).rows
    assert [(row.number, row.final) for row in rows] == [(None, False), (1, False), (2, True)]
    effort = rows[-1].effort
    assert effort is not None
    assert (effort.ran, effort.kept, effort.total) == (2, 0, 3)


def start_subflow(prefect: PrefectEngine, parent: str) -> str:
    """Make a run of a flow that has a place among the tasks of another one, and give its id."""
    unique = str(uuid.uuid4())
    place: dict[str, Any] = prefect.api.post(
        "/task_runs/",
        {"flow_run_id": parent, "task_key": unique, "dynamic_key": unique, "name": "subflow"},
    )
    flow = prefect.api.post("/flows/", {"name": "subflow"})["id"]
    child: str = prefect.api.post(
        "/flow_runs/",
        {"flow_id": flow, "parent_task_run_id": place["id"], "state": {"type": "RUNNING"}},
    )["id"]
    return child


async def test_a_subflow_and_its_parent_name_each_other(prefect: PrefectEngine) -> None:
    parent = await asyncio.to_thread(prefect.launch, "diamond")
    await asyncio.to_thread(prefect.wait_for, parent, "COMPLETED")
    child = await asyncio.to_thread(start_subflow, prefect, parent)
    async with source_at(prefect.url) as source:
        below, above = await source.kin(parent), await source.kin(child)
    assert [(each.run.id, each.relation) for each in below.relatives] == [(child, Relation.CHILD)]
    assert [(each.run.id, each.relation) for each in above.relatives] == [(parent, Relation.PARENT)]
    assert [each.run.workflow_name for each in above.relatives] == ["diamond"]
    await asyncio.to_thread(
        prefect.api.post, f"/flow_runs/{child}/set_state", {"state": {"type": "COMPLETED"}}
    )


async def test_a_run_that_is_not_there_has_no_lineage(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        for run_id in (NOBODY, "nope"):
            with pytest.raises(NotFound):
                await source.kin(run_id)
