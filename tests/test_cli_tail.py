"""Where the events of a run end now, and what their steps are called."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from runs_tui.adapters.base import Connection
from runs_tui.cli import present_end
from runs_tui.cli.event_lines import StepNames, lines_of
from runs_tui.cli.present_end import FIRST, SILENCE, Patience, patience_for, to_the_present_end
from runs_tui.model.errors import NotFound, Unreachable
from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.state import State
from tests.test_cli_scripted import NOON, Scripted, run_of

SHORT = Patience(first=0.05, later=0.05, begun=NOON)
OLD = NOON - timedelta(hours=1)
NEW = NOON + timedelta(hours=1)


async def endless(*told: Event | Gap) -> AsyncIterator[Event | Gap]:
    for event in told:
        yield event
    await asyncio.Event().wait()


async def until_now(*told: Event | Gap) -> list[Event | Gap]:
    return [event async for event in to_the_present_end(endless(*told), SHORT)]


def at(*instants: datetime | None) -> list[Event]:
    return [Event(id=str(number), at=instant) for number, instant in enumerate(instants)]


async def test_silence_is_the_end() -> None:
    told = at(OLD, None, OLD)
    assert await until_now(*told) == told
    assert await until_now() == []


async def test_an_event_that_was_waited_for_and_is_news_is_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(present_end, "WAITED", -1.0)
    told = at(OLD, OLD, NEW, NEW)
    assert await until_now(*told) == told[:3]
    gaps = [Gap(since=OLD), Gap(since=NEW), Gap(since=NEW)]
    assert await until_now(*gaps) == gaps[:2]


async def test_a_server_whose_clock_is_ahead_loses_nothing() -> None:
    told = at(OLD, NEW, NEW, NEW)
    assert await until_now(*told) == told


async def test_events_without_a_time_end_by_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present_end, "WAITED_UNTIMED", -1.0)
    told = at(None, None)
    assert await until_now(*told) == told[:1]


async def test_a_stream_that_ends_is_the_end() -> None:
    async def ending() -> AsyncIterator[Event | Gap]:
        yield at(OLD)[0]

    patient = Patience(first=60, later=60, begun=NOON)
    assert len([event async for event in to_the_present_end(ending(), patient)]) == 1


@pytest.mark.parametrize(("state", "first"), [(State.RUNNING, SILENCE), (State.FAILED, FIRST)])
async def test_the_patience_follows_the_run(state: State, first: float) -> None:
    class One(Scripted):
        async def run(self, run_id: str) -> Run:
            return run_of("a", 1, state)

    patience = await patience_for(One(Connection(name="a", url="http://a.test")), "r1")
    assert first <= patience.first < first + 1
    assert SILENCE <= patience.later < SILENCE + 1


class Growing(Scripted):
    """Knows one more step at every reading."""

    read = 0
    fails = False

    async def steps(self, run_id: str) -> Sequence[Step]:
        self.read += 1
        if self.fails:
            raise Unreachable("gone")
        return [
            Step(key=f"k{number}", name=f"Step {number}", state=State.RUNNING)
            for number in range(self.read)
        ]


@pytest.fixture
def source() -> Growing:
    return Growing(Connection(name="a", url="http://a.test"))


async def test_steps_are_called_by_name(source: Growing) -> None:
    names = StepNames(source, "r1")
    event = Event(at=NOON, step="k0", level="info", message="go")
    assert await lines_of(event, names) == ["12:00:00 Step 0 INFO go"]
    assert await names.of("k0") == "Step 0"
    assert source.read == 1


async def test_a_new_step_is_asked_for_but_not_all_the_time(
    source: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = StepNames(source, "r1")
    assert [await names.of("k1") for _ in range(3)] == ["k1"] * 3
    assert source.read == 1
    monkeypatch.setattr("runs_tui.cli.event_lines.PATIENCE", 0.0)
    assert await names.of("k1") == "Step 1"


async def test_steps_that_cannot_be_read_are_called_by_key(source: Growing) -> None:
    source.fails = True
    assert await StepNames(source, "r1").of("k0") == "k0"


async def test_an_unknown_run_has_no_present_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "kept", {"a": []})
    with pytest.raises(NotFound):
        await patience_for(Scripted(Connection(name="a", url="http://a.test")), "r1")
