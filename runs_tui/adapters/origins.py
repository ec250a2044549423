"""Which runs repeat which, where an API does not tell: those that were started here."""

from dataclasses import replace

from runs_tui.model.latest import Latest
from runs_tui.model.run import Run

MOST = 1000
"""Of how many runs the origin is remembered."""


class Origins(Latest[str, str]):
    """The id of the run that a run repeats, by its own id."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__(MOST)

    def tie(self, run_id: str, origin: str) -> None:
        """Remember which run a run repeats."""
        if run_id != origin:
            self[run_id] = origin

    def tied(self, run: Run) -> Run:
        """Name the run that a run repeats, where nothing else names it."""
        origin = self.get(run.id)
        if origin is None or run.retry_of is not None:
            return run
        return replace(run, retry_of=origin, derived=run.derived | {"retry_of"})

    def tied_to(self, run_id: str) -> list[str]:
        """Give the run that one repeats and those that repeat it, as far as it is remembered."""
        again = [later for later, origin in self.items() if origin == run_id]
        origin = self.get(run_id)
        return [origin, *again] if origin else again
