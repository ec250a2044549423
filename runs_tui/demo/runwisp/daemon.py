"""The world as one RunWisp daemon keeps it: its ids, its retries, its services."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from runs_tui.demo.runwisp.ulids import ulid
from runs_tui.demo.world import Line, World, WorldRun, WorldStep
from runs_tui.model.state import State

TRIGGERS = {"schedule": "cron", "manual": "api", "webhook": "hook", "event": "cloud"}
_SKIPPED_OF = 3  # one in so many of the runs that somebody cancelled before the demo began


@dataclass(frozen=True, slots=True)
class _Place:
    """What is known of a run that the world does not tell, or tells otherwise."""

    id: str
    attempt: int
    previous: str | None
    first: str | None
    trigger: str
    instance: int


class Daemon:
    """Runs as RunWisp tells them.

    A run that the world repeats by itself is a retry, one that was asked for is not. RunWisp waits
    for nobody, and some of the runs that were cancelled long ago never began. A service's runs fill
    its instances.
    """

    def __init__(
        self, world: World, services: Collection[str] = (), *, names_first: bool = False
    ) -> None:
        """Keep a world; some workflows are services, and retries may name the first attempt."""
        self._world = world
        self._services = frozenset(services)
        self._names_first = names_first
        self._places: dict[str, _Place] = {}
        self._originals: dict[str, str] = {}
        self._later: dict[str, str] = {}
        self._over: dict[str, WorldRun] = {}
        self._asked_for: set[str] = set()
        self._taken: dict[tuple[str, int], str] = {}

    def runs(self, now: datetime) -> list[WorldRun]:
        """Give every run, newest first."""
        self._learn(now)
        return [self._seen(run) for run in self._world.runs(now)]

    def page(self, offset: int, limit: int, now: datetime) -> tuple[list[WorldRun], int]:
        """Give some runs of all, newest first, and how many there are."""
        self._learn(now)
        runs = self._world.runs(now)
        return [self._seen(run) for run in runs[offset : offset + limit]], len(runs)

    def run(self, run_id: str, now: datetime) -> WorldRun | None:
        """Give one run."""
        self._learn(now)
        run = self._world.run(self._originals.get(run_id, ""), now)
        return None if run is None else self._seen(run)

    def steps(self, run_id: str, now: datetime) -> tuple[WorldStep, ...]:
        """Give the attempts of which a run is one, as if they were its steps; raises KeyError."""
        attempts = list(self._attempts(run_id, now))
        return tuple(
            WorldStep(
                id=run.id,
                key=run.id,
                name=f"attempt {run.attempt}",
                parents=(previous,) if (previous := self._place(run.id).previous) else (),
                kind="attempt",
                state=run.state,
                attempt=run.attempt,
                started=run.started,
                finished=run.finished,
                error=run.error,
                result=None,
                word=run.word,
            )
            for run in attempts
        )

    def lines(self, run_id: str, now: datetime) -> Sequence[Line]:
        """Give what a run has written, in order; raises KeyError."""
        run = self.run(run_id, now)
        if run is None:
            raise KeyError(run_id)
        never = run.started is None and run.state.terminal
        return () if never else self._world.lines(self._originals[run_id], now)

    def instance(self, run: WorldRun) -> int:
        """Give the place of a run among the instances of its service."""
        return self._place(run.id).instance

    def is_service(self, name: str) -> bool:
        """Tell whether a workflow is a service."""
        return name in self._services

    def instances(self, name: str, now: datetime) -> int:
        """Tell how many instances a service has."""
        self._learn(now)
        return max((index + 1 for service, index in self._taken if service == name), default=1)

    def cancel(self, run_id: str, now: datetime) -> WorldRun:
        """Stop a run; raises KeyError or Finished."""
        return self._seen(self._world.cancel(self._originals[run_id], now))

    def rerun(
        self, run_id: str, now: datetime, parameters: Mapping[str, str] | None = None
    ) -> WorldRun:
        """Start a run like another one; raises KeyError, or ValueError while that goes on."""
        original = self._originals[run_id]
        again = self._world.retry(original, now, as_new=True, parameters=parameters)
        self._asked_for.add(again.id)
        self._learn(now)
        return self._seen(again)

    def _attempts(self, run_id: str, now: datetime) -> Iterator[WorldRun]:
        run = self.run(run_id, now)
        if run is None:
            raise KeyError(run_id)
        while earlier := self.run(self._place(run.id).previous or "", now):
            run = earlier
        while run is not None:
            yield run
            run = self.run(self._later.get(run.id, ""), now)

    def _place(self, run_id: str) -> _Place:
        return self._places[self._originals[run_id]]

    def _learn(self, now: datetime) -> None:
        runs = self._world.runs(now)
        if len(runs) == len(self._places) and all(run.id in self._places for run in runs[:1]):
            return
        for run in reversed(runs):
            if run.id not in self._places:
                place = self._placed(run, now)
                self._places[run.id] = place
                self._originals[place.id] = run.id
                if place.previous:
                    self._later[place.previous] = place.id

    def _placed(self, run: WorldRun, now: datetime) -> _Place:
        own = ulid(run.created, run.id)
        if run.workflow.name in self._services:
            return _Place(own, 1, None, None, "service", self._free_instance(run))
        if run.retry_of is None or run.id in self._asked_for:
            return _Place(own, 1, None, None, TRIGGERS[run.trigger], 0)
        before = self._places.get(run.retry_of)
        if before is None:
            forgotten = ulid(run.created - timedelta(minutes=5), run.retry_of)
            return _Place(own, 2, forgotten, forgotten, "cron", 0)
        first = before.first or before.id
        return _Place(own, before.attempt + 1, before.id, first, before.trigger, 0)

    def _free_instance(self, run: WorldRun) -> int:
        name, index = run.workflow.name, 0
        while before := self._taken.get((name, index)):
            earlier = self._world.run(before, run.created)
            if earlier is None or earlier.state.terminal:
                break
            index += 1
        self._taken[name, index] = run.id
        return index

    def _seen(self, run: WorldRun) -> WorldRun:
        if run.id in self._over:
            return self._over[run.id]
        seen = self._translated(run, self._places[run.id])
        if seen.state.terminal:
            self._over[run.id] = seen
        return seen

    def _translated(self, run: WorldRun, place: _Place) -> WorldRun:
        seen = replace(
            run,
            id=place.id,
            attempt=place.attempt,
            retry_of=place.first if self._names_first else place.previous,
            trigger=place.trigger,
            state=State.RUNNING if run.state is State.WAITING else run.state,
        )
        if self._never_began(run):
            return replace(seen, state=State.SKIPPED, started=None, finished=run.created)
        return seen

    def _never_began(self, run: WorldRun) -> bool:
        if run.state is not State.CANCELLED or run.finished is None:
            return False
        return run.finished < self._world.epoch and int(run.id[:2], 16) % _SKIPPED_OF == 0
