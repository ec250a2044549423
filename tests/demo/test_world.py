from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from runs_tui.demo.catalogue import recipes
from runs_tui.demo.hostile import TEXTS
from runs_tui.demo.timeline import descendants
from runs_tui.demo.world import Finished, World, WorldRun, WorldStep
from runs_tui.model.state import State

EPOCH = datetime(2026, 6, 2, 9, 13, 0, 250_000, tzinfo=UTC)


def after(**passed: float) -> datetime:
    return EPOCH + timedelta(**passed)


@pytest.fixture(scope="module")
def seen() -> World:
    """A world that no test commands."""
    return World(epoch=EPOCH)


@pytest.fixture
def world() -> World:
    return World(epoch=EPOCH, runs=1200)


def first(world: World, now: datetime, *states: State, steps: int = 1) -> WorldRun:
    return next(
        run
        for run in world.runs(now)
        if run.state in states and len(run.workflow.steps) >= steps and run.attempt == 1
    )


def by_key(steps: Sequence[WorldStep]) -> dict[str, WorldStep]:
    return {step.key: step for step in steps}


def ends(world: World, run_id: str, now: datetime) -> WorldRun:
    """Give the run once it is over."""
    for minutes in range(0, 6 * 60, 5):
        run = world.run(run_id, now + timedelta(minutes=minutes))
        assert run is not None
        if run.state.terminal:
            return run
    raise AssertionError("the run never ends")


def test_equal_worlds_give_equal_answers() -> None:
    one, other = World(epoch=EPOCH, runs=300), World(epoch=EPOCH, runs=300)
    now = after(minutes=47)
    other.runs(after(hours=3))
    other.runs(after(minutes=2))
    assert list(one.runs(now)) == list(other.runs(now))
    for run in one.runs(now)[:40]:
        assert one.steps(run.id, now) == other.steps(run.id, now)
        assert one.lines(run.id, now) == other.lines(run.id, now)


def test_equal_commands_give_equal_answers() -> None:
    worlds = [World(epoch=EPOCH, runs=300) for _ in range(2)]
    answers = []
    for world in worlds:
        active = first(world, EPOCH, State.RUNNING)
        failed = first(world, EPOCH, State.FAILED)
        world.cancel(active.id, after(seconds=1))
        world.retry(failed.id, after(seconds=2), as_new=True)
        world.retry(failed.id, after(seconds=3), as_new=True)
        answers.append(list(world.runs(after(minutes=10))))
    assert answers[0] == answers[1]


def test_another_seed_is_another_world() -> None:
    one, other = World(epoch=EPOCH, seed=1, runs=100), World(epoch=EPOCH, seed=2, runs=100)
    assert {run.id for run in one.runs(EPOCH)}.isdisjoint(run.id for run in other.runs(EPOCH))
    assert {each.name for each in one.workflows} != {each.name for each in other.workflows}


@pytest.mark.parametrize("runs", [100, 700, 5000])
def test_so_many_runs_lie_before_the_epoch(runs: int) -> None:
    assert len(World(epoch=EPOCH, runs=runs).runs(EPOCH - timedelta(microseconds=1))) == runs


def test_runs_are_sorted_and_unique(seen: World) -> None:
    runs = seen.runs(after(hours=1))
    created = [run.created for run in runs]
    assert created == sorted(created, reverse=True)
    assert len({run.id for run in runs}) == len(runs)
    assert all(str(UUID(run.id)) == run.id for run in runs[:50])


def test_runs_are_a_sequence(seen: World) -> None:
    runs = seen.runs(EPOCH)
    every = list(runs)
    assert [runs[0], runs[1], runs[-1]] == [every[0], every[1], every[-1]]
    assert runs[10:20] == every[10:20]
    assert runs[-3:] == every[-3:]
    with pytest.raises(IndexError):
        runs[len(runs)]
    with pytest.raises(IndexError):
        runs[-len(runs) - 1]


