"""Which runs are attempts at the same work, and under which run each such family stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from runs_tui.model.links import Links
from runs_tui.model.run import Run

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Family:
    """The attempts at one piece of work; often it is one run alone."""

    members: tuple[str, ...]
    """Their ids, the first attempt first."""
    under: str | None
    """The id of the run that started it, of another family."""


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
