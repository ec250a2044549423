"""The names of flows and deployments, of which a run tells only the ids."""

from collections.abc import Iterable, Mapping

from runs_tui.adapters.prefect.client import MOST, Client
from runs_tui.adapters.prefect.wire import COUNT, NAMED, FlowRun, Named
from runs_tui.model.errors import SourceError


class Names:
    """Remembers names; what is not known is asked for together."""

    def __init__(self, client: Client) -> None:
        """Begin with nothing known."""
        self._client = client
        self._flows: dict[str, str | None] = {}
        self._deployments: dict[str, str | None] = {}
        self._all: dict[str, str] = {}

    async def learn(self, runs: Iterable[FlowRun]) -> None:
        """Ask for the names that belong to some runs and are not known yet, in one request.

        Those of deployments, an ornament, come when all flows have theirs.
        """
        runs = list(runs)
        flows = {run.flow_id for run in runs if run.flow_id} - self._flows.keys()
        if flows:
            await self._learn_flows(flows)
        else:
            deployed = {run.deployment_id for run in runs if run.deployment_id}
            await self._learn_deployments(deployed - self._deployments.keys())

    async def learn_flow(self, run: FlowRun) -> None:
        """Ask for the name of a run's flow; that of its deployment is not worth a request."""
        if run.flow_id and run.flow_id not in self._flows:
            await self._learn_flows({run.flow_id})

    def of(self, run: FlowRun) -> tuple[str | None, str | None]:
        """Give the names of a run's flow and of its deployment, as far as they are known."""
        return self._flows.get(run.flow_id or ""), self._deployments.get(run.deployment_id or "")

    async def all_flows(self) -> Mapping[str, str]:
        """Give the name of every flow there is now, by its id."""
        if len(self._all) < MOST or await self._grown():
            self._all = await self._read_flows()
            self._flows |= self._all
        return self._all

    async def _grown(self) -> bool:
        return await self._client.rows("/flows/count", {}, COUNT) != len(self._all)

    async def _read_flows(self) -> dict[str, str]:
        found: list[Named] = []
        while True:
            body = {"limit": MOST, "offset": len(found), "sort": "NAME_ASC"}
            rows = await self._client.rows("/flows/filter", body, NAMED)
            found += rows
            if len(rows) < MOST:
                return {flow.id: flow.name for flow in found}

    async def _learn_flows(self, ids: set[str]) -> None:
        self._flows |= await self._named("flows", ids)

    async def _learn_deployments(self, ids: set[str]) -> None:
        """Ask for names of deployments, which are only an ornament: without them it goes on."""
        if not ids:
            return
        try:
            self._deployments |= await self._named("deployments", ids)
        except SourceError:
            return

    async def _named(self, what: str, ids: set[str]) -> dict[str, str | None]:
        body = {"limit": MOST, what: {"id": {"any_": sorted(ids)[:MOST]}}}
        rows = await self._client.rows(f"/{what}/filter", body, NAMED)
        return dict.fromkeys(ids) | {row.id: row.name for row in rows}
