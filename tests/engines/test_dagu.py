from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runs_tui.adapters.dagu.pace import Pace
from runs_tui.model.errors import Conflict, NotFound, Refused, Unsupported
from runs_tui.model.kin import Relation
from runs_tui.model.query import Query
from runs_tui.model.run import Event, RetryMode
from runs_tui.model.state import State
from tests.adapters.sources import every
from tests.engines.dagu_dags import FAN, ITEMS
from tests.engines.dagu_server import ARCHIVED_RUNS, ARCHIVES, ENDED, fill_archives
from tests.engines.dagu_source import LONG, answered, source_at, told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runs_tui.adapters.dagu import Dagu
    from tests.engines.dagu_server import DaguEngine

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def archive(dagu: DaguEngine) -> Mapping[str, str]:
    return fill_archives(dagu, dagu.finished("diamond"))


def ledger(path: Path) -> list[str]:
    return path.read_text().split()


async def failed_run(dagu: DaguEngine, path: Path) -> str:
    run_id = dagu.finished("mended", f"LEDGER={path}")
    assert dagu.label("mended", run_id) == "failed"
    assert ledger(path) == ["extract", "check"]
    return run_id


async def test_every_run_of_a_list_that_dagu_cuts_comes_once(
    dagu: DaguEngine, archive: Mapping[str, str]
) -> None:
    raw = {run["dagRunId"] for run in dagu.get("/dag-runs", fromDate=0)["dagRuns"]}
    assert len(raw) == 1000 < ARCHIVED_RUNS
    async with source_at(dagu.url) as source:
        runs = await every(source)
    ids = [run.id for run in runs]
    assert len(ids) == len(set(ids))
    assert set(archive) < set(ids)
    assert not set(archive) <= raw
    instants = [run.instant for run in runs if run.instant]
    assert instants == sorted(instants, reverse=True)
    assert len(instants) == len(runs)
    document = answered(dagu.url, "list", "--limit", "20")
    assert [run["id"] for run in document["runs"]] == ids[:20]


async def test_filters_find_what_the_runs_are(dagu: DaguEngine, archive: Mapping[str, str]) -> None:
    failed = {run_id for run_id, label in archive.items() if label == "failed"}
    async with source_at(dagu.url) as source:
        everything = await every(source)
        for text in (
            f"state:failed workflow:~{ARCHIVES[0][1:]}",
            "-state:succeeded",
            f"workflow:{ARCHIVES[1]}",
            "created:>4d",
            "created:<4d state:failed",
            "started:<1d",
            f"id:{next(iter(archive))}",
            "duration:<3s workflow:gamma",
        ):
            holds = Query.parse(text).predicate(source.clock.now())
            found = [run.id for run in await every(source, text, limit=100)]
            assert found == [run.id for run in everything if holds(run)], text
            assert found, text
        assert failed <= {run.id for run in await every(source, "state:failed")}
        page = await source.runs(Query.parse(f"workflow:{ARCHIVES[1]}", limit=10))
        assert page.pushed == frozenset(Query.parse(f"workflow:{ARCHIVES[1]}").terms)


async def test_dagu_filters_by_state_only_what_it_has_not_left_out(
    dagu: DaguEngine, archive: Mapping[str, str]
) -> None:
    """This is why states are filtered here; where it fails, Dagu could be asked for them."""
    found = dagu.get("/dag-runs", fromDate=0, status=2)["dagRuns"]
    failed = {run_id for run_id, label in archive.items() if label == "failed"}
    assert len(found) < 1000
    assert not failed <= {run["dagRunId"] for run in found}


async def test_a_run_is_found_by_its_id_alone(dagu: DaguEngine, archive: Mapping[str, str]) -> None:
    oldest, made = list(archive)[-1], dagu.finished("fan")
    dagu.client.post("/dags/fan/start", json={"dagRunId": "by-hand"}).raise_for_status()
    dagu.wait_for("fan", "by-hand", *ENDED)
    async with source_at(dagu.url) as source:
        assert (await source.run(oldest)).workflow_name == ARCHIVES[-1]
    async with source_at(dagu.url) as source:
        before = dagu.asked()
        assert (await source.run(made)).workflow_name == "fan"
        assert dagu.asked() - before == 2
        (run,) = [run for run in await every(source, "workflow:fan") if "by-hand" in run.id]
        assert (await source.run(run.id)).key == run.key
        assert source.run_id_of(run.url or "") == run.id
        with pytest.raises(NotFound):
            await source.run(NOBODY)


