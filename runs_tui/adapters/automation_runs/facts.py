"""What a run and its steps say by themselves, told as events."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from runs_tui.adapters.automation_runs.states import state_of
from runs_tui.model.run import Event, Run, Step
from runs_tui.model.state import State

Entered = tuple[str | None, State]
"""A step, or None for the run, and the state that it entered."""

_FIRST = datetime.min.replace(tzinfo=UTC)
_SIGN = "polled:"
_AHEAD = re.compile(_SIGN + r"[^|+]*\+(\d{1,9})\|")
_SAME = timedelta(seconds=1)  # by which two places may date one change differently


@dataclass(frozen=True, slots=True)
class Fact:
    """A run or a step entered a state."""

    step: str | None
    """The key of the step; None for the run."""
    state: State
    """The state."""
    status: str
    """The server's word for it."""
    at: datetime | None
    """When, where that is known."""
    error: str | None = None
    """What went wrong."""

    @property
    def key(self) -> str:
        """What names it, today and at the next look."""
        when = self.at.isoformat() if self.at else ""
        return "|".join(quote(part) for part in (self.step or "", self.status, when))

    @property
    def entered(self) -> Entered:
        """What entered which state."""
        return self.step, self.state

    def event(self, cursor: str | None, now: datetime, ahead: int = 0) -> Event:
        """Tell it as an event that also holds the id after which the stream goes on.

        `ahead` says how many facts, with this one, were told that the stream has yet to tell.
        """
        told = f"is {self.state if self.state is not State.UNKNOWN else self.status}"
        return Event(
            id=f"{_SIGN}{quote(cursor or '')}{f'+{ahead}' if ahead else ''}|{self.key}",
            at=self.at or now,
            step=self.step,
            level="error" if self.state is State.FAILED else "info",
            kind="state",
            message=f"{told}: {self.error}" if self.error else told,
            state=self.state,
            details={"polled": True, "status": self.status},
        )


def split_id(event_id: str | None) -> tuple[str | None, str | None]:
    """Take an event's id apart: the id after which the stream goes on, and the key of a fact."""
    if event_id is None or not event_id.startswith(_SIGN):
        return event_id, None
    told, _, key = event_id.removeprefix(_SIGN).partition("|")
    return unquote(told.partition("+")[0]) or None, key


def ahead_of(facts: Sequence[Fact], event_id: str | None) -> Sequence[Fact]:
    """Give those of all facts that were told, up to an event's id, ahead of the stream."""
    key = split_id(event_id)[1]
    index = next((i + 1 for i, fact in enumerate(facts) if fact.key == key), 0)
    count = _AHEAD.match(event_id or "")
    return facts[max(index - int(count[1]), 0) : index] if count else ()


def facts_of(run: Run | None, steps: Sequence[Step]) -> list[Fact]:
    """Give everything that a run and its steps say, in the order in which it happened."""
    facts = [fact for step in steps for fact in _facts(step, step.key)]
    whole = list(_facts(run, None)) if run else []
    latest = max((fact.at for fact in facts if fact.at), default=_FIRST)
    ending = [fact for fact in whole if fact.state.terminal]
    begun = [fact for fact in whole if not fact.state.terminal]
    told = sorted([*begun, *facts], key=lambda fact: fact.at or latest)
    return told + ending


class Record:
    """Remembers which facts were seen, so that each is told once."""

    def __init__(self) -> None:
        """Begin with none."""
        self.fresh: list[Fact] = []
        """What was seen and not yet told."""
        self._keys: set[str] = set()

    def look(self, run: Run | None, steps: Sequence[Step]) -> bool:
        """Take what a look shows; tell whether there is anything new."""
        facts = [fact for fact in facts_of(run, steps) if fact.key not in self._keys]
        self._keys.update(fact.key for fact in facts)
        self.fresh += facts
        return bool(facts)

    def take(self, told: Set[Entered] = frozenset()) -> list[Fact]:
        """Give what is to be told, without what was told in another way."""
        facts, self.fresh = self.fresh, []
        return [fact for fact in facts if fact.entered not in told]


class Foretold:
    """Remembers which facts were told that the stream has yet to tell."""

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        """How many."""
        self._instants: dict[Entered, list[datetime | None]] = {}

    def add(self, fact: Fact) -> int:
        """Remember that a fact was told, and give how many there are now."""
        self._instants.setdefault(fact.entered, []).append(fact.at)
        self.count += 1
        return self.count

    def take(self, entered: Entered, at: datetime | None) -> bool:
        """Tell whether this is what a fact has told, and forget that fact."""
        instants = self._instants.get(entered, [])
        for index, each in enumerate(instants):
            if each is None or at is None or abs(at - each) < _SAME:
                del instants[index]
                self.count -= 1
                return True
        return False


def after(items: Sequence[Event], event_id: str | None) -> Sequence[Event] | None:
    """Give the events behind the one with an id; None where it is not among them."""
    if event_id is None:
        return items
    _, key = split_id(event_id)
    for index, event in enumerate(items):
        if event.id == event_id or (key and split_id(event.id)[1] == key):
            return items[index + 1 :]
    entered = _entered(key) if key else None
    same = [i for i, event in enumerate(items) if (event.step, event.state) == entered]
    return items[same[-1] + 1 :] if same else None


def _entered(key: str) -> Entered | None:
    step, status, _ = (*(unquote(part) for part in key.split("|")), "", "")[:3]
    return (step or None, state_of(status)) if status else None


def _facts(thing: Run | Step, step: str | None) -> Iterator[Fact]:
    if thing.started_at and thing.state is not State.WAITING:
        yield Fact(step, State.RUNNING, "running", thing.started_at)
    elif thing.state is State.RUNNING:
        yield Fact(step, State.RUNNING, thing.status, None)
    if thing.state not in {State.QUEUED, State.RUNNING}:
        at = thing.finished_at if thing.state is not State.WAITING else thing.started_at
        yield Fact(step, thing.state, thing.status, at, thing.error)
