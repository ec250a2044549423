"""Sources that are named before they are opened, for opening them takes a while."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from runs_tui.adapters.base import Source


class Opened(NamedTuple):
    """Sources, and what there is to say of them."""

    sources: "Sequence[Source]"
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Unopened:
    """Sources to be."""

    names: Mapping[str, str | None]
    """The colour of each, by its name."""
    open: Callable[[], Opened]
    """Opens them; called once, in a thread."""
