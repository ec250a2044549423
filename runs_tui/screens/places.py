"""Where a person has been, so that `-` can go back as `cd -` does."""

from dataclasses import dataclass

from runs_tui.model.query import Query
from runs_tui.model.run import RunKey

KEPT = 20
"""How many places are kept."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is looked at: the runs of a query, one of them open."""

    query: Query
    """The query that is shown, with its order."""
    columns: tuple[str, ...] = ()
    """The columns that were chosen; none for the usual ones."""
    run: RunKey | None = None
    """The run that is open."""
    zoomed: bool = False
    """Whether it has the whole screen."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places that were left, the latest last."""

    left: tuple[Place, ...] = ()

    def leave(self, place: Place) -> "Places":
        """Give them with one more."""
        return Places((*self.left, place)[-KEPT:])

    def last(self, here: Place) -> Place | None:
        """Give the latest place that is another one than here."""
        return next((place for place in reversed(self.left) if place != here), None)
