"""What is to be expected of a run, by the runs of its workflow that are on the board."""

from collections.abc import Iterator, Sequence
from itertools import islice

from runs_tui.model.expectation import Expectation
from runs_tui.model.run import Run
from runs_tui.model.state import State

COUNTED = 50
"""How many past runs are counted, the newest."""
LOOKED_THROUGH = 5000
"""How many runs of the board are looked through for them."""


def expectation(runs: Sequence[Run], run: Run | None) -> Expectation | None:
    """Learn from the newest runs of the same source and workflow that succeeded."""
    if run is None:
        return None
    return Expectation.of(islice(_past(runs, run), COUNTED))


def _past(runs: Sequence[Run], run: Run) -> Iterator[Run]:
    for other in islice(runs, LOOKED_THROUGH):
        alike = other.source == run.source and other.workflow_id == run.workflow_id
        alike = alike and other.workflow == run.workflow and other.key != run.key
        if alike and other.state is State.SUCCEEDED:
            yield other
