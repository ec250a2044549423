"""What a retry would run again, as it is asked for and said."""

import pytest

from runs_tui.adapters.base import Connection
from runs_tui.adapters.intents import Intent, intent
from runs_tui.adapters.previews import Known, previews_of, words_of
from runs_tui.choices import Choice, foretold
from runs_tui.demo.faults import Fault
from runs_tui.model.plan import Plan
from runs_tui.model.run import RetryMode, Step
from runs_tui.model.state import State
from tests.adapters.airflow_world import demo
from tests.test_cli_scripted import Writing, run_of


def steps(*names: str) -> list[Step]:
    return [Step(key=name, name=name, state=State.FAILED) for name in names]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["load"], "1 step: load"),
        (["load", "send"], "2 steps: load, send"),
        (list("abcde"), "5 steps: a, b, c and 2 more"),
    ],
)
def test_what_is_said(names: list[str], words: str) -> None:
    assert words_of(steps(*names)) == words


async def test_each_mode_is_asked_for_and_a_failure_leaves_it_out() -> None:
    async with demo() as d:
        failed = await d.run_in(State.FAILED)
        run = await d.source.run(failed.id)
        plan = Plan.of(await d.source.steps(failed.id))
        intents = [
            intent(d.source, "retry", run, plan, mode, plan.failed[0].key)
            if mode is RetryMode.STEP
            else intent(d.source, "retry", run, plan, mode)
            for mode in RetryMode
        ]
        known = await previews_of(d.source, intents)
        assert [mode for _, mode, _ in known] == list(RetryMode)
        assert all(known.values())
        d.faults.add(Fault(path="/clearTaskInstances", status=403))
        known = await previews_of(d.source, intents)
        assert [mode for _, mode, _ in known] == [RetryMode.FULL, RetryMode.FAILED]


async def test_an_api_that_tells_none_is_not_asked() -> None:
    source = Writing(Connection(name="a", url="http://a.test"))
    told = intent(source, "retry", run_of("a", 1, State.FAILED), None, RetryMode.FULL)
    assert await previews_of(source, [told]) == {}


def choice(mode: RetryMode) -> Choice:
    run = run_of("a", 1, State.FAILED)
    return Choice(
        "Retry all of it", "Retrying it", [Intent(run, "retry", "", can=True, mode=mode)], mode
    )


def test_a_choice_says_what_is_known_of_it_and_no_other_does() -> None:
    full, failed = choice(RetryMode.FULL), choice(RetryMode.FAILED)
    key = full.intents[0].run.key
    known: Known = {(key, RetryMode.FULL, None): steps("load", "send")}
    told, same = foretold([full, failed], known)
    assert told.label == "Retry all of it   2 steps: load, send"
    assert [each.will for each in told.intents] == ["would run again 2 steps: load, send"]
    assert same == failed


def test_what_would_run_nothing_cannot_be_chosen() -> None:
    full = choice(RetryMode.FULL)
    (told,) = foretold([full], {(full.intents[0].run.key, RetryMode.FULL, None): []})
    assert told.why_not == "nothing of it would be run again"
