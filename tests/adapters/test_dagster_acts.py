import json
from typing import Any

import pytest

from runs_tui.adapters.acts import act
from runs_tui.demo.dagster.naming import StepKeys
from runs_tui.demo.faults import Fault
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import BadAnswer, Conflict, Refused, Unauthorized, Unreachable
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.adapters.dagster_world import Demo, demo


def running(run: WorldRun) -> bool:
    return run.state is State.RUNNING


def failed(run: WorldRun) -> bool:
    return run.state is State.FAILED


def policies(seen: Demo) -> list[str]:
    return [values["policy"] for values in seen.sent("Terminate")]


async def test_a_running_run_is_asked_to_end_and_read_again() -> None:
    async with demo() as seen:
        run = seen.one(running)
        told = await seen.source.cancel(run.id)
        assert (told.state, told.status) == (State.RUNNING, "CANCELING")
        assert policies(seen) == ["SAFE_TERMINATE"]


async def test_a_run_that_hangs_in_being_cancelled_is_marked_the_second_time() -> None:
    async with demo() as seen:
        run = seen.one(running)
        told = await seen.source.cancel(run.id)
        assert seen.source.caution("cancel", told) is not None
        await seen.source.cancel(run.id)
        assert policies(seen) == ["SAFE_TERMINATE", "MARK_AS_CANCELED_IMMEDIATELY"]


async def test_a_run_whose_process_cannot_be_reached_is_marked_when_it_is_asked_again() -> None:
    async with demo(stubborn=True) as seen:
        run = seen.one(running)
        with pytest.raises(Conflict, match="Unable to terminate run") as caught:
            await seen.source.cancel(run.id)
        assert caught.value.hint.startswith("cancel it again to mark it")
        assert policies(seen) == ["SAFE_TERMINATE"]
        assert (await seen.source.cancel(run.id)).status == "CANCELING"
        assert policies(seen) == ["SAFE_TERMINATE", "MARK_AS_CANCELED_IMMEDIATELY"]


async def test_a_suspended_run_is_marked() -> None:
    async with demo() as seen:
        run = seen.one(lambda run: run.state is State.WAITING)
        assert (await seen.source.run(run.id)).status == "SUSPENDED"
        await seen.source.cancel(run.id)
        assert policies(seen) == ["MARK_AS_CANCELED_IMMEDIATELY"]


async def test_what_nobody_may_do_is_told_before_and_after() -> None:
    async with demo(permits=False) as seen:
        run, other = seen.one(running), seen.one(failed)
        told = await seen.source.run(run.id)
        assert seen.source.objection("cancel", told) == "the server does not permit it"
        again = await seen.source.run(other.id)
        assert seen.source.objection("retry", again) == "the server does not permit it"
        with pytest.raises(Unauthorized, match="do not have permission to terminate"):
            await seen.source.cancel(run.id)
        with pytest.raises(Unauthorized, match="Authorization failed"):
            await seen.source.retry(other.id, RetryMode.FULL)


async def test_a_retry_names_its_run_and_its_way() -> None:
    async with demo() as seen:
        run = seen.one(failed)
        whole = await seen.source.retry(run.id, RetryMode.FULL)
        part = await seen.source.retry(run.id, RetryMode.FAILED)
        assert [values["run"] for values in seen.sent("Reexecute")] == [
            {"parentRunId": run.id, "strategy": "ALL_STEPS"},
            {"parentRunId": run.id, "strategy": "FROM_FAILURE"},
        ]
        assert whole.retry_of == part.retry_of == run.id
        assert whole.id != part.id
        assert len(await seen.source.steps(part.id)) <= len(await seen.source.steps(whole.id))


