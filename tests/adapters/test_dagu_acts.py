import asyncio
import json

import pytest

from runs_tui.adapters.acts import act
from runs_tui.adapters.base import Stretch
from runs_tui.demo.faults import Fault
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import BadAnswer, Conflict, Refused, Unsupported
from runs_tui.model.kin import Relation
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.adapters.dagu_world import Place, captured, served, source_at
from tests.adapters.sources import closing
from tests.transport.script import Asked, reply, serving


def first(place: Place, state: State) -> WorldRun:
    return next(run for run in place.world.runs(place.clock.now()) if run.state is state)


def calling(place: Place, kind: str, state: State = State.SUCCEEDED) -> tuple[WorldRun, str]:
    """Give a run with a step of a kind, which starts runs, and the key of the step."""
    now = place.clock.now()
    for run in place.world.runs(now):
        for step in place.world.steps(run.id, now):
            if step.kind == kind and step.state is state:
                return run, step.key
    raise AssertionError("no step starts runs")


async def test_a_retry_says_which_run_it_means() -> None:
    """Without that the server fails, and without a step it runs all that failed."""
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.FAILED)
        await source.retry(run.id, RetryMode.FAILED)
        (asked,) = place.asked("/retry")
        assert json.loads(asked.body) == {"dagRunId": run.id}


async def test_a_retry_of_a_step_names_it() -> None:
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.FAILED)
        step = run.workflow.steps[0].key
        await source.retry(run.id, RetryMode.STEP, step)
        (asked,) = place.asked("/retry")
        assert json.loads(asked.body) == {"dagRunId": run.id, "stepName": step}


async def test_a_step_that_is_not_there_is_never_sent() -> None:
    """The server would take it, and do nothing."""
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.FAILED)
        with pytest.raises(Refused, match="no step 'nowhere'"):
            await source.retry(run.id, RetryMode.STEP, "nowhere")
        assert place.asked("/retry") == []


async def test_a_run_that_goes_on_is_never_sent_a_retry() -> None:
    """The server would take that too."""
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.RUNNING)
        for mode in RetryMode:
            with pytest.raises(Conflict, match="still running"):
                await source.retry(run.id, mode, run.workflow.steps[0].key)
        assert place.asked("/retry") == place.asked("/reschedule") == []


async def test_nothing_of_a_run_that_did_well_is_run_again_but_all_of_it() -> None:
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.SUCCEEDED)
        with pytest.raises(Conflict, match="nothing of it has failed"):
            await source.retry(run.id, RetryMode.FAILED)
        again = await source.retry(run.id, RetryMode.FULL)
        assert (again.id != run.id, again.active) == (True, True)
        assert (again.retry_of, "retry_of" in again.derived) == (run.id, True)


async def test_a_full_retry_and_its_origin_know_each_other() -> None:
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.FAILED)
        again = await source.retry(run.id, RetryMode.FULL)
        for one, other in ((run.id, again.id), (again.id, run.id)):
            attempts = [
                each.run.id
                for each in (await source.kin(one)).relatives
                if each.relation is Relation.ATTEMPT
            ]
            assert attempts == [other]


async def test_the_log_of_a_run_that_goes_on_again_begins_anew_where_it_runs() -> None:
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.FAILED)
        before = ids(await source.last_events(run.id))
        await source.retry(run.id, RetryMode.FAILED)
        place.clock.skip(3600)
        after = ids(await source.last_events(run.id))
        assert {each for each in before & after if not each.startswith("r-")} <= {"ended"}


def ids(told: Stretch) -> set[str]:
    return {event.id or "" for event in told.events}


async def test_a_run_that_a_step_started_has_its_own_place() -> None:
    async with served() as place, closing(place.source()) as source:
        run, key = calling(place, "report")
        steps = {step.key: step for step in await source.steps(run.id)}
        child = await source.run(steps[key].child_run or "")
        assert child.id.startswith(f"{run.id}/")
        assert (child.workflow_name, child.state) == ("report-job", State.SUCCEEDED)
        (parent,) = (await source.kin(child.id)).relatives
        assert (parent.run.id, parent.relation) == (run.id, Relation.PARENT)
        children = {each.run.id for each in (await source.kin(run.id)).relatives}
        assert child.id in children
        assert [step.key for step in await source.steps(child.id)] == ["work"]
        assert (await source.last_events(child.id)).events


async def test_runs_that_one_step_started_are_asked_about_where_they_differ() -> None:
    async with served(runs=600) as place, closing(place.source()) as source:
        run, key = calling(place, "sync", State.FAILED)
        steps = [step for step in await source.steps(run.id) if step.depends_on == (key,)]
        wide = [step for step in steps if step.child_run]
        assert [step.state for step in wide] == [State.SUCCEEDED, State.FAILED, State.SUCCEEDED]
        assert all(not step.derived for step in wide)
        assert len(place.asked("/sub-dag-runs")) == 1
        place.faults.requests.clear()
        run, key = calling(place, "sync")
        steps = [step for step in await source.steps(run.id) if step.depends_on == (key,)]
        assert {step.state for step in steps if step.child_run} == {State.SUCCEEDED}
        assert place.asked("/sub-dag-runs") == []


async def test_a_run_that_a_step_started_is_neither_stopped_nor_retried_alone() -> None:
    async with served() as place, closing(place.source()) as source:
        run, key = calling(place, "report")
        steps = {step.key: step for step in await source.steps(run.id)}
        child = await source.run(steps[key].child_run or "")
        with pytest.raises(Unsupported, match="part of the run"):
            await source.cancel(child.id)
        with pytest.raises(Unsupported, match="part of the run"):
            await source.retry(child.id, RetryMode.FULL)
        assert "part of the run" in (source.objection("retry", child) or "")
        outcome = await act(source, "retry", child.id)
        assert not outcome.ok
        assert not [request for request in place.asked() if request.method == "POST"]


async def test_an_answer_that_is_lost_is_looked_after() -> None:
    async with served() as place, closing(place.source()) as source:
        run = first(place, State.FAILED)
        place.faults.add(Fault(path="/retry", swallow=True))
        outcome = await act(source, "retry", run.id, mode=RetryMode.FAILED)
        assert outcome.ok
        assert outcome.run is not None
        assert outcome.run.active
        assert len(place.asked("/retry")) == 1


async def test_a_new_run_that_does_not_show_is_not_told_as_if_nothing_was_started() -> None:
    run = captured("run_failed")
    details = run["dagRunDetails"]
    missing = reply(404, json.dumps({"code": "not_found", "message": "dag-run ID not found"}))

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        told = {"POST": {"dagRunId": "late"}, "GET": run}[asked.method]
        writer.write(missing if asked.path.endswith("late") else reply(200, json.dumps(told)))

    async with serving(answer) as script, closing(source_at(script.url)) as source:
        with pytest.raises(BadAnswer, match=r"started again as .*late"):
            await source.retry(f"{details['name']}/{details['dagRunId']}", RetryMode.FULL)
        assert [each.method for each in script.asked].count("POST") == 1
