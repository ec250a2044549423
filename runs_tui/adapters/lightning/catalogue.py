"""The workflows, of which runs do not even tell the id."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from runs_tui.adapters.lightning.client import Client
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.adapters.lightning.wire import Workflow
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError

Workflows = Mapping[str, Workflow]


class Catalogue:
    """Remembers the workflows, and reads them anew now and then."""

    def __init__(self, client: Client, clock: Clock, pace: Pace) -> None:
        """Begin with nothing read."""
        self._client = client
        self._clock = clock
        self._pace = pace
        self._known: Workflows | None = None
        self._asked: datetime | None = None
        self._why: SourceError | None = None
        self._lock = asyncio.Lock()

    @property
    def known(self) -> Workflows:
        """What is known by now, however old."""
        return self._known or {}

    @property
    def due(self) -> bool:
        """Whether they are to be read."""
        if self._known is None:
            return self.due_again
        return not self._asked_within(self._pace.workflows)

    @property
    def due_again(self) -> bool:
        """Whether they may be read because one seems to be new."""
        return not self._asked_within(self._pace.workflows_again)

    async def all(self, *, needed: bool = False) -> Workflows:
        """Give all workflows, by their ids; raise only where nothing at all is known of them.

        Where they could not be read just now they are read only if they are `needed`.
        """
        async with self._lock:
            if self.due or (needed and self._known is None):
                await self._read()
        if self._known is None and self._why is not None:
            raise type(self._why)(self._why.detail, self._why.hint)
        return self.known

    async def again(self) -> Workflows:
        """Read them again, if that was not done just now: one seems to be new."""
        async with self._lock:
            if self.due_again:
                await self._read()
        return self.known

    async def _read(self) -> None:
        self._asked = self._clock.now()
        try:
            self._known = {each.id: each for each in await self._client.workflows()}
        except SourceError as error:
            self._why = error

    def _asked_within(self, seconds: float) -> bool:
        if self._asked is None:
            return False
        return abs(self._clock.now() - self._asked) < timedelta(seconds=seconds)
