"""How long a run is read: until it is over, and until its last steps are."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from textual.message import Message

from runs_tui.adapters.base import Connection, Page, Source
from runs_tui.model.clock import SetClock
from runs_tui.model.feed import Feed
from runs_tui.model.query import Query
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.screens.run_reading import RunPace, RunRead, RunReader

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PACE = RunPace(settle=0, again=0, soonest=0)


class Tidying(Source):
    """Tells a run that has failed, and a step of it that stands at one state after the other."""

    api = "tidying"

    def __init__(self, ended: datetime | None, *states: State) -> None:
        super().__init__(Connection(name="here", url="http://tidying.test"), SetClock(NOON))
        self._ended = ended
        self._states = list(states)

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        return Page(())

    async def run(self, run_id: str) -> Run:
        return Run(source=self.name, id=run_id, state=State.FAILED, finished_at=self._ended)

    async def steps(self, run_id: str) -> Sequence[Step]:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        return [Step(key="tidy", name="tidy", state=state)]

    async def close(self) -> None:
        pass


async def read(source: Source) -> list[State]:
    told: list[State] = []

    def take(message: Message) -> None:
        if isinstance(message, RunRead):
            told.extend(step.state for step in message.plan.steps.values())

    async with asyncio.timeout(10):
        await RunReader(source, "run", Feed(), PACE, take).read()
    return told


@pytest.mark.parametrize("ended", [None, NOON, NOON - timedelta(seconds=50)])
async def test_a_run_is_read_until_the_step_has_ended_that_tidies_up(
    ended: datetime | None,
) -> None:
    source = Tidying(ended, State.RUNNING, State.RUNNING, State.SUCCEEDED)
    assert await read(source) == [State.RUNNING, State.RUNNING, State.SUCCEEDED]


async def test_a_step_that_goes_on_for_ever_in_a_run_that_is_over_is_read_once() -> None:
    source = Tidying(NOON - timedelta(seconds=61), State.RUNNING)
    assert await read(source) == [State.RUNNING]


async def test_a_step_that_never_begins_in_a_run_that_is_over_is_read_once() -> None:
    assert await read(Tidying(None, State.WAITING)) == [State.WAITING]