async def test_a_retry_from_a_step_repeats_what_comes_after_with_all_else_as_it_was() -> None:
    async with demo() as seen:
        run = seen.one(
            lambda run: run.state is State.SUCCEEDED and run.workflow.name == "product-images"
        )
        before = await seen.source.run(run.id)
        again = await seen.source.retry(run.id, RetryMode.STEP, "resize-image[7]")
        (values,) = seen.sent("ReexecuteSteps")
        told = values["run"]
        assert set(told["stepKeys"]) == {"resize-image[7]", "publish_manifest"}
        assert told["selector"] == {
            "repositoryLocationName": "demo",
            "repositoryName": "__repository__",
            "jobName": "product-images",
        }
        assert told["runConfigData"] == before.details["runConfig"]
        tags = {tag["key"]: tag["value"] for tag in told["executionMetadata"]["tags"]}
        assert tags["dagster/parent_run_id"] == tags["dagster/root_run_id"] == run.id
        assert tags.items() >= before.details["tags"].items()
        assert again.retry_of == run.id


async def test_the_tags_of_one_run_alone_are_not_given_to_another() -> None:
    async with demo() as seen:
        run = seen.one(failed)
        keys = StepKeys(run.workflow.steps)
        await seen.source.retry(run.id, RetryMode.STEP, keys.of(run.workflow.steps[0].key))
        (values,) = seen.sent("ReexecuteSteps")
        keys_told = {tag["key"] for tag in values["run"]["executionMetadata"]["tags"]}
        assert "dagster/failure_reason" in (await seen.source.run(run.id)).details["tags"]
        assert "dagster/failure_reason" not in keys_told


async def test_nothing_is_sent_where_nothing_failed() -> None:
    async with demo() as seen:
        run = seen.one(lambda run: run.state is State.SUCCEEDED)
        with pytest.raises(Conflict, match="nothing of it failed: it is succeeded"):
            await seen.source.retry(run.id, RetryMode.FAILED)
        with pytest.raises(Refused, match="the run has no step nobody"):
            await seen.source.retry(run.id, RetryMode.STEP, "nobody")
        assert "Reexecute" not in {name[:9] for name in seen.asked()}


async def test_a_failure_of_the_server_at_a_write_is_told_and_not_tried_again() -> None:
    async with demo() as seen:
        run = seen.one(running)
        body = (
            b'{"data":{"terminateRun":{"__typename":"PythonError","message":"x.y.BadError: no"}}}'
        )
        seen.faults.add(Fault(path="op=Terminate", status=500, body=body, times=None))
        with pytest.raises(Refused, match=r"^refused: no$"):
            await seen.source.cancel(run.id)
        seen.faults.clear()
        seen.faults.add(Fault(path="op=Terminate", status=500, times=None))
        with pytest.raises(Unreachable):
            await seen.source.cancel(run.id)
        assert len(seen.sent("Terminate")) == 2


NO_RIGHT = "Cannot return null for non-nullable field Run.hasTerminatePermission."
ANSWERED = {"launchRunReexecution": {"__typename": "LaunchRunSuccess", "run": None}}


@pytest.mark.parametrize("data", [None, ANSWERED])
async def test_a_run_that_was_started_but_is_not_told_is_not_said_to_be_refused(data: Any) -> None:
    path = ["launchRunReexecution", "run", "hasTerminatePermission"]
    body = json.dumps({"data": data, "errors": [{"message": NO_RIGHT, "path": path}]}).encode()
    async with demo() as seen:
        run = seen.one(failed)
        seen.faults.add(Fault(path="op=Reexecute", status=200, body=body))
        outcome = await act(seen.source, "retry", run.id, mode=RetryMode.FULL)
        assert isinstance(outcome.error, BadAnswer)
        assert "another may have been started" in outcome.error.detail
        assert len(seen.sent("Reexecute")) == 1


async def test_the_lineage_goes_over_several_repetitions() -> None:
    async with demo() as seen:
        run = seen.one(failed)
        first = await seen.source.retry(run.id, RetryMode.FULL)
        seen.clock.skip(7200)
        second = await seen.source.retry(first.id, RetryMode.FULL)
        kin = await seen.source.kin(second.id)
        assert {each.run.id for each in kin.relatives} >= {run.id, first.id}
        assert second.details["rootRunId"] == run.id
        assert second.retry_of == first.id
