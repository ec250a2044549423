"""Why steps and runs failed, which only their logs tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runs_tui.adapters.dagster.events import run_error, step_error
from runs_tui.adapters.dagster.log import Part
from runs_tui.model.latest import Latest

_MOST_RUNS = 500


@dataclass(slots=True)
class Told:
    """What was found in the log of one run so far."""

    steps: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Why each step failed the last time, with the number of the event that tells it."""
    run: str | None = None
    """Why the run failed, in the words of its own end."""

    @property
    def errors(self) -> Mapping[str, str]:
        """Why each step failed."""
        return {step: error for step, (_, error) in self.steps.items()}

    @property
    def error(self) -> str | None:
        """Why the run failed: as its first failed step did, where one did."""
        first = min(self.steps.values(), default=None)
        return first[1] if first else self.run


class Failures:
    """Remembers what the logs of runs say of their failures."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._known: Latest[str, Told] = Latest(_MOST_RUNS)

    def of(self, run_id: str) -> Told:
        """Give what is known of a run."""
        return self._known.get(run_id) or Told()

    def learn(self, run_id: str, part: Part) -> None:
        """Take in a part of a run's log, wherever in it that is."""
        for number, event in enumerate(part.events, start=part.before + 1):
            step, run = step_error(event), run_error(event)
            if step is None and run is None:
                continue
            told = self._known.get(run_id) or Told()
            self._known[run_id] = told
            told.run = run or told.run
            if step is not None and event.step:
                before = told.steps.get(event.step, (0, ""))
                told.steps[event.step] = max(before, (number, step))
