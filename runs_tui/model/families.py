"""Which runs are attempts at the same work, and under which run each such family stands."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from runs_tui.model.run import Run

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Family:
    """The attempts at one piece of work; often it is one run alone."""

    members: tuple[str, ...]
    """Their ids, the first attempt first."""
    under: str | None
    """The id of the run that started it, of another family."""


class Links:
    """What is known of which runs belong together, by ids."""

    def __init__(self) -> None:
        """Begin with none."""
        self._same: dict[str, list[str]] = {}
        self._above: dict[str, list[str]] = {}
        self._below: dict[str, list[str]] = {}

    def join(self, one: str, other: str | None) -> None:
        """Learn that two runs are attempts at the same work."""
        if other and one != other:
            self._same.setdefault(one, []).append(other)
            self._same.setdefault(other, []).append(one)

    def put_under(self, child: str, parent: str) -> None:
        """Learn that one run started another."""
        if child != parent:
            self._above.setdefault(child, []).append(parent)
            self._below.setdefault(parent, []).append(child)

    def parents(self, run_id: str) -> Sequence[str]:
        """Give the runs that are told to have started a run."""
        return self._above.get(run_id, ())

    def family(self, run_id: str) -> set[str]:
        """Give all attempts at the same work, the run among them."""
        return _reached(run_id, lambda each: self._same.get(each, ()))

    def all(self, run_id: str) -> set[str]:
        """Give everything that belongs to a run in any way, itself among it."""
        maps = (self._same, self._above, self._below)
        return _reached(run_id, lambda each: (o for m in maps for o in m.get(each, ())))


def families_of(shown: str, links: Links, known: Mapping[str, Run]) -> list[Family]:
    """Give the families that belong to a run, in the order of their first attempts.

    Each stands under a run of another family and none under itself: a circle is cut.
    """

    def order(run_id: str) -> tuple[bool, datetime, int, str]:
        run = known.get(run_id)
        at = run.instant if run else None
        return run is not None, at or _BEGINNING, (run.attempt or 0) if run else 0, run_id

    groups: list[tuple[str, ...]] = []
    of: dict[str, int] = {}
    for run_id in sorted(links.all(shown), key=order):
        if run_id not in of:
            members = tuple(sorted(links.family(run_id), key=order))
            of |= dict.fromkeys(members, len(groups))
            groups.append(members)
    under: list[str | None] = [None] * len(groups)
    for number, members in enumerate(groups):
        named = (parent for each in members for parent in links.parents(each))
        for parent in named:
            if number not in _above(of[parent], under, of):
                under[number] = parent
                break
    return [Family(*each) for each in zip(groups, under, strict=True)]


def _above(number: int, under: Sequence[str | None], of: Mapping[str, int]) -> Iterator[int]:
    """Give a family and those that it stands under."""
    while True:
        yield number
        parent = under[number]
        if parent is None:
            return
        number = of[parent]


def _reached(start: str, near: Callable[[str], Iterable[str]]) -> set[str]:
    found = {start}
    waiting = [start]
    while waiting:
        for each in near(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
