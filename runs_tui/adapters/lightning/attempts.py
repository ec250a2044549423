"""Finds the work order of a run, which holds its attempts; no run tells it."""

from datetime import timedelta

from runs_tui.adapters.lightning.asked import written
from runs_tui.adapters.lightning.client import MOST, Client
from runs_tui.adapters.lightning.dossier import Dossier
from runs_tui.adapters.lightning.known import Known
from runs_tui.adapters.lightning.runs import Attempt
from runs_tui.adapters.lightning.trust import Trust
from runs_tui.adapters.lightning.wire import RunPage, WireRun, WorkOrder

_MARGIN = timedelta(seconds=5)
"""How much the clocks of workers and of the server may differ."""
_CANDIDATES = 20
_MOST_TRIED = 5


class Attempts:
    """Looks among the work orders of a workflow that were open when a run started."""

    def __init__(self, client: Client, known: Known, trust: Trust) -> None:
        """Take what reads, and what is remembered of runs."""
        self._client = client
        self._known = known
        self._trust = trust

    async def find(self, dossier: Dossier, row: WireRun, workflow_id: str) -> None:
        """Find out which attempt a run is, as far as its allowance goes."""
        if self._known.attempt(row.id) is not None:
            dossier.searched = True
        if dossier.searched or not await self._may_ask(dossier):
            return
        for order in await self._candidates(row, workflow_id):
            if order.id in dossier.orders:
                continue
            if not dossier.allowance.take(leaving=2 if dossier.orders else 0):
                return
            page = await self._client.runs({"work_order_id": order.id, "page_size": MOST})
            found = _attempt(row.id, order, page)
            if found is not None:
                self._known.keep_attempt(row.id, found)
                break
            dossier.orders.add(order.id)
            if len(dossier.orders) >= _MOST_TRIED:
                break
        dossier.searched = True

    async def of_order(self, order_id: str) -> RunPage:
        """Read the runs of a work order, the latest first, and remember which attempt each is."""
        page = await self._client.runs({"work_order_id": order_id, "page_size": MOST})
        ids = [row.id for row in reversed(page.data)]
        if not page.more:
            for place, run_id in enumerate(ids):
                if self._known.attempt(run_id) is None:
                    earlier = ids[place - 1] if place else None
                    self._known.keep_attempt(run_id, Attempt(order_id, place + 1, earlier))
        return page

    async def _may_ask(self, dossier: Dossier) -> bool:
        """Tell whether it can be asked; a server that ignores filters would give any run."""
        if not self._trust.is_sure:
            if not dossier.allowance.take():
                return False
            await self._trust.probe()
        return self._trust.is_sure and dossier.allowance.take(leaving=1)

    async def _candidates(self, row: WireRun, workflow_id: str) -> list[WorkOrder]:
        """Give the work orders that a run can belong to, the likeliest first."""
        wanted: dict[str, str | int] = {"workflow_id": workflow_id, "page_size": _CANDIDATES}
        if row.started_at is not None:
            wanted["inserted_before"] = written(row.started_at + _MARGIN)
            wanted["updated_after"] = written(row.started_at - _MARGIN)
        found = (await self._client.work_orders(wanted)).data
        return sorted(found, key=lambda order: _unlikeness(row, order))


def _unlikeness(row: WireRun, order: WorkOrder) -> tuple[bool, float]:
    """Give how little a work order looks like that of a run: it ends with its last run."""
    acted, ended = order.last_activity, row.finished_at or row.started_at
    apart = abs((acted - ended).total_seconds()) if acted and ended else 0.0
    return order.state != row.state, apart


def _attempt(run_id: str, order: WorkOrder, page: RunPage) -> Attempt | None:
    """Give which of the runs of a work order one is; None where it is none of them."""
    ids = [row.id for row in reversed(page.data)]
    if run_id not in ids or page.more:
        return None
    place = ids.index(run_id)
    return Attempt(
        order.id,
        place + 1,
        earlier=ids[place - 1] if place else None,
        created_at=None if place else order.inserted_at,
    )
