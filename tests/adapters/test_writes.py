import pytest

from runs_tui.adapters.writes import changed, stopped
from runs_tui.model.errors import Conflict, Refused
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.transport.answer import Answer


def run(state: State) -> Run:
    return Run(source="s", id="r", state=state, status=str(state))


class Server:
    """What an answer to a write tells, and what reading the run tells."""

    def __init__(self, told: State, read: State) -> None:
        self._told, self._read = told, read

    async def told(self, answer: Answer) -> Run:
        assert answer.body
        return run(self._told)

    async def read(self) -> Run:
        return run(self._read)


async def answered(body: bytes) -> Answer:
    return Answer(200, {}, body, "POST /runs/r")


async def refused(status: int) -> Answer:
    error = Refused("it is over")
    error.status = status
    raise error


@pytest.mark.parametrize("body", [b"", b" \n", b"null", b" null "])
async def test_an_answer_that_tells_nothing_is_read_after(body: bytes) -> None:
    server = Server(State.FAILED, State.RUNNING)
    found = await changed(await answered(body), server.told, server.read)
    assert found.state is State.RUNNING


async def test_an_answer_that_tells_the_run_is_enough() -> None:
    server = Server(State.CANCELLED, State.RUNNING)
    found = await stopped(answered(b"{}"), server.told, server.read)
    assert found.state is State.CANCELLED


async def test_a_run_that_was_over_is_told_as_a_conflict() -> None:
    server = Server(State.SUCCEEDED, State.SUCCEEDED)
    with pytest.raises(Conflict, match="it is already succeeded"):
        await stopped(answered(b"{}"), server.told, server.read)
    with pytest.raises(Conflict, match="it is over"):
        await stopped(refused(400), server.told, server.read)


@pytest.mark.parametrize(("status", "state"), [(422, State.SUCCEEDED), (400, State.RUNNING)])
async def test_another_refusal_stays_one(status: int, state: State) -> None:
    server = Server(state, state)
    with pytest.raises(Refused) as told:
        await stopped(refused(status), server.told, server.read)
    assert not isinstance(told.value, Conflict)