async def test_steps_form_the_tree_that_dagu_ran(dagu: DaguEngine) -> None:
    async with source_at(dagu.url) as source:
        diamond = {s.key: s for s in await source.steps(dagu.finished("diamond"))}
        fan = await source.steps(dagu.finished("fan"))
    assert {key: step.depends_on for key, step in diamond.items()} == {
        "extract": (),
        "left": ("extract",),
        "right": ("extract",),
        "join": ("left", "right"),
    }
    assert all(step.state is State.SUCCEEDED and step.started_at for step in diamond.values())
    assert len([step for step in fan if step.depends_on == ("make",)]) == FAN


async def test_a_failure_in_the_middle_skips_what_follows_and_runs_its_handlers(
    dagu: DaguEngine, tmp_path: Path
) -> None:
    run_id = await failed_run(dagu, tmp_path / "ledger")
    async with source_at(dagu.url) as source:
        run = await source.run(run_id)
        steps = {step.key: step for step in await source.steps(run_id)}
    assert (run.state, run.error) == (
        State.FAILED,
        "check: exit status 1: about to fail [red]x[/red]",
    )
    assert {key: step.state for key, step in steps.items()} == {
        "extract": State.SUCCEEDED,
        "check": State.FAILED,
        "load": State.SKIPPED,
        "onFailure": State.SUCCEEDED,
        "onExit": State.SUCCEEDED,
    }
    assert run.details["params"] == f"LEDGER={tmp_path / 'ledger'}"


async def test_sub_dag_runs_are_children(dagu: DaguEngine) -> None:
    run_id = dagu.launch("parent")
    dagu.wait_for("parent", run_id, "running")
    async with source_at(dagu.url) as source:
        live = await source.steps(run_id)
        assert any(step.state.active for step in live)
        dagu.wait_for("parent", run_id, *ENDED)
        steps = {step.name: step for step in await source.steps(run_id)}
        kin = await source.kin(run_id)
        assert {each.relation for each in kin.relatives} == {Relation.CHILD}
        assert len(kin.relatives) == len(ITEMS) + 1
        for item in ITEMS:
            child = await source.run(steps[f"children[{item}]"].child_run or "")
            assert (child.workflow_name, child.state) == ("child", State.SUCCEEDED)
            (parent,) = (await source.kin(child.id)).relatives
            assert (parent.run.id, parent.relation) == (run_id, Relation.PARENT)
        alone = steps["single"].child_run or ""
        assert [step.key for step in await source.steps(alone)] == ["work"]
        with pytest.raises(Unsupported):
            await source.cancel(alone)
        assert source.objection("retry", await source.run(alone))
    raw = dagu.get(f"/dag-runs/parent/{run_id}/sub-dag-runs")["subRuns"]
    assert {each["dagRunId"] for each in raw} == {
        each.run.id.rpartition("/")[2] for each in kin.relatives
    }


async def test_children_have_children_of_their_own(dagu: DaguEngine) -> None:
    run_id = dagu.finished("grandparent")
    async with source_at(dagu.url) as source:
        (down,) = await source.steps(run_id)
        child = down.child_run or ""
        kin = {each.run.id: each.relation for each in (await source.kin(child)).relatives}
        assert kin.pop(run_id) is Relation.PARENT
        assert set(kin.values()) == {Relation.CHILD}
        assert len(kin) == len(ITEMS) + 1
        for each in kin:
            (parent,) = (await source.kin(each)).relatives
            assert parent.run.id == child


async def test_a_run_that_succeeded_in_part_says_so(dagu: DaguEngine) -> None:
    run_id = dagu.finished("partial")
    assert dagu.label("partial", run_id) == "partially_succeeded"
    async with source_at(dagu.url) as source:
        run = await source.run(run_id)
        assert (run.state, run.reason) == (State.SUCCEEDED, "partially succeeded")
        states = {step.key: step.state for step in await source.steps(run_id)}
        assert states == {
            "bad": State.FAILED,
            "odd name/with a slash": State.SUCCEEDED,
            "never": State.SKIPPED,
        }
        events = await told(source, run_id)
    said = [e.message for e in events if isinstance(e, Event) and "stream" in e.details]
    assert said == ["oops", "a", "", "red", "b"]


async def test_a_run_that_is_cancelled_is_stopped(dagu: DaguEngine) -> None:
    run_id = dagu.launch("ticker")
    dagu.wait_for_steps("ticker", run_id, "tick", "tock")
    async with source_at(dagu.url) as source:
        await source.cancel(run_id)
        raw = dagu.wait_for("ticker", run_id, "aborted")
        assert [node["statusLabel"] for node in raw["nodes"][:2]] == ["aborted", "aborted"]
        assert raw["nodes"][2]["startedAt"] == ""
        assert (await source.run(run_id)).state is State.CANCELLED
        steps = {step.key: step.state for step in await source.steps(run_id)}
        assert steps == {
            "tick": State.CANCELLED,
            "tock": State.CANCELLED,
            "after": State.SKIPPED,
        }
        with pytest.raises(Conflict):
            await source.cancel(run_id)


