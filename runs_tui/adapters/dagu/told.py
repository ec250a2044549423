"""What of a run's events was told, so that the others can be."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runs_tui.adapters.dagu.lines import ENDED
from runs_tui.adapters.dagu.order import Part


@dataclass(slots=True)
class Told:
    """What was told of one run."""

    last: str | None = None
    """The id of the last event."""
    parts: set[str] = field(default_factory=set)
    """The labels of what was told to its end."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many lines of each stream were."""
    passed: set[str] = field(default_factory=set)
    """The streams of which all lines are passed over that there are when they are read next."""
    held: dict[str, tuple[int, str]] = field(default_factory=dict)
    """The last line of each stream that was read, with its number."""

    def unfinished(self, label: str) -> str | None:
        """Give the last line that was told of a stream, which may be only the beginning of it."""
        number, text = self.held.get(label, (0, ""))
        return text if number and number == self.counts.get(label) else None


def up_to(parts: Sequence[Part], event_id: str) -> Told | None:
    """Give what was told once an event was, where all went in order; None if there is no such."""
    found = place_of(parts, event_id)
    if found is None:
        return None
    place, number = found
    told = Told(event_id)
    for part in parts[:place]:
        (told.passed if part.open else told.parts).add(part.label)
    if number is None:
        told.parts.add(parts[place].label)
    else:
        told.counts[parts[place].label] = number
    return told


def place_of(parts: Sequence[Part], event_id: str) -> tuple[int, int | None] | None:
    """Give the part that an event is of, and which of its lines it is."""
    for place, part in enumerate(parts):
        if part.entry is not None and part.label == event_id:
            return place, None
        if not event_id.startswith(f"{part.label}-"):
            continue
        rest = event_id[len(part.label) + 1 :].rstrip("+")
        if part.stream is None and rest == ENDED:
            return place, None
        if part.stream is not None and rest.isascii() and rest.isdecimal():
            return place, int(rest[:12])
    return None
