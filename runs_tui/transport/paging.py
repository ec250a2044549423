"""Pages out of offsets: each run once, although new ones push the others down."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime

from runs_tui.model.latest import Latest

MOST_CURSORS = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins, and which runs came before it."""

    offset: int = 0
    """The rows before it."""
    ids: Set[str] = field(default_factory=frozenset)
    """The runs of the page before it."""
    before: "Place | None" = None
    """Where the page before it began."""
    variant: str | None = None
    """What the server was asked to leave out, which the offset depends on."""
    total: int | None = None
    """How many rows there were in all, where the server tells."""
    bound: datetime | None = None
    """The instant that nothing from here on is listed after, where that must be remembered."""

    def has_seen(self, run_id: str) -> bool:
        """Tell whether a run came on an earlier page."""
        place: Place | None = self
        while place is not None:
            if run_id in place.ids:
                return True
            place = place.before
        return False

    def after(
        self,
        taken: Set[str],
        offset: int,
        *,
        total: int | None = None,
        bound: datetime | None = None,
    ) -> "Place":
        """Give the place behind a page that began here."""
        return Place(offset, frozenset(taken), self, self.variant, total, bound)


class Cursors:
    """Keeps the places that were given out, the latest ones."""

    def __init__(self) -> None:
        """Begin with none."""
        self._places: Latest[str, Place] = Latest(MOST_CURSORS)
        self._count = 0

    def keep(self, place: Place) -> str:
        """Give the text that stands for a place."""
        self._count += 1
        text = f"{self._count}.{place.offset}.{place.variant or ''}"
        self._places[text] = place
        return text

    def place(self, cursor: str) -> Place:
        """Give the place that a text stands for; one long forgotten keeps its offset."""
        if cursor in self._places:
            return self._places[cursor]
        _, offset, variant = (*cursor.split(".", 2), "", "")[:3]
        return Place(int(offset) if offset.isdecimal() else 0, variant=variant or None)
