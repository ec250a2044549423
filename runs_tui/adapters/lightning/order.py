"""Where runs stand in a list whose order is that of creation, which no run tells.

A run is created before it starts, and before every run that is listed above it. So the earliest
start among a run and those above it is not before its creation, and these instants go down as the
list does. A run that has not started stands with the one above it.
"""

from collections.abc import Sequence
from datetime import datetime

from runs_tui.adapters.lightning.wire import WireRun
from runs_tui.model.latest import Latest

_MOST = 50_000


class Order:
    """Remembers the instant of each run, so that it is the same wherever the run is seen."""

    def __init__(self) -> None:
        """Begin with no run seen."""
        self._known: Latest[str, datetime] = Latest(_MOST)

    def place(
        self, rows: Sequence[WireRun], bound: datetime | None, now: datetime
    ) -> list[datetime]:
        """Give an instant to each of some runs in the server's order, none after a bound."""
        instants = []
        for index, row in enumerate(rows):
            told = [bound, self._known.get(row.id), row.started_at]
            bound = min((each for each in told if each), default=None)
            bound = bound or max([now, *_starts(rows[index:])[:1]])
            instants.append(self._keep(row.id, bound))
        return instants

    def knows(self, run_id: str) -> bool:
        """Tell whether a run was listed, so that there is one of this id."""
        return run_id in self._known

    def of(self, row: WireRun, now: datetime) -> datetime:
        """Give the instant of one run: that of the list, if it was listed."""
        return self._known.get(row.id) or self._keep(row.id, row.started_at or now)

    def _keep(self, run_id: str, instant: datetime) -> datetime:
        self._known[run_id] = instant
        return instant


def _starts(rows: Sequence[WireRun]) -> list[datetime]:
    return [row.started_at for row in rows if row.started_at]
