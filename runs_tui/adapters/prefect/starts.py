"""Starting the deployment of a flow run again with other parameters."""

from collections.abc import Mapping
from typing import Any

from runs_tui.adapters.origins import Origins
from runs_tui.adapters.prefect.client import Client
from runs_tui.adapters.prefect.parameters import inputs_of
from runs_tui.adapters.prefect.wire import FlowRun
from runs_tui.model.errors import Conflict, NotFound, Refused
from runs_tui.model.inputs import Inputs, JsonValue

_NO_DEPLOYMENT = "Prefect can only start runs of a deployment, and this run has none"
_GONE = "the deployment of this run is not there any more"


class Starts:
    """Starts new runs, and remembers which ones they repeat; Prefect does not."""

    def __init__(self, client: Client) -> None:
        """Begin with none started."""
        self._client = client
        self.origins = Origins()
        """Which runs they repeat."""

    async def inputs(self, run_id: str) -> Inputs:
        """Give the parameters of a flow run, and those that its deployment takes."""
        run = await self._client.flow_run(run_id)
        try:
            deployment = await self._client.deployment(_deployment_of(run))
        except NotFound:
            raise Refused(_GONE) from None
        return inputs_of(_parameters(run), deployment)

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> FlowRun:
        """Start a flow run with these parameters and the tags of an earlier one, and give it."""
        run = await self._client.flow_run(run_id)
        tags = (run.model_extra or {}).get("tags")
        body = {"parameters": dict(values), **({"tags": tags} if isinstance(tags, list) else {})}
        try:
            told = await self._client.launch(_deployment_of(run), body)
        except NotFound:
            raise Refused(_GONE) from None
        except Conflict as error:
            raise _of_status(Refused(error.detail), error.status) from None
        self.origins.tie(told.id, run.id)
        return told


def _deployment_of(run: FlowRun) -> str:
    if run.deployment_id is None:
        raise Refused(_NO_DEPLOYMENT)
    return run.deployment_id


def _parameters(run: FlowRun) -> Mapping[str, Any]:
    told = (run.model_extra or {}).get("parameters")
    return told if isinstance(told, dict) else {}


def _of_status(error: Refused, status: int | None) -> Refused:
    error.status = status
    return error
