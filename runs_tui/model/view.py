"""A saved query with its columns."""

from dataclasses import dataclass, field

from runs_tui.model.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A saved query with its columns."""

    name: str
    """What people call it."""
    query: Query = field(default_factory=Query)
    """What it asks for, with its order."""
    columns: tuple[str, ...] = ()
    """The columns it shows; none for the usual ones."""

    def shows(self, query: Query, columns: tuple[str, ...]) -> bool:
        """Tell whether this is what is asked for and shown."""
        same = (self.query.terms, self.query.sort) == (query.terms, query.sort)
        return same and self.columns == columns
