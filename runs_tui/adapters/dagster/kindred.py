"""Which runs a run belongs to: all that go back to the same one."""

from collections.abc import Callable

from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.wire import WireRun
from runs_tui.model.kin import Kin, Relation, Relative
from runs_tui.model.run import Run


async def kin_of(client: Client, run_id: str, translate: Callable[[WireRun], Run]) -> Kin:
    """Read the lineage of a run: one request."""
    group = await client.group(run_id)
    found = {run.id: run for run in group.runs if run is not None and run.id != run_id}
    return Kin([Relative(translate(run), Relation.ATTEMPT) for run in found.values()])
