"""Finds the workflow of one run that was not listed: half of those it can be, and half again."""

from collections.abc import Sequence

from runs_tui.adapters.lightning.asked import Bounds
from runs_tui.adapters.lightning.client import MOST, Client, Params
from runs_tui.adapters.lightning.code import MOST_IDS
from runs_tui.adapters.lightning.dossier import Dossier, Search
from runs_tui.adapters.lightning.kin import Kin
from runs_tui.adapters.lightning.reader import RunReader
from runs_tui.adapters.lightning.trust import ONE, SOME
from runs_tui.adapters.lightning.wire import WireRun, Workflow


class Seeker:
    """Asks, as far as a run's allowance goes, whether its log belongs to some workflows."""

    def __init__(self, client: Client, reader: RunReader, kin: Kin) -> None:
        """Take what reads, and what knows workflows."""
        self._client = client
        self._reader = reader
        self._kin = kin
        self._trust = kin.trust
        self._joins = kin.joins

    async def workflow(self, dossier: Dossier, row: WireRun) -> Workflow | None:
        """Give the workflow of a run, where it can be found out by now."""
        workflows = await self._kin.catalogue.all()
        if self._joins.unknown([dossier.id]):
            await self._seek(dossier, row, tuple(workflows))
        if self._kin.may_be_new([dossier.id]) and dossier.allowance.take():
            await self._kin.look_for_new([dossier.id])
            if self._joins.unknown([dossier.id]):
                await self._seek(dossier, row, tuple(self._kin.catalogue.known))
        return self._kin.catalogue.known.get(self._joins.workflow_id(dossier.id) or "")

    async def _seek(self, dossier: Dossier, row: WireRun, workflows: Sequence[str]) -> None:
        if row.started_at is not None:
            await self._reader.newest(dossier)
        while not self._joins.off:
            by = SOME if SOME in self._trust else ONE
            search = dossier.search = dossier.search or Search(by, workflows)
            chosen = self._next(search)
            if not search.candidates or not chosen:
                self._joins.remember(dossier.id, next(iter(search.candidates), None))
                dossier.search = None
                return
            if not dossier.allowance.take():
                return
            is_among = await self._is_among(dossier, row, by, chosen)
            self._learn(dossier, chosen, is_among=is_among)

    def _next(self, search: Search) -> list[str]:
        """Give the workflows to ask about; none where it is certain."""
        left = search.candidates
        if len(left) > 1 or not search.found:
            return list(left[: min(-(-len(left) // 2), MOST_IDS if search.by == SOME else 1)])
        # It was found whatever was asked: a server that ignores the filter would do the same.
        others = [each for each in self._kin.catalogue.known if each not in left]
        return others[:1] if not search.left_out else []

    def _learn(self, dossier: Dossier, chosen: Sequence[str], *, is_among: bool) -> None:
        search = dossier.search
        assert search is not None
        if not is_among:
            search.left_out = True
            self._trust.seen(search.by)
        elif set(chosen).isdisjoint(search.candidates):
            self._trust.broken(search.by)
            dossier.search = None
            return
        search.found = search.found or is_among
        search.candidates = [c for c in search.candidates if (c in chosen) == is_among]

    async def _is_among(
        self, dossier: Dossier, row: WireRun, by: str, workflows: Sequence[str]
    ) -> bool:
        chosen: Params = {by: workflows if by == SOME else workflows[0]}
        if dossier.page is not None and dossier.page.data:
            page = await self._client.log_lines({"run_id": dossier.id, "page_size": 1, **chosen})
            return bool(page.data)
        bounds = Bounds().until(row.started_at) if row.started_at else Bounds()
        runs = await self._client.runs({**bounds.params, **chosen, "page_size": MOST})
        return dossier.id in {run.id for run in runs.data}
