"""The runs that are known now, of all sources, in order."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from math import inf

from runs_tui.model.errors import SourceError
from runs_tui.model.query import Predicate, Term
from runs_tui.model.run import Run, RunKey
from runs_tui.model.sharing import Sharing

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def place(run: Run) -> tuple[float, str, str]:
    """Give what orders runs: newest first, then by source and id."""
    instant = run.instant
    return (-instant.timestamp() if instant else inf, run.source, run.id)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one source has been read for the present query."""

    oldest: datetime | None = None
    """The oldest instant loaded; None before the first answer."""
    next: str | None = None
    """The cursor to the page that follows; None where none is left or known."""
    exhausted: bool = False
    """Whether everything that matches has been loaded."""
    total: int | None = None
    """How many runs match on the server, where it tells."""
    pushed: frozenset[Term] = frozenset()
    """The terms that the server applied."""
    ordered: bool = False
    """Whether the server ordered them as the query wants."""
    read_at: datetime | None = None
    """When it last answered."""
    error: SourceError | None = None
    """Why its last reading failed; None where it did not."""

    @property
    def complete_to(self) -> datetime:
        """Give the instant down to which this source holds nothing back."""
        if self.exhausted:
            return _LONG_AGO
        return self.oldest or datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """Every run that is known, once, newest first; a value that is replaced and never changed."""

    runs: Sequence[Run] = field(default=(), repr=False)  # asyncio writes out what a task returns
    """The runs in order."""
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    """How far each source has been read for the present query."""
    _known: Mapping[str, Mapping[str, Run]] = field(default_factory=dict, repr=False)
    _active: Mapping[RunKey, Run] = field(default_factory=dict, repr=False)
    _sharing: Sharing = field(default_factory=Sharing, repr=False)

    def __len__(self) -> int:
        """Count the runs."""
        return len(self.runs)

    def get(self, key: RunKey | None) -> Run | None:
        """Give the run of a key, where it is known."""
        return self._known.get(key.source, {}).get(key.id) if key else None

    def merge(self, arrived: Iterable[Run]) -> "Board":
        """Give the board with these runs added, or put in the place of what was known of them."""
        fresh = {run.key: run for run in arrived}
        share = self._sharing.share
        fresh = {key: share(run) for key, run in fresh.items() if self.get(key) != run}
        if not fresh:
            return self
        runs = list(self.runs)
        moved = []
        for key, run in fresh.items():
            old = self.get(key)
            if old is None:
                continue
            at = bisect_left(runs, place(old), key=place)
            if place(old) == place(run):
                runs[at] = run
            else:
                moved.append(at)
        for at in sorted(moved, reverse=True):
            del runs[at]
        added = [run for key, run in fresh.items() if not _stays(self.get(key), run)]
        active = {key: run for key, run in self._active.items() if key not in fresh}
        active |= {key: run for key, run in fresh.items() if run.active}
        return replace(
            self,
            runs=_interleave(runs, added),
            _known=self._knowing(fresh.values()),
            _active=active,
        )

    def _knowing(self, fresh: Iterable[Run]) -> Mapping[str, Mapping[str, Run]]:
        known = dict(self._known)
        for source, runs in groupby(fresh, key=lambda run: run.source):
            known[source] = {**known.get(source, {}), **{run.id: run for run in runs}}
        return known

    def put(self, run: Run) -> "Board":
        """Give the board with one run as it is told now."""
        return self.merge([run])

    def without(self, key: RunKey) -> "Board":
        """Give the board without a run that is no longer there."""
        gone = self.get(key)
        if gone is None:
            return self
        known = dict(self._known[key.source])
        del known[key.id]
        runs = [run for run in self.runs if run is not gone]
        active = {name: run for name, run in self._active.items() if name != key}
        return replace(self, runs=runs, _known={**self._known, key.source: known}, _active=active)

    def without_source(self, name: str) -> "Board":
        """Give the board without the runs of a source that is no longer there."""
        return replace(
            self,
            runs=[run for run in self.runs if run.source != name],
            reaches={source: reach for source, reach in self.reaches.items() if source != name},
            _known={source: known for source, known in self._known.items() if source != name},
            _active={key: run for key, run in self._active.items() if key.source != name},
        )

    def going_on(self, source: str) -> Sequence[Run]:
        """Give the runs of one source to which something may still happen."""
        return [run for run in self._active.values() if run.source == source]

    def reach(self, source: str) -> Reach:
        """Give how far one source has been read."""
        return self.reaches.get(source, Reach())

    def reached(self, source: str, reach: Reach) -> "Board":
        """Give the board with what is known of the reading of one source."""
        return replace(self, reaches={**self.reaches, source: reach})

    def arrived(self, source: str, runs: Sequence[Run], reach: Reach, *, first: bool) -> "Board":
        """Give the board after a page of a source came, the newest one or the next one down.

        `reach` tells of this page alone. A newest page that joins what was loaded before leaves
        the depth that was reached, and so does one without runs; one that does not join begins
        anew, for there is a hole.
        """
        before = self.reach(source)
        joined = not runs or reach.next is None or self.get(runs[-1].key) is not None
        if not first:
            deepest = min(filter(None, [reach.oldest, before.oldest]), default=None)
            total = before.total if reach.total is None else reach.total
            reach = replace(reach, oldest=deepest, total=total)
        elif joined and (before.exhausted or before.next is not None):
            exhausted = before.exhausted or reach.exhausted
            further = None if exhausted else before.next
            oldest = before.oldest or reach.oldest
            reach = replace(reach, oldest=oldest, next=further, exhausted=exhausted)
        return self.merge(runs).reached(source, reach)

    def complete(self, runs: Sequence[Run]) -> int:
        """Count how many of these runs, which are in order, stand above the horizon."""
        horizon = self.horizon
        if horizon is None:
            return len(runs)
        return bisect_left(runs, True, key=lambda run: _beyond(run, horizon))

    def asked_anew(self) -> "Board":
        """Give the board for another query: its runs stay, what was loaded for it is open."""
        fresh = {
            name: Reach(read_at=reach.read_at, error=reach.error)
            for name, reach in self.reaches.items()
        }
        return replace(self, reaches=fresh)

    @property
    def horizon(self) -> datetime | None:
        """Give the instant down to which the merged list is complete; None where it all is.

        Sources that have not answered yet do not count: the strip tells of them.
        """
        return max((reach.complete_to for reach in self._open.values()), default=None)

    @property
    def holding_back(self) -> str | None:
        """Give the source that was read least far."""
        reaches = self._open
        return max(reaches, key=lambda name: reaches[name].complete_to, default=None)

    @property
    def _open(self) -> Mapping[str, Reach]:
        reaches = self.reaches.items()
        return {name: reach for name, reach in reaches if reach.next}

    def matching(self, predicate: Predicate) -> Sequence[Run]:
        """Give the runs that pass a test, in order."""
        return [run for run in self.runs if predicate(run)]


def _beyond(run: Run, horizon: datetime) -> bool:
    return run.instant is None or run.instant < horizon


def _stays(old: Run | None, new: Run) -> bool:
    return old is not None and place(old) == place(new)


def _interleave(runs: list[Run], added: list[Run]) -> list[Run]:
    if not added:
        return runs
    pieces: list[Run] = []
    start = 0
    for run in sorted(added, key=place):
        at = bisect_left(runs, place(run), lo=start, key=place)
        pieces += runs[start:at]
        pieces.append(run)
        start = at
    return pieces + runs[start:]
