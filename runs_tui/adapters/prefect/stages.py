"""The states of a flow run and of its task runs, looked at again and again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from runs_tui.adapters.prefect.client import Client
from runs_tui.adapters.prefect.events import events_of_run, events_of_task, is_settled
from runs_tui.adapters.prefect.states import is_final
from runs_tui.adapters.prefect.wire import TaskRun
from runs_tui.model.run import Event
from runs_tui.transport.together import both

if TYPE_CHECKING:
    from datetime import datetime

_MARGIN = 10
"""How many settled task runs are read again, for one that was recorded late among them."""


class Stages:
    """Finds the events of states, each one once."""

    def __init__(self, client: Client, run_id: str) -> None:
        """Look at a run."""
        self._client = client
        self._id = run_id
        self._settled = 0
        self._found: set[str] = set()
        self.ended: datetime | None = None
        """When the run ended; None while it is active."""

    async def look(self) -> list[Event]:
        """Look where task runs may have changed, and give the events that are new."""
        return await self._look(max(self._settled - _MARGIN, 0))

    async def look_at_all(self) -> list[Event]:
        """Look at every task run, and give the events that are new."""
        return await self._look(0)

    async def _look(self, offset: int) -> list[Event]:
        states, tasks = await both(
            self._client.states(self._id), self._client.task_runs(self._id, offset)
        )
        if not states:
            await self._client.flow_run(self._id)
        self._settled = offset + _leading_settled(tasks)
        last = states[-1] if states else None
        self.ended = last.timestamp if last and is_final(last.type) else None
        events = [*events_of_run(states), *(e for task in tasks for e in events_of_task(task))]
        new = [event for event in events if event.id not in self._found]
        self._found.update(event.id for event in new if event.id)
        return new


def _leading_settled(tasks: Iterable[TaskRun]) -> int:
    count = 0
    for task in tasks:
        if not is_settled(task):
            break
        count += 1
    return count
