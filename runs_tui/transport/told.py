"""What was told of the events of runs, so that nothing is told twice and nothing is left out."""

from datetime import datetime, timedelta

from runs_tui.model.latest import Latest
from runs_tui.model.run import Event

_MOST_RUNS = 32
_MANY = 20_000


class Told:
    """The ids of one run's events that were told, in that order, with their times."""

    def __init__(self, since: datetime | None = None) -> None:
        """Begin with nothing told, or with all that happened before an instant."""
        self.since = since
        """The instant before which everything counts as told."""
        self._lines: dict[str, datetime] = {}
        self._order: dict[str, None] = {}
        self.newest: datetime | None = None
        """The time of the latest log line among them."""

    def __contains__(self, event: Event) -> bool:
        """Whether an event was told."""
        before = self.since is not None and event.at is not None and event.at < self.since
        return before or event.id in self._order

    def knows(self, event_id: str) -> bool:
        """Tell whether the event of an id is among those that were told one by one."""
        return event_id in self._order

    def add(self, event: Event) -> None:
        """Note that an event is told."""
        if event.id is not None:
            self._add(event.id, event.at if event.kind == "log" else None)

    def back_to(self, event_id: str) -> "Told":
        """Give what was told up to an event, as if the rest had not been."""
        told = Told(self.since)
        for known in self._order:
            told._add(known, self._lines.get(known))
            if known == event_id:
                break
        return told

    def forget(self, back: timedelta) -> None:
        """Forget, where they are many, lines so far back that they are not asked for again."""
        if len(self._lines) > _MANY and self.newest is not None:
            edge = self.newest - back
            for known in [known for known, at in self._lines.items() if at < edge]:
                del self._lines[known], self._order[known]

    def _add(self, event_id: str, line_at: datetime | None) -> None:
        self._order[event_id] = None
        if line_at is not None:
            self._lines[event_id] = line_at
            self.newest = max(line_at, self.newest or line_at)


class Memory:
    """What was told of the runs that were looked at last."""

    def __init__(self) -> None:
        """Begin with no run."""
        self._told: Latest[str, Told] = Latest(_MOST_RUNS)

    def resume(self, run_id: str, after: str) -> Told | None:
        """Give what was told of a run up to an event; None where it is not known."""
        known = self._told.get(run_id)
        return known.back_to(after) if known is not None and known.knows(after) else None

    def keep(self, run_id: str, told: Told) -> None:
        """Remember what is told of a run from now on."""
        self._told[run_id] = told
