"""The definition that the tree of a run is drawn from: the nearest to what ran."""

from contextlib import suppress
from dataclasses import replace

from runs_tui.adapters.noxus.client import Client
from runs_tui.adapters.noxus.graph import Graph, graph_of
from runs_tui.adapters.noxus.wire import WireRun
from runs_tui.model.errors import BadAnswer, NotFound, Refused, Unauthorized
from runs_tui.model.latest import Latest

_MOST = 64
_FOR_GOOD = (NotFound, Refused, Unauthorized, BadAnswer)


class Definitions:
    """Finds the graph of each run, and asks for one only where the run does not tell it."""

    def __init__(self, client: Client) -> None:
        """Begin with none."""
        self._client = client
        self._of_runs: Latest[str, Graph] = Latest(_MOST)
        self._versions: Latest[str, Graph] = Latest(_MOST)
        self._embedded: Latest[str, Graph] = Latest(_MOST)

    def embedded(self, told: WireRun) -> None:
        """Learn the definition that a run embeds together with its workflow."""
        graph = graph_of(told.workflow.definition) if told.workflow else None
        if graph is not None:
            self._embedded[told.id] = replace(graph, current=True)

    async def of(self, told: WireRun) -> Graph:
        """Give the graph of a run that its workflow tells; the empty one where there is none."""
        snapshot = graph_of(told.workflow_definition)
        if snapshot is not None:
            return snapshot
        known = self._of_runs.get(told.id)
        if known is None:
            found = await self._version(told) or self._embedded.get(told.id)
            known = found or await self._current(told) or Graph()
            self._of_runs[told.id] = known
        return known

    async def _version(self, told: WireRun) -> Graph | None:
        wanted = told.workflow_version_id
        if not wanted or not told.workflow_id:
            return None
        if self._versions.get(wanted) is None:
            with suppress(*_FOR_GOOD):
                versions = await self._client.versions(told.workflow_id)
                found = next((each for each in versions if each.id == wanted), None)
                graph = graph_of(found.definition) if found else None
                if graph is not None:
                    self._versions[wanted] = graph
        return self._versions.get(wanted)

    async def _current(self, told: WireRun) -> Graph | None:
        if not told.workflow_id:
            return None
        with suppress(*_FOR_GOOD):
            workflow = await self._client.workflow(told.workflow_id)
            graph = graph_of(workflow.definition)
            return replace(graph, current=True) if graph else None
        return None
