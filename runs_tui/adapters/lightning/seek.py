"""Finds the workflow of one run that was not listed: half of those it can be, and half again."""

from collections.abc import Sequence

from runs_tui.adapters.lightning.asked import Bounds
from runs_tui.adapters.lightning.catalogue import Catalogue
from runs_tui.adapters.lightning.client import MOST, Client
from runs_tui.adapters.lightning.code import MOST_IDS
from runs_tui.adapters.lightning.dossier import Dossier, Search
from runs_tui.adapters.lightning.joins import Joins
from runs_tui.adapters.lightning.reader import RunReader
from runs_tui.adapters.lightning.trust import SOME, Trust, by_workflows
from runs_tui.adapters.lightning.wire import WireRun, Workflow


class Seeker:
    """Asks, as far as a run's allowance goes, whether its log belongs to some workflows."""

    def __init__(
        self,
        client: Client,
        reader: RunReader,
        catalogue: Catalogue,
        joins: Joins,
        trust: Trust,
    ) -> None:
        """Take what reads, and what is remembered of workflows."""
        self._client = client
        self._reader = reader
        self._catalogue = catalogue
        self._joins = joins
        self._trust = trust

    async def workflow(self, dossier: Dossier, row: WireRun) -> Workflow | None:
        """Give the workflow of a run, where it can be found out by now."""
        workflows = await self._catalogue.all()
        if self._joins.unknown([dossier.id]):
            await self._seek(dossier, row, tuple(workflows))
        return workflows.get(self._joins.workflow_id(dossier.id) or "")

    async def _seek(self, dossier: Dossier, row: WireRun, workflows: Sequence[str]) -> None:
        search = dossier.search = dossier.search or Search(workflows)
        await self._reader.newest(dossier)
        while search.candidates and not self._joins.off:
            chosen = self._next(search)
            if not chosen:
                self._joins.remember(dossier.id, search.candidates[0])
                return
            if not dossier.allowance.take():
                return
            self._learn(search, chosen, is_among=await self._is_among(dossier, row, chosen))
        if not self._joins.off:
            self._joins.remember(dossier.id, None)

    def _next(self, search: Search) -> list[str]:
        """Give the workflows to ask about; none where it is certain."""
        left = list(search.candidates)
        if len(left) > 1 or not search.found:
            half = left[: min(-(-len(left) // 2), MOST_IDS)]
            return half if SOME in self._trust else half[:1]
        others = [each for each in self._catalogue.known if each != left[0]]
        return [] if search.left_out or not others else others[:1]

    def _learn(self, search: Search, chosen: list[str], *, is_among: bool) -> None:
        (name,) = by_workflows(chosen)
        among = set(chosen)
        if among.isdisjoint(search.candidates):
            search.left_out = not is_among
            if is_among:
                self._trust.broken(name)
        elif is_among:
            search.candidates = [each for each in search.candidates if each in among]
            search.found = True
        else:
            search.candidates = [each for each in search.candidates if each not in among]
            search.left_out = True
            self._trust.seen(chosen)

    async def _is_among(self, dossier: Dossier, row: WireRun, workflows: list[str]) -> bool:
        chosen = by_workflows(workflows)
        if dossier.page is not None and dossier.page.data:
            page = await self._client.log_lines({"run_id": dossier.id, "page_size": 1, **chosen})
            return bool(page.data)
        bounds = Bounds().until(row.started_at) if row.started_at else Bounds()
        runs = await self._client.runs({**bounds.params, **chosen, "page_size": MOST})
        return dossier.id in {run.id for run in runs.data}
