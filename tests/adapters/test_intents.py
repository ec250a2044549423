"""What is said of an action before it is done."""

import pytest

from runs_tui.adapters.base import Connection
from runs_tui.adapters.intents import intent
from runs_tui.model.plan import Plan
from runs_tui.model.run import RetryMode, Step
from runs_tui.model.state import State
from tests.test_cli_scripted import Scripted, Writing, run_of

HERE = Connection(name="a", url="http://a.test")
PLAN = Plan.of(
    [
        Step(key="x", name="extract", state=State.SUCCEEDED),
        Step(key="l", name="load", state=State.FAILED, depends_on=("x",)),
        Step(key="r", name="report", state=State.RUNNING),
        Step(key="s", name="send", state=State.RUNNING),
    ]
)


@pytest.mark.parametrize(
    ("state", "plan", "will"),
    [
        (State.RUNNING, PLAN, "would stop 2 running steps"),
        (State.RUNNING, None, "would stop it"),
        (State.QUEUED, None, "would take it out of the queue"),
    ],
)
def test_a_cancel_tells_what_it_would_stop(state: State, plan: Plan | None, will: str) -> None:
    told = intent(Writing(HERE), "cancel", run_of("a", 1, state), plan)
    assert (told.will, told.can) == (will, True)


@pytest.mark.parametrize(
    ("mode", "step", "plan", "will"),
    [
        (RetryMode.FULL, None, PLAN, "would run all 4 steps again"),
        (RetryMode.FULL, None, None, "would run all of it again"),
        (RetryMode.FAILED, None, PLAN, "would run again from load"),
        (RetryMode.FAILED, None, None, "would run what failed again"),
        (RetryMode.STEP, "x", PLAN, "would run again from extract"),
    ],
)
def test_a_retry_tells_from_where(
    mode: RetryMode, step: str | None, plan: Plan | None, will: str
) -> None:
    told = intent(Writing(HERE), "retry", run_of("a", 1), plan, mode, step)
    assert (told.will, told.can) == (will, True)


def test_what_stands_in_the_way_is_told_instead() -> None:
    closed = Connection(name="a", url="http://a.test", read_only=True)
    reasons = {
        "it is already failed": intent(Writing(HERE), "cancel", run_of("a", 1), None),
        "it is still running": intent(Writing(HERE), "retry", run_of("a", 1, State.RUNNING), None),
        "a is set to read_only": intent(Writing(closed), "cancel", run_of("a", 1), None),
        "the scripted API has no cancel": intent(
            Scripted(HERE), "cancel", run_of("a", 1, State.RUNNING), None
        ),
    }
    for why, told in reasons.items():
        assert (told.will, told.can) == (why, False)


def test_a_mode_that_the_api_lacks_is_no_way() -> None:
    class Whole(Writing):
        modes = frozenset({RetryMode.FULL})

    told = intent(Whole(HERE), "retry", run_of("a", 1), None, RetryMode.FAILED)
    assert not told.can