@pytest.mark.parametrize("seed", [1, 7, 8, 99, 31_337])
def test_enough_is_active_at_any_time(seed: int) -> None:
    world = World(epoch=EPOCH, seed=seed, runs=400)
    for minutes in range(0, 8 * 60, 11):
        now = after(minutes=minutes, seconds=minutes)
        states = Counter(run.state for run in world.runs(now)[:500])
        assert sum(states[state] for state in State if state.active) >= 12, minutes
        assert states[State.QUEUED] >= 1, minutes
        assert states[State.WAITING] >= 1, minutes


def test_runs_keep_arriving(seen: World) -> None:
    late = [run.created for run in seen.runs(after(hours=2)) if run.created > after(hours=1)]
    gaps = [(newer - older).total_seconds() for newer, older in pairwise(late)]
    assert max(gaps) < 90
    assert 2 < sum(gaps) / len(gaps) < 30


def test_nothing_lies_in_the_future_at_any_speed() -> None:
    for speed in (0.5, 1.0, 60.0):
        world = World(epoch=EPOCH, runs=200, speed=speed)
        for seconds in (0.0, 0.000_001, 3.3, 171.7):
            now = after(seconds=seconds)
            for run in world.runs(now)[:80]:
                moments = [run.created, run.started, run.finished, run.updated]
                moments += [step.started for step in world.steps(run.id, now)]
                moments += [line.at for line in world.lines(run.id, now)[-3:]]
                assert all(moment <= now for moment in moments if moment), (speed, seconds)


def test_times_of_a_run_are_in_order_and_aware(seen: World) -> None:
    for run in seen.runs(EPOCH)[:500]:
        moments = [run.created, run.started or run.created, run.finished or EPOCH, EPOCH]
        assert moments == sorted(moments)
        assert all(moment.tzinfo is UTC for moment in moments)
        assert (run.finished is not None) == run.state.terminal
        assert run.finished is None or run.updated == run.finished


def test_states_only_go_forward(seen: World) -> None:
    order = {State.QUEUED: 0, State.RUNNING: 1, State.WAITING: 1}
    watched = [run.id for run in seen.runs(after(minutes=5))[:60]]
    for run_id in watched:
        ranks: list[tuple[int, int]] = []
        for seconds in range(300, 4000, 23):
            run = seen.run(run_id, after(seconds=seconds))
            assert run is not None
            ranks.append((run.attempt, order.get(run.state, 2)))
        assert ranks == sorted(ranks)


def test_a_run_is_unknown_before_it_is_created(seen: World) -> None:
    newest = seen.runs(after(minutes=1))[0]
    assert seen.run(newest.id, newest.created) is not None
    assert seen.run(newest.id, newest.created - timedelta(microseconds=2)) is None
    assert seen.run("no such run", EPOCH) is None


def test_a_failed_run_names_its_step_and_skips_what_follows(seen: World) -> None:
    failed = [run for run in seen.runs(EPOCH) if run.state is State.FAILED]
    assert len(failed) > 100
    for run in failed[:150]:
        steps = by_key(seen.steps(run.id, EPOCH))
        culprits = [step for step in steps.values() if step.state is State.FAILED]
        assert len(culprits) == 1
        culprit = culprits[0]
        assert run.error == f'Step "{culprit.name}" failed: {culprit.error}'
        skipped = {key for key, step in steps.items() if step.state is State.SKIPPED}
        assert skipped == descendants(run.workflow.steps, [culprit.key])
        assert all(steps[key].started is None for key in skipped)


def test_a_step_starts_when_its_parents_have_succeeded(seen: World) -> None:
    now = after(minutes=3)
    for run in seen.runs(now)[:300]:
        steps = by_key(seen.steps(run.id, now))
        for step in steps.values():
            if step.started:
                for parent in step.parents:
                    assert steps[parent].state is State.SUCCEEDED
                    ended = steps[parent].finished
                    assert ended is not None
                    assert ended <= step.started


