"""The attempts of a flow run, which Prefect makes in place: its state history, cut in pieces."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runs_tui.adapters.prefect.runs import cause_of
from runs_tui.adapters.prefect.states import is_final, state_of
from runs_tui.adapters.prefect.wire import WireState
from runs_tui.model.kin import Attempt
from runs_tui.model.state import State
from runs_tui.model.text import clean

_BEGINS = frozenset({"SCHEDULED", "PENDING", "RUNNING"})
_RESUMING = "Resuming"
"""How the state of a run is called that was paused and goes on: the same attempt."""


@dataclass
class _Piece:
    """The states of one attempt, in order."""

    states: list[WireState] = field(default_factory=list)

    @property
    def started(self) -> WireState | None:
        """The state in which it began to work."""
        return next((state for state in self.states if state.type == "RUNNING"), None)

    @property
    def last(self) -> WireState:
        """Where it stands, or how it ended."""
        return self.states[-1]

    def is_over_before(self, state: WireState) -> bool:
        """Tell whether a state that follows is another attempt's."""
        if not self.states or state.type not in _BEGINS or state.name == _RESUMING:
            return False
        again = state.type == "SCHEDULED" and self.started is not None
        return again or is_final(self.last.type)


def attempts_of(states: Sequence[WireState]) -> list[Attempt]:
    """Give the attempts that a state history tells of; none where it is of one alone."""
    pieces = [_Piece()]
    for state in states:
        if pieces[-1].is_over_before(state):
            pieces.append(_Piece())
        pieces[-1].states.append(state)
    if len(pieces) < 2:
        return []
    after = [*pieces[1:], None]
    return [
        _attempt(number, piece, following)
        for number, (piece, following) in enumerate(zip(pieces, after, strict=True), start=1)
    ]


def _attempt(number: int, piece: _Piece, following: _Piece | None) -> Attempt:
    last, started = piece.last, piece.started
    state, ended, told = state_of(last.type), last, last.name or last.type
    concluded = following is not None and not is_final(last.type)
    if following is not None and concluded:
        # A flow that repeats itself never enters the state in which its attempt ended.
        state, ended, told = State.FAILED, following.states[0], ""
    over = concluded or is_final(last.type)
    return Attempt(
        number=number,
        state=state,
        status=clean(told or ""),
        asked_at=piece.states[0].timestamp,
        started_at=started.timestamp if started else None,
        finished_at=ended.timestamp if over else None,
        reason=cause_of(ended.message) if state is State.FAILED else None,
        derived=frozenset({"state", "finished_at"} if concluded else ()),
    )
