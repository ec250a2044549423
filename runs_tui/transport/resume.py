"""Repeats and holes in the events of a stream that breaks and goes on."""

import re
from typing import Literal

from runs_tui.model.latest import Latest

REMEMBERED = 20_000
_NUMBERED = re.compile(r"([^~]*?)(\d{1,18})")
_MOST_HOLES = 3

Verdict = Literal["new", "repeat", "hole"]


class Continuity:
    """Judges each event by its id: new, a repeat, or new behind a hole."""

    def __init__(self, after: str | None = None) -> None:
        """Begin after an id, or from the start."""
        self.last = after
        """The id of the last event."""
        self._known: Latest[str, None] = Latest(REMEMBERED)
        self._numbers = _number(after)
        self._fresh = True
        self._pairs = 0
        self._holes = 0
        self._sparse = False
        if after:
            self.skip(after)

    def connected(self) -> None:
        """Begin a connection: it may repeat what came, or leave something out."""
        self._fresh = True

    def judge(self, event_id: str, *, resumable: bool) -> Verdict:
        """Judge the next event; `resumable` says that the server goes on after such an id."""
        if event_id in self._known:
            self._fresh = False
            return "repeat"
        numbers = _number(event_id)
        lost = self._fresh and self.last is not None and not resumable
        verdict: Verdict = "hole" if lost else "new"
        if _comparable(numbers, self._numbers):
            verdict = self._by_number(numbers[1] - self._numbers[1], verdict)
        if verdict != "repeat":
            self._fresh = False
            self.last, self._numbers = event_id, numbers
            self._known[event_id] = None
        return verdict

    def skip(self, event_id: str) -> None:
        """Remember an event that came before the one to go on after."""
        self._known[event_id] = None

    def _by_number(self, step: int, otherwise: Verdict) -> Verdict:
        if step <= 0:
            return "repeat" if self._fresh else "new"
        if step == 1:
            self._pairs += 1
            return "new"
        if self._sparse:
            return otherwise
        if not self._fresh and not self._pairs:
            self._sparse = True
            return "new"
        self._holes += 1
        self._sparse = self._holes > _MOST_HOLES
        return "hole"


def is_numbered(event_id: str) -> bool:
    """Tell whether an id ends with a number that others can be compared with."""
    return _number(event_id)[1] >= 0


def _number(event_id: str | None) -> tuple[str, int]:
    found = _NUMBERED.fullmatch(event_id or "")  # ids that were made up begin with a tilde
    return (found[1], int(found[2])) if found else ("", -1)


def _comparable(one: tuple[str, int], other: tuple[str, int]) -> bool:
    return one[0] == other[0] and one[1] >= 0 and other[1] >= 0