def test_steps_agree_with_their_run(seen: World) -> None:
    now = after(minutes=3)
    for run in seen.runs(now)[:300]:
        states = {step.state for step in seen.steps(run.id, now)}
        match run.state:
            case State.SUCCEEDED:
                assert states == {State.SUCCEEDED}
            case State.QUEUED:
                assert states == {State.QUEUED}
            case State.WAITING:
                assert State.WAITING in states
            case State.CANCELLED:
                assert State.CANCELLED in states
                assert not any(state.active for state in states)
            case State.RUNNING:
                assert State.RUNNING in states


def test_the_catalogue_has_many_shapes(seen: World) -> None:
    for seed in range(20):
        assert 24 <= len(recipes(seed)) <= 30
    sizes = {len(workflow.steps) for workflow in seen.workflows}
    assert {1, 5, 12, 42} <= sizes
    images = next(each for each in seen.workflows if each.name == "product-images")
    assert images.steps[17].key == "resize-image-17"
    assert images.steps[17].parents == ("list_images",)
    assert len(images.steps[-1].parents) == 40
    diamond = next(each for each in seen.workflows if each.name == "order-fulfilment")
    assert diamond.steps[3].parents == ("reserve_stock", "charge_card")


def test_failures_and_repetitions_are_believable(seen: World) -> None:
    runs = list(seen.runs(EPOCH))
    states = Counter(run.state for run in runs)
    assert 0.03 < states[State.FAILED] / len(runs) < 0.15
    assert states[State.CANCELLED] > 20
    assert len({run.error for run in runs}) > 60
    known = {run.id: run for run in runs}
    repeated = [known[run.retry_of] for run in runs if run.retry_of in known]
    assert len(repeated) > 40
    assert all(run.state is State.FAILED for run in repeated)
    assert sum(run.attempt > 1 for run in runs) > 20
    assert len({run.trigger for run in runs}) == 4


def test_lines_are_numbered_without_holes_and_stay(seen: World) -> None:
    for run in seen.runs(EPOCH)[:40]:
        before = list(seen.lines(run.id, EPOCH))
        later = list(seen.lines(run.id, after(minutes=9)))
        assert later[: len(before)] == before
        assert [line.number for line in later] == list(range(1, len(later) + 1))
        moments = [line.at for line in later]
        assert moments == sorted(moments)
        assert len({line.id for line in later}) == len(later)


def test_the_log_of_a_failure_warns_and_explains(seen: World) -> None:
    failed = [run for run in seen.runs(EPOCH) if run.state is State.FAILED][:100]
    logs = [list(seen.lines(run.id, EPOCH)) for run in failed]
    assert sum(any(line.level == "warning" for line in log) for log in logs) > 60
    assert sum(any("\n" in line.message for line in log) for log in logs) > 20
    for run, log in zip(failed, logs, strict=True):
        assert (log[-1].state, log[-1].step, log[-1].kind) == (State.FAILED, None, "state")
        assert run.error is not None
        assert run.error in log[-1].message


def test_state_lines_agree_with_the_steps(seen: World) -> None:
    now = after(minutes=2)
    for run in seen.runs(now)[:100]:
        told = {line.step: line.state for line in seen.lines(run.id, now) if line.kind == "state"}
        for step in seen.steps(run.id, now):
            assert told.get(step.key, State.QUEUED) is step.state
        assert run.state is State.WAITING or told[None] is run.state


def test_a_long_run_logs_about_a_line_a_second(seen: World) -> None:
    training = first_long(seen)
    assert training.started is not None
    counts = [len(seen.lines(training.id, after(seconds=second))) for second in (0, 60)]
    assert 20 < counts[1] - counts[0] < 150


def first_long(world: World) -> WorldRun:
    def chatty(run: WorldRun) -> bool:
        kinds = {step.kind for step in world.steps(run.id, EPOCH) if step.state is State.RUNNING}
        later = world.run(run.id, after(minutes=2))
        going = later is not None and later.state is State.RUNNING
        return bool(kinds & {"train", "test", "media", "sync"}) and going

    return next(run for run in world.runs(EPOCH) if run.state is State.RUNNING and chatty(run))


