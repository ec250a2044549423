"""What tasks and services there are, which runs do not tell."""

from collections.abc import Mapping

from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.generation import TASKS as PATH
from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.adapters.runwisp.wire import TASKS, TaskItems, WireTask
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.transport.http import decode

_SERVICE = "service"


class Tasks:
    """Remembers the tasks of a daemon."""

    def __init__(self, client: Client, clock: Clock, pace: Pace) -> None:
        """Begin with nothing known."""
        self._client = client
        self._clock = clock
        self._pace = pace
        self._known: dict[str, WireTask] = {}
        self._read_at: float | None = None

    @property
    def names(self) -> Mapping[str, WireTask]:
        """The tasks that are known, by their names."""
        return self._known

    def known(self, name: str) -> WireTask | None:
        """Give a task, where it is known."""
        return self._known.get(name)

    def is_service(self, name: str) -> bool:
        """Tell whether a task is known to be a service."""
        task = self._known.get(name)
        return task is not None and task.kind == _SERVICE

    @property
    def stale(self) -> bool:
        """Whether they were not read for some time."""
        if self._read_at is None:
            return True
        return abs(self._clock.now().timestamp() - self._read_at) >= self._pace.tasks

    def forget(self) -> None:
        """Read them anew when they are needed next."""
        self._read_at = None

    async def learn(self) -> None:
        """Read them, where they are stale; it goes on without them where they cannot be had."""
        if not self.stale:
            return
        try:
            told = decode(await self._client.get(PATH), TASKS)
        except SourceError:
            told = list(self._known.values())
        tasks = told.items if isinstance(told, TaskItems) else told
        self._known = {task.name: task for task in tasks or ()}
        self._read_at = self._clock.now().timestamp()
