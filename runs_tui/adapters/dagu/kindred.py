"""The other runs of a run's lineage: its parent, its sub-runs, and the repetitions of ours."""

from collections.abc import Iterable, Sequence

from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.place import Place
from runs_tui.adapters.dagu.reader import Reader
from runs_tui.adapters.dagu.runs import Translator, place_in
from runs_tui.adapters.dagu.states import state_of
from runs_tui.adapters.dagu.wire import SUB_RUNS, SubRun, WholeRun
from runs_tui.model.errors import NotFound
from runs_tui.model.kin import Kin, Relation, Relative
from runs_tui.model.run import Run
from runs_tui.model.text import clean

_MOST_READ = 3
"""How many runs that are only remembered are read one by one."""


class Kindred:
    """Brings together what the server links and what only this program remembers."""

    def __init__(self, client: Client, reader: Reader, translator: Translator) -> None:
        """Take where runs are read, and where it is remembered what they repeat."""
        self._client = client
        self._reader = reader
        self._translator = translator

    async def of(self, run_id: str) -> Kin:
        """Give the relatives of a run."""
        told = await self._reader.recent(run_id)
        own = self._translator.run(told)
        parent = await self._parent(told)
        children = [self._child(told, *each) for each in await self._children(told)]
        attempts = await self._attempts(own.id)
        relatives = [
            *([Relative(parent, Relation.PARENT)] if parent else ()),
            *(Relative(run, Relation.CHILD) for run in children),
            *(Relative(run, Relation.ATTEMPT) for run in attempts),
        ]
        distinct = {each.run.id: each for each in reversed(relatives) if each.run.id != own.id}
        return Kin([*reversed(distinct.values())])

    async def started(self, told: WholeRun) -> Sequence[SubRun]:
        """Read how each of the runs stands that a run started."""
        place = place_in(told)
        root = Place(place.root, place.name)
        params = None if place.sub is None else {"parentSubDAGRunId": place.sub}
        return (await self._client.read(f"{root.path}/sub-dag-runs", SUB_RUNS, params)).runs or ()

    async def _parent(self, told: WholeRun) -> Run | None:
        if not told.parent_id or told.parent_id == told.id:
            return None
        place = place_in(told)
        sub = None if told.parent_id == place.root else told.parent_id
        parent = Place(place.root, place.name, sub)
        try:
            return self._translator.run(await self._reader.recent(parent.run_id))
        except NotFound:
            return None

    async def _children(self, told: WholeRun) -> list[tuple[SubRun, str]]:
        """Give the runs that a run started, each with the name of its DAG."""
        called = {
            sub.id: node.step.call or node.step.name
            for node in told.nodes
            for sub in node.sub_runs or ()
        }
        if not called:
            return []
        started = await self.started(told)
        return [(sub, called[sub.id]) for sub in started if sub.id in called]

    def _child(self, told: WholeRun, sub: SubRun, name: str) -> Run:
        place = place_in(told)
        state = state_of(sub.label or "")
        return Run(
            source=self._translator.source,
            id=clean(Place(place.root, place.name, sub.id).run_id),
            workflow_id=clean(name),
            workflow_name=clean(name),
            state=state,
            status=clean(sub.label or ""),
            started_at=sub.started_at,
            finished_at=None if state.active else sub.finished_at,
            details={"params": clean(sub.params)} if sub.params else {},
        )

    async def _attempts(self, run_id: str) -> list[Run]:
        return await self._read(self._translator.origins.tied_to(run_id)[:_MOST_READ])

    async def _read(self, wanted: Iterable[str]) -> list[Run]:
        """Read runs that are remembered by their ids alone; one that is gone is left out."""
        runs = []
        for run_id in wanted:
            try:
                runs.append(self._translator.run(await self._reader.recent(run_id)))
            except NotFound:
                continue
        return runs
