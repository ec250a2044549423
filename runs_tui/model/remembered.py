"""Where a person was, as it is remembered between two starts."""

from dataclasses import dataclass, field

from runs_tui.model.query import Sort
from runs_tui.model.run import RunKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """How the pane of one run stood."""

    tab: str | None = None
    """The tab that was turned up."""
    hidden: bool = False
    """Whether it was hidden."""
    zoomed: bool = False
    """Whether it had the whole screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Where a person was."""

    view: str | None = None
    """The name of the view."""
    filter: str = ""
    """The filter, as it was typed."""
    sort: Sort | None = None
    """The order."""
    columns: tuple[str, ...] = ()
    """The columns that were chosen; none for the usual ones."""
    marks: tuple[RunKey, ...] = ()
    """The runs that were marked."""
    cursor: RunKey | None = None
    """The run under the cursor."""
    pane: Pane = field(default_factory=Pane)
    """The pane of the run."""