def test_cancelling_a_running_run_takes_effect_some_seconds_later(world: World) -> None:
    run = first(world, EPOCH, State.RUNNING, steps=3)
    before = list(world.lines(run.id, EPOCH))
    told = world.cancel(run.id, EPOCH)
    assert (told.state, told.cancelling) == (State.RUNNING, True)
    done = world.run(run.id, after(seconds=4))
    assert done is not None
    assert (done.state, done.cancelling, done.error) == (State.CANCELLED, False, None)
    assert done.finished is not None
    assert EPOCH < done.finished <= after(seconds=3)
    lines = list(world.lines(run.id, after(seconds=4)))
    assert lines[: len(before)] == before
    assert lines[-1].state is State.CANCELLED
    assert any("cancellation" in line.message for line in lines[len(before) :])
    states = {step.state for step in world.steps(run.id, after(seconds=4))}
    assert State.CANCELLED in states
    assert not any(state.active for state in states)
    assert lines == list(world.lines(run.id, after(hours=1)))


def test_cancelling_a_queued_run_takes_effect_at_once(world: World) -> None:
    run = first(world, EPOCH, State.QUEUED)
    told = world.cancel(run.id, EPOCH)
    assert (told.state, told.started, told.cancelling) == (State.CANCELLED, None, False)


def test_cancelling_twice_changes_nothing(world: World) -> None:
    run = first(world, EPOCH, State.WAITING)
    world.cancel(run.id, EPOCH)
    world.cancel(run.id, after(seconds=1))
    done = world.run(run.id, after(seconds=3))
    assert done is not None
    assert done.state is State.CANCELLED
    with pytest.raises(Finished):
        world.cancel(run.id, after(seconds=3))


def test_every_cancel_that_was_accepted_wins(world: World) -> None:
    for run in [run for run in world.runs(EPOCH) if run.state.active]:
        world.cancel(run.id, EPOCH)
        done = world.run(run.id, after(seconds=3))
        assert done is not None
        assert done.state is State.CANCELLED


def test_a_cancelled_run_is_not_repeated_by_itself(world: World) -> None:
    doomed = [run for run in world.runs(EPOCH) if run.state.active]
    for run in doomed:
        world.cancel(run.id, EPOCH)
    cancelled = {run.id for run in doomed}
    assert not any(run.retry_of in cancelled for run in world.runs(after(hours=2)))


def test_what_is_over_or_unknown_is_not_cancelled(world: World) -> None:
    for state in (State.SUCCEEDED, State.FAILED, State.CANCELLED):
        with pytest.raises(Finished):
            world.cancel(first(world, EPOCH, state).id, EPOCH)
    with pytest.raises(KeyError):
        world.cancel("no such run", EPOCH)


def test_a_repetition_may_be_a_new_run(world: World) -> None:
    run = first(world, EPOCH, State.FAILED)
    again = world.retry(run.id, EPOCH, as_new=True)
    assert again.id != run.id
    assert (again.retry_of, again.attempt, again.state) == (run.id, 1, State.QUEUED)
    assert (again.workflow, again.trigger, again.created) == (run.workflow, "manual", EPOCH)
    assert world.runs(EPOCH)[0] == again
    assert world.run(run.id, EPOCH) == run
    assert ends(world, again.id, EPOCH).finished is not None


def test_a_repetition_may_be_another_attempt(world: World) -> None:
    run = first(world, EPOCH, State.FAILED, steps=3)
    old_steps, old_lines = world.steps(run.id, EPOCH), list(world.lines(run.id, EPOCH))
    again = world.retry(run.id, EPOCH, as_new=False)
    assert (again.id, again.attempt, again.state) == (run.id, 2, State.QUEUED)
    assert (again.started, again.finished, again.error) == (None, None, None)
    assert world.steps(run.id, EPOCH, attempt=1) == old_steps
    assert world.steps(run.id, EPOCH, attempt=3) == ()
    new_steps = world.steps(run.id, EPOCH)
    assert {step.id for step in new_steps}.isdisjoint(step.id for step in old_steps)
    done = ends(world, run.id, EPOCH)
    assert done.attempt == 2
    lines = list(world.lines(run.id, after(hours=6)))
    assert lines[: len(old_lines)] == old_lines
    assert len(lines) > len(old_lines)


