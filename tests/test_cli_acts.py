"""What is true after a write whose answer was lost, and what is never sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import pytest

from runs_tui.adapters import acts
from runs_tui.adapters.acts import Outcome, act
from runs_tui.adapters.base import Action, Connection
from runs_tui.adapters.unusable import UnusableSource
from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    NotFound,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from tests.test_cli_scripted import Scripted, Writing, run_of

RUNNING = run_of("a", 1, State.RUNNING)
FAILED = run_of("a", 1, State.FAILED)


class Losing(Writing):
    """Does what `does` says to the run, and then loses its answer as `lost` says."""

    lost: ClassVar[SourceError] = Unreachable("the connection was cut")
    does: Callable[[Run], Run]
    blind: int = 0

    def __init__(self, run: Run, does: Callable[[Run], Run], *, blind: int = 0) -> None:
        super().__init__(Connection(name="a", url="http://a.test"))
        self.runs_now = run
        self.does = does
        self.blind = blind
        self.written: list[str] = []
        self.read = 0

    async def run(self, run_id: str) -> Run:
        self.read += 1
        if self.written and self.read <= self.blind:
            raise Unreachable("still gone")
        return self.runs_now

    async def cancel(self, run_id: str) -> Run:
        self.written.append("cancel")
        self.runs_now = self.does(self.runs_now)
        raise self.lost

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        self.written.append(f"retry {mode}")
        self.runs_now = self.does(self.runs_now)
        raise self.lost


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "PAUSES", (0.0, 0.0, 0.0))


def becomes(state: State, **more: object) -> Callable[[Run], Run]:
    return lambda run: replace(run, state=state, status=state.value, **more)  # type: ignore[arg-type]


def nothing(run: Run) -> Run:
    return run


def why(outcome: Outcome) -> SourceError:
    assert outcome.error is not None
    assert not outcome.ok
    return outcome.error


@pytest.mark.parametrize("error", [Unreachable("cut"), BadAnswer("a web page")])
@pytest.mark.parametrize(
    "does",
    [
        becomes(State.CANCELLED),
        lambda run: replace(run, status="Cancelling"),
        lambda run: replace(run, status="CANCEL_REQUESTED"),
        lambda run: replace(run, status="stopping"),
    ],
)
async def test_a_cancel_that_was_done_is_told_as_done(
    does: Callable[[Run], Run], error: SourceError
) -> None:
    source = Losing(RUNNING, does)
    source.lost = error  # type: ignore[misc]
    outcome = await act(source, "cancel", "r1")
    assert outcome.ok
    assert outcome.error is None
    assert outcome.run == source.runs_now
    assert source.written == ["cancel"]


async def test_the_truth_is_looked_for_more_than_once() -> None:
    outcome = await act(Losing(RUNNING, becomes(State.CANCELLED), blind=2), "cancel", "r1")
    assert outcome.ok


async def test_a_cancel_that_was_not_done() -> None:
    source = Losing(RUNNING, nothing)
    outcome = await act(source, "cancel", "r1")
    assert isinstance(why(outcome), Unreachable)
    assert why(outcome).detail == "the connection was cut; the run is still running"
    assert outcome.run == RUNNING
    assert source.written == ["cancel"]


async def test_a_run_that_ended_by_itself_meanwhile() -> None:
    outcome = await act(Losing(RUNNING, becomes(State.SUCCEEDED)), "cancel", "r1")
    assert isinstance(why(outcome), Conflict)
    assert why(outcome).detail == "it is already succeeded"


@pytest.mark.parametrize("action", ["cancel", "retry"])
async def test_a_truth_that_nobody_knows(action: Action) -> None:
    source = Losing(FAILED, nothing, blind=99)
    outcome = await act(source, action, "r1", before=FAILED)
    assert isinstance(why(outcome), Unreachable)
    assert "what became of the run is not known" in why(outcome).detail
    assert outcome.run is None
    assert len(source.written) == 1


@pytest.mark.parametrize("does", [becomes(State.QUEUED), becomes(State.SUCCEEDED, attempt=2)])
async def test_a_retry_that_was_done_is_told_as_done(does: Callable[[Run], Run]) -> None:
    source = Losing(FAILED, does)
    outcome = await act(source, "retry", "r1")
    assert outcome.ok
    assert outcome.run == source.runs_now
    assert source.written == ["retry failed"]


async def test_a_retry_of_which_nothing_is_seen() -> None:
    outcome = await act(Losing(FAILED, nothing), "retry", "r1")
    assert "still failed, and another may have been started" in why(outcome).detail


async def test_a_run_that_is_active_is_not_retried() -> None:
    source = Losing(RUNNING, nothing)
    outcome = await act(source, "retry", "r1")
    assert isinstance(why(outcome), Conflict)
    assert why(outcome).detail == "it is still running"
    assert outcome.run == RUNNING
    assert source.written == []


@pytest.mark.parametrize(
    "error", [Conflict("over"), NotFound("?"), Unauthorized("x"), Refused("x")]
)
async def test_a_refusal_is_not_doubted(error: SourceError) -> None:
    source = Losing(RUNNING, nothing)
    source.lost = error  # type: ignore[misc]
    assert why(await act(source, "cancel", "r1")) is error
    assert source.read == 0


async def test_a_run_that_cannot_be_read_is_not_retried() -> None:
    class Gone(Losing):
        async def run(self, run_id: str) -> Run:
            raise NotFound("no such run")

    source = Gone(FAILED, nothing)
    assert isinstance(why(await act(source, "retry", "r1")), NotFound)
    assert source.written == []


async def test_a_known_run_is_not_read_before_its_retry() -> None:
    source = Writing(Connection(name="a", url="http://a.test"))
    source.asked = []  # type: ignore[misc]
    assert (await act(source, "retry", "r1", before=FAILED)).ok
    assert source.asked == [("retry failed None", "a/r1")]


@pytest.mark.parametrize("action", ["cancel", "retry"])
async def test_what_a_source_cannot_do_is_not_sent(action: Action) -> None:
    plain = Scripted(Connection(name="a", url="http://a.test"))
    assert isinstance(why(await act(plain, action, "r1")), Unsupported)
    guarded = Losing(RUNNING, nothing)
    guarded.connection = replace(guarded.connection, read_only=True)
    assert isinstance(why(await act(guarded, action, "r1")), Unsupported)
    assert guarded.written == []
    broken = UnusableSource(plain.connection, Unauthorized("the variable A is empty"), plain.api)
    assert why(await act(broken, action, "r1")).sentence == broken.why.sentence


@pytest.mark.parametrize(
    ("modes", "mode", "step", "sent"),
    [
        (set(RetryMode), None, None, "retry failed"),
        ({RetryMode.FULL}, None, None, "retry full"),
        (set(RetryMode), None, "load", "retry step"),
        (set(RetryMode), RetryMode.FULL, None, "retry full"),
        ({RetryMode.FULL}, RetryMode.FAILED, None, None),
        ({RetryMode.STEP}, None, None, None),
        (set(RetryMode), RetryMode.STEP, None, None),
    ],
)
async def test_modes(
    modes: set[RetryMode], mode: RetryMode | None, step: str | None, sent: str | None
) -> None:
    source = Losing(FAILED, becomes(State.QUEUED))
    source.modes = frozenset(modes)  # type: ignore[misc]
    outcome = await act(source, "retry", "r1", mode=mode, step=step)
    assert source.written == ([sent] if sent else [])
    assert outcome.ok is bool(sent)
