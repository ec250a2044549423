"""A seeded world of runs: a pure function of time and of the commands received.

Seconds of world time count from the epoch. Before it they are seconds of the wall clock; after it
`speed` of them pass in one. Every instant is given out as an instant of the wall clock, so nothing
that has happened lies in the future, and what comes after the epoch is shorter by `speed`.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from runs_tui.demo import catalogue
from runs_tui.demo import hostile as strangers
from runs_tui.demo.arrivals import Arrivals
from runs_tui.demo.dice import digest
from runs_tui.demo.history import History, Known, Slot
from runs_tui.demo.journal import Note, journal
from runs_tui.demo.portrait import Timescale, line_of, portray, step_of
from runs_tui.demo.timeline import Attempt, Placed, descendants, draw
from runs_tui.demo.values import Finished, Line, StepSpec, Workflow, WorldRun, WorldStep
from runs_tui.model.latest import Latest
from runs_tui.model.state import State

__all__ = ["Finished", "Line", "Mode", "StepSpec", "Workflow", "World", "WorldRun", "WorldStep"]

Mode = Literal["full", "failed", "step"]

JOURNALS = 64


@dataclass(slots=True)
class _Journal:
    notes: list[Note]
    times: list[float]
    lines: list[Line] = field(default_factory=list)


class World:
    """A server's worth of workflows and their runs."""

    workflows: tuple[Workflow, ...]
    epoch: datetime

    def __init__(
        self,
        *,
        seed: int = 7,
        runs: int = 5000,
        epoch: datetime,
        speed: float = 1.0,
        hostile: bool = False,
    ) -> None:
        """Begin at an instant, with so many runs before it; those still active are among them."""
        self.epoch = epoch = epoch.astimezone(UTC)
        recipes = catalogue.recipes(seed) + (strangers.recipes() if hostile else ())
        self.workflows = tuple(recipe.workflow(seed) for recipe in recipes)
        self._workflows = {workflow.name: workflow for workflow in self.workflows}
        midnight = epoch.replace(hour=0, minute=0, second=0, microsecond=0)
        since = (midnight - epoch).total_seconds()
        self._history = History(Arrivals(seed, recipes, since, runs), recipes, runs)
        self._time = Timescale(epoch, speed)
        self._journals: Latest[str, _Journal] = Latest(JOURNALS)

    def runs(self, now: datetime) -> Sequence[WorldRun]:
        """Give every run that exists at an instant, newest first."""
        seconds = self._time.seconds(now)

        def look(slot: Slot) -> WorldRun:
            final = slot.final
            return final if final and slot.closed <= seconds else self._look(slot, seconds)

        return Known(self._history.until(seconds), look)

    def run(self, run_id: str, now: datetime) -> WorldRun | None:
        """Give one run as it stands at an instant."""
        seconds = self._time.seconds(now)
        slot = self._history.find(run_id, seconds)
        return None if slot is None else self._look(slot, seconds)

    def steps(
        self, run_id: str, now: datetime, attempt: int | None = None
    ) -> tuple[WorldStep, ...]:
        """Give the steps of a run's newest attempt or of a given one; raises KeyError."""
        seconds = self._time.seconds(now)
        slot = self._slot(run_id, seconds)
        newest = slot.attempt(seconds).number
        wanted = newest if attempt is None else attempt
        if not 1 <= wanted <= newest:
            return ()
        chosen = slot.attempts[wanted - 1]
        words = [slot.recipe.word] + [None] * len(slot.recipe.steps)
        return tuple(
            step_of(placed, chosen, self._time, seconds, word)
            for placed, word in zip(slot.placed(chosen), words, strict=False)
        )

    def lines(self, run_id: str, now: datetime) -> Sequence[Line]:
        """Give log lines and state changes of a run up to an instant, in order; raises KeyError."""
        seconds = self._time.seconds(now)
        slot = self._slot(run_id, seconds)
        written = self._journal(slot)
        count = bisect_right(written.times, seconds)
        for number in range(len(written.lines), count):
            note = written.notes[number]
            written.lines.append(line_of(note, slot.id, number + 1, self._time))
        return written.lines[:count]

    def cancel(self, run_id: str, now: datetime) -> WorldRun:
        """Ask for a run's end, which always comes; raises KeyError or Finished."""
        seconds = self._time.seconds(now)
        slot = self._slot(run_id, seconds)
        seen = self._look(slot, seconds)
        if not seen.state.active:
            raise Finished(run_id)
        if not seen.cancelling:
            attempt = slot.attempt(seconds)
            attempt.cancel(seconds)
            self._change(slot, slot.attempts[: attempt.number])
            self._history.forget_child(slot)
        return self._look(slot, seconds)

    def retry(
        self,
        run_id: str,
        now: datetime,
        *,
        mode: Mode = "full",
        step: str | None = None,
        as_new: bool,
        parameters: Mapping[str, Any] | None = None,
    ) -> WorldRun:
        """Run a finished run again; raises KeyError, or ValueError where it cannot be done.

        A new run has the same parameters, unless others are given.
        """
        seconds = self._time.seconds(now)
        slot = self._slot(run_id, seconds)
        seen = self._look(slot, seconds)
        if not seen.state.terminal:
            raise ValueError("the run is still active")
        kept = self._kept(slot, slot.attempt(seconds), mode, step)
        if as_new:
            slot.repeats += 1
            again = slot.repeat(seconds, digest(slot.source.hex(), "retry", slot.repeats))
            again.kept = kept
            again.parameters = seen.parameters if parameters is None else dict(parameters)
            self._history.add(again)
            return self._look(again, seconds)
        number = len(slot.attempts) + 1
        source = digest(slot.source.hex(), "retry of attempt", number)
        self._change(slot, [*slot.attempts, draw(slot.recipe, source, seconds, number, kept)])
        return self._look(slot, seconds)

    def _slot(self, run_id: str, seconds: float) -> Slot:
        slot = self._history.find(run_id, seconds)
        if slot is None:
            raise KeyError(run_id)
        return slot

    def _look(self, slot: Slot, seconds: float) -> WorldRun:
        if slot.final and slot.closed <= seconds:
            return slot.final
        seen = portray(slot, self._workflows[slot.recipe.name], self._time, seconds)
        last = slot.attempts[-1]
        if seconds >= last.end:
            slot.final, slot.closed = seen, last.end
        return seen

    def _change(self, slot: Slot, attempts: list[Attempt]) -> None:
        slot.attempts = attempts
        self._journals.pop(slot.id, None)

    def _kept(
        self, slot: Slot, attempt: Attempt, mode: Mode, step: str | None
    ) -> dict[str, Placed]:
        done = {
            placed.spec.key: placed
            for placed in slot.placed(attempt)
            if placed.state is State.SUCCEEDED
        }
        match mode:
            case "full":
                return {}
            case "failed":
                if len(done) == len(slot.recipe.steps):
                    raise ValueError("no step of the run has failed")
                return done
            case "step":
                if step is None or all(spec.key != step for spec in slot.recipe.steps):
                    raise ValueError(f"the run has no step {step!r}")
                again = {step} | descendants(slot.recipe.steps, [step])
                return {key: placed for key, placed in done.items() if key not in again}

    def _journal(self, slot: Slot) -> _Journal:
        written = self._journals.get(slot.id)
        if written is None:
            notes = journal(slot.recipe, slot.attempts)
            written = _Journal(notes, [note.at for note in notes])
        self._journals[slot.id] = written
        return written