def test_from_the_failed_step_on_the_succeeded_ones_are_kept(world: World) -> None:
    run = next(
        run
        for run in world.runs(EPOCH)
        if run.state is State.FAILED
        and any(step.state is State.SUCCEEDED for step in world.steps(run.id, EPOCH))
    )
    before = by_key(world.steps(run.id, EPOCH))
    world.retry(run.id, EPOCH, mode="failed", as_new=False)
    for key, step in by_key(world.steps(run.id, EPOCH)).items():
        if before[key].state is State.SUCCEEDED:
            assert step == before[key]
        else:
            assert (step.state, step.attempt, step.id != before[key].id) == (State.QUEUED, 2, True)


def test_from_a_step_on_it_and_what_follows_run_again(world: World) -> None:
    run = next(
        run
        for run in world.runs(EPOCH)
        if run.state is State.SUCCEEDED and run.workflow.name == "order-fulfilment"
    )
    world.retry(run.id, EPOCH, mode="step", step="charge_card", as_new=False)
    states = {step.key: step.state for step in world.steps(run.id, EPOCH)}
    kept = {key for key, state in states.items() if state is State.SUCCEEDED}
    assert kept == {"validate", "reserve_stock"}
    done = ends(world, run.id, EPOCH)
    steps = by_key(world.steps(run.id, done.updated))
    assert (steps["validate"].attempt, steps["charge_card"].attempt) == (1, 2)


def test_what_cannot_be_repeated_is_refused(world: World) -> None:
    active = first(world, EPOCH, State.RUNNING)
    succeeded = first(world, EPOCH, State.SUCCEEDED)
    with pytest.raises(ValueError, match="active"):
        world.retry(active.id, EPOCH, as_new=True)
    with pytest.raises(ValueError, match="no step 'nope'"):
        world.retry(succeeded.id, EPOCH, mode="step", step="nope", as_new=True)
    with pytest.raises(ValueError, match="has failed"):
        world.retry(succeeded.id, EPOCH, mode="failed", as_new=True)
    with pytest.raises(KeyError):
        world.retry("no such run", EPOCH, as_new=True)


def test_a_cancelled_run_can_be_repeated_from_where_it_stood(world: World) -> None:
    run = first(world, EPOCH, State.RUNNING, steps=3)
    world.cancel(run.id, EPOCH)
    later = after(seconds=5)
    again = world.retry(run.id, later, mode="failed", as_new=False)
    assert again.attempt == 2
    assert ends(world, run.id, later).state in {State.SUCCEEDED, State.FAILED}


def test_a_faster_world_gets_further() -> None:
    slow = World(epoch=EPOCH, runs=100)
    fast = World(epoch=EPOCH, runs=100, speed=60)
    now = after(minutes=1)
    assert len(fast.runs(now)) == len(slow.runs(after(hours=1)))
    assert [run.id for run in fast.runs(now)] == [run.id for run in slow.runs(after(hours=1))]


def test_a_hostile_world_has_every_horror_among_the_newest() -> None:
    world = World(epoch=EPOCH, runs=500, hostile=True)
    runs = world.runs(EPOCH)[:150]
    names = {run.workflow.name for run in runs} | {run.name for run in runs}
    for text in TEXTS:
        assert any(text in name for name in names)
    assert any(run.word == "frobnicating" for run in runs)
    plans = {run.workflow.name: run.workflow.steps for run in runs}
    circular = {step.key: step.parents for step in plans["circular"]}
    assert circular["egg"] == ("hen", "start")
    assert circular["hen"] == ("egg",)
    assert circular["orphan"] == ("nobody",)
    assert circular["narcissus"] == ("narcissus",)
    for run in runs:
        assert len(world.steps(run.id, EPOCH)) == len(run.workflow.steps)
    messages = {line.message for run in runs for line in world.lines(run.id, EPOCH)}
    assert any("\x1b]0;pwned" in message for message in messages)
    odd = next(run for run in runs if run.word)
    assert [step.word for step in world.steps(odd.id, EPOCH)] == ["frobnicating", None]