async def test_a_queued_run_is_taken_from_the_queue(dagu: DaguEngine) -> None:
    first = dagu.launch("ticker")
    dagu.wait_for_steps("ticker", first, "tick", "tock")
    queued = dagu.client.post("/dags/ticker/enqueue", json={}).raise_for_status().json()["dagRunId"]
    dagu.wait_for("ticker", queued, "queued")
    async with source_at(dagu.url) as source:
        run = await source.run(queued)
        assert (run.state, run.started_at) == (State.QUEUED, None)
        assert source.caution("cancel", run)
        assert (await source.cancel(queued)).state is State.CANCELLED
        assert dagu.client.get(f"/dag-runs/ticker/{queued}").status_code == 404
        await source.cancel(first)
    dagu.wait_for("ticker", first, "aborted")


async def test_a_retry_runs_what_failed_and_what_follows(dagu: DaguEngine, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    run_id = await failed_run(dagu, path)
    (tmp_path / "ledger.mended").touch()
    async with source_at(dagu.url) as source:
        again = await source.retry(run_id, RetryMode.FAILED)
        assert again.id == run_id
        dagu.wait_for("mended", run_id, "succeeded")
        assert ledger(path) == ["extract", "check", "check", "load"]
        assert (await source.run(run_id)).state is State.SUCCEEDED
        with pytest.raises(Conflict, match="nothing of it has failed"):
            await source.retry(run_id, RetryMode.FAILED)


async def test_a_retry_of_one_step_runs_that_alone(dagu: DaguEngine, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    run_id = await failed_run(dagu, path)
    async with source_at(dagu.url) as source:
        with pytest.raises(Refused):
            await source.retry(run_id, RetryMode.STEP, "no-such-step")
        again = await source.retry(run_id, RetryMode.STEP, "extract")
        assert again.id == run_id
        dagu.server.wait_until(lambda: len(ledger(path)) > 2, "the step has run", 20)
        dagu.wait_for("mended", run_id, *ENDED)
    assert ledger(path) == ["extract", "check", "extract"]


async def test_a_full_retry_is_a_new_run_of_all_steps(dagu: DaguEngine, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    run_id = await failed_run(dagu, path)
    async with source_at(dagu.url) as source:
        again = await source.retry(run_id, RetryMode.FULL)
        assert again.id != run_id
        assert (again.retry_of, "retry_of" in again.derived) == (run_id, True)
        raw = dagu.wait_for("mended", again.id, "failed")
        assert raw["params"] == f"LEDGER={path}"
        (relative,) = (await source.kin(run_id)).relatives
        assert (relative.run.id, relative.relation) == (again.id, Relation.ATTEMPT)
    assert ledger(path) == ["extract", "check", "extract", "check"]


async def test_a_run_that_goes_on_is_not_retried(dagu: DaguEngine) -> None:
    run_id = dagu.launch("ticker")
    dagu.wait_for_steps("ticker", run_id, "tick", "tock")
    async with source_at(dagu.url) as source:
        for mode in RetryMode:
            with pytest.raises(Conflict):
                await source.retry(run_id, mode, "tick")
        await source.cancel(run_id)
    dagu.wait_for("ticker", run_id, "aborted")


async def test_opening_a_run_costs_four_requests(dagu: DaguEngine, tmp_path: Path) -> None:
    made = dagu.finished("fan"), await failed_run(dagu, tmp_path / "ledger")
    parent = dagu.finished("parent")
    async with source_at(dagu.url, eager=False) as source:
        source.pace = Pace(linger=LONG)  # however long it takes, it is opened in one go
        await source.runs(Query())
        for run_id in (*made, parent):
            assert await opened(dagu, source, run_id) <= 4


async def opened(dagu: DaguEngine, source: Dagu, run_id: str) -> int:
    before = dagu.asked()
    await source.run(run_id)
    await source.steps(run_id)
    assert (await source.last_events(run_id)).events
    return dagu.asked() - before


def test_a_run_is_shown_and_its_log_is_told_on_the_command_line(
    dagu: DaguEngine, tmp_path: Path
) -> None:
    run_id = dagu.finished("diamond")
    shown = answered(dagu.url, "show", run_id)
    assert shown["run"]["state"] == "succeeded"
    assert [step["key"] for step in shown["steps"]] == ["extract", "left", "right", "join"]
