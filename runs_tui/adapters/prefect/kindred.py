"""Which flow runs a flow run belongs to: those that it started, and the one that started it."""

from collections.abc import Awaitable, Callable, Sequence

from runs_tui.adapters.prefect.client import MOST, Client
from runs_tui.adapters.prefect.tries import attempts_of
from runs_tui.adapters.prefect.wire import FLOW_RUNS, FlowRun, WireState
from runs_tui.model.kin import Kin, Relation, Relative
from runs_tui.model.run import Run
from runs_tui.transport.together import both

_WAITING = frozenset({"SCHEDULED", "PENDING"})
"""The types of states in which a run that was run once waits to be run again."""

Translate = Callable[[Sequence[FlowRun]], Awaitable[list[Run]]]


async def kin_of(client: Client, run_id: str, translate: Translate) -> Kin:
    """Read the lineage of a flow run: four requests, and one for the names in it."""
    run = await client.flow_run(run_id)
    (parents, children), states = await both(
        both(_parents(client, run), _children(client, run)), _states(client, run)
    )
    relations = [Relation.PARENT] * len(parents) + [Relation.CHILD] * len(children)
    runs = await translate([*parents, *children])
    relatives = [Relative(*each) for each in zip(runs, relations, strict=True)]
    return Kin(relatives, attempts_of(states), whole=len(children) < MOST)


async def _parents(client: Client, run: FlowRun) -> list[FlowRun]:
    """Give the run whose task run stands for this one, where there is one."""
    if run.parent_task_run_id is None:
        return []
    body = {"task_runs": {"id": {"any_": [run.parent_task_run_id]}}, "limit": 1}
    found = await client.rows("/flow_runs/filter", body, FLOW_RUNS)
    return [each for each in found if each.id != run.id]


async def _children(client: Client, run: FlowRun) -> list[FlowRun]:
    body = {
        "flow_runs": {"parent_flow_run_id": {"any_": [run.id]}},
        "sort": "EXPECTED_START_TIME_DESC",
        "limit": MOST,
    }
    found = await client.rows("/flow_runs/filter", body, FLOW_RUNS)
    return [each for each in found if each.id != run.id]


async def _states(client: Client, run: FlowRun) -> list[WireState]:
    """Give the history of a run that was run more than once; of one alone it is not worth it."""
    waits = run.run_count == 1 and run.state_type in _WAITING
    again = run.run_count > 1 or waits
    return await client.states(run.id) if again else []
