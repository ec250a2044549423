"""What is known of runs, listed or opened, and their translation with all of it."""

from collections.abc import Iterable
from datetime import datetime

from runs_tui.adapters.lightning.kin import Kin
from runs_tui.adapters.lightning.order import Order
from runs_tui.adapters.lightning.runs import Attempt, Origin, is_over, run_of
from runs_tui.adapters.lightning.wire import WireRun
from runs_tui.model.latest import Latest
from runs_tui.model.run import Run

_MOST = 5_000


class Known:
    """Remembers what does not change any more, the latest of it."""

    def __init__(self, origin: Origin, kin: Kin) -> None:
        """Begin with nothing known of any run."""
        self.order = Order()
        """Where runs stand in the list."""
        self._origin = origin
        self._kin = kin
        self._over: Latest[str, WireRun] = Latest(_MOST)
        self._attempts: Latest[str, Attempt] = Latest(_MOST)

    def final(self, run_id: str) -> WireRun | None:
        """Give a run that is over, which never changes again."""
        return self._over.get(run_id)

    def keep(self, rows: Iterable[WireRun]) -> None:
        """Remember those of some runs that are over."""
        for row in rows:
            if is_over(row):
                self._over[row.id] = row

    def attempt(self, run_id: str) -> Attempt | None:
        """Give what the work order of a run tells of it."""
        return self._attempts.get(run_id)

    def keep_attempt(self, run_id: str, attempt: Attempt) -> None:
        """Remember what the work order of a run tells of it."""
        self._attempts[run_id] = attempt

    def run(self, row: WireRun, instant: datetime) -> Run:
        """Translate a run that stands at an instant of the list, with all that is known of it."""
        workflow_id = self._kin.joins.workflow_id(row.id)
        return run_of(
            row,
            self._origin,
            instant,
            workflow_id,
            self._kin.catalogue.known.get(workflow_id or ""),
            self._attempts.get(row.id),
        )
