"""What is said of how long a run usually takes, and of when this one will be over."""

from collections.abc import Sequence
from datetime import datetime

from runs_tui import looks
from runs_tui.model.expectation import Expectation
from runs_tui.model.run import Run
from runs_tui.widgets.columns import Part


def expected(
    expectation: Expectation | None, run: Run, now: datetime, *, short: bool
) -> Sequence[Part]:
    """Say `usually 2m to 5m, done in about 3m`, or how late it is; `short` says one of the two.

    The two times are those that half, and 95 of 100, of the past runs took at most.
    """
    if expectation is None:
        return []
    usual, longest = looks.about(expectation.usual), looks.about(expectation.longest)
    most = "" if short or longest == usual else f" to {longest}"
    usually: Part = (f"usually {usual}{most}", "table--dim")
    ahead = _ahead(expectation, run, now)
    if not ahead:
        return [usually]
    return [ahead] if short else [usually, (", ", "table--dim"), ahead]


def _ahead(expectation: Expectation, run: Run, now: datetime) -> Part | None:
    elapsed = run.duration(now) if run.active and run.started_at else None
    if elapsed is None:
        return None
    late = expectation.late(elapsed)
    if late is not None:
        return f"late by {looks.about(late)}", "table--warning"
    left = expectation.left(elapsed)
    return None if left is None else (f"done in about {looks.about(left)}", "table--accent")
