"""A RunWisp daemon as a source."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from runs_tui.adapters.base import Action, Connection, Stretch
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.adapters.runwisp.sentences import (
    NOT_BY_HAND,
    NOT_RETRIED,
    QUEUED,
    REFILLED,
    SERVICE,
    STARTED_ANEW,
)
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused, Unsupported
from runs_tui.model.inputs import Inputs, JsonValue
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap, RetryMode, Run
from runs_tui.model.state import State
from runs_tui.model.words import did_you_mean
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.runwisp.desk import Desk
    from runs_tui.adapters.runwisp.wire import WireTask

_AUTHS = ("bearer", "password")
_TASK = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_SERVICE = "service"


class RunWisp(DeskSource["Desk"]):
    """A RunWisp daemon: one machine's tasks and services, whose processes are the runs."""

    api = "runwisp"
    options: ClassVar = {
        "auth": "bearer (default): the credential is a token; password: it is what to log in with",
        "ca": "the file of the certificates to trust, for a daemon that has signed its own",
        "task": "the name of the one task whose runs are listed; all of them by default",
    }
    pushes = frozenset({Field.STATE, Field.WORKFLOW, Field.CREATED, Field.TRIGGER, Field.WORDS})
    sorts = frozenset({"created", "started", "workflow", "took"})
    list_every = 6.0
    modes = frozenset({RetryMode.FULL})
    pace = Pace()
    """How often it looks for what is new."""
    patience = Patience(idle=120.0)
    """How long it waits for an answer; events come with a sign of life every 30 seconds."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for an option that says what cannot be."""
        super().__init__(connection, clock)
        way = connection.options.get("auth", _AUTHS[0])
        if way not in _AUTHS:
            raise Refused(f"there is no auth {way!r}: {did_you_mean(way, _AUTHS)}")
        task = connection.options.get("task")
        if task is not None and not _TASK.fullmatch(task):
            raise Refused(f"the name of a task has letters, digits and . _ : - only, not {task!r}")

    async def kin(self, run_id: str) -> Kin:
        """Give the other attempts of a run, and its repetitions that were started from here."""
        return await self._desk.kin(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to be stopped and give it as it stands then; Conflict if it is over."""
        return await self._desk.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Start another run with the same parameters, and give it."""
        if mode is not RetryMode.FULL:
            raise Unsupported(f"RunWisp has no retry with mode {mode}", "it can: full")
        return await self._desk.retry(run_id)

    async def inputs(self, run_id: str) -> Inputs:
        """Give the parameters of a run, and those that its task takes."""
        return await self._desk.starts.inputs(run_id)

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start the task of a run with these parameters, and give the new run."""
        return await self._desk.run_with(run_id, values)

    def tie(self, run_id: str, origin: str) -> None:
        """Remember which run a run repeats."""
        self._desk.starts.tie(run_id, origin)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the lines of a run's log in order, resuming after one, and how the run ended."""
        return self._desk.tail(run_id, after)

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest lines of a run's log and how it ended, or the lines right before one."""
        return await self._desk.last_events(run_id, before)

    async def follow(self) -> AsyncGenerator[Run | Gap, None]:
        """Give each run that changes; after a break, a gap and the newest runs."""
        async with aclosing(self._desk.follow()) as changes:
            async for change in changes:
                yield change

    def objection(self, action: Action, run: Run) -> str | None:
        """Say why RunWisp would not do this to this run."""
        said = super().objection(action, run)
        if said is not None:
            return said
        if action == "cancel":
            return QUEUED if run.state is State.QUEUED else None
        if self._is_of_service(run):
            return SERVICE
        task = self._task(run)
        return NOT_BY_HAND if task is not None and task.by_hand is False else None

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        if action == "retry":
            return STARTED_ANEW
        if self._is_of_service(run):
            return REFILLED
        task = self._task(run)
        return NOT_RETRIED if task is not None and task.retries else None

    def _is_of_service(self, run: Run) -> bool:
        desk = self._opening.made
        known = desk is not None and desk.tasks.is_service(run.workflow_name or "")
        return known or run.trigger == _SERVICE

    def _task(self, run: Run) -> "WireTask | None":
        """Give what is known of the task of a run."""
        desk = self._opening.made
        return desk.tasks.known(run.workflow_name or "") if desk else None

    def _open(self) -> "Desk":
        from runs_tui.adapters.runwisp.desk import Desk

        return Desk(self.connection, self.clock, self.patience, self.pace)
