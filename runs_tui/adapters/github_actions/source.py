"""The workflow runs of repositories on GitHub as a source."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from runs_tui.adapters.base import Action, Connection, Stretch
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.adapters.github_actions.address import repositories_of, run_id_in
from runs_tui.adapters.github_actions.pace import Pace
from runs_tui.adapters.github_actions.states import BROKEN_FILE
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Unconfigured
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field
from runs_tui.model.run import Event, RetryMode, Run
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.github_actions.desk import Desk

_LATEST = timedelta(days=30)
_TOO_OLD = "GitHub runs nothing again that is older than 30 days"
_BROKEN = "its workflow file is broken: push a mended one, which starts a new run"
_FORCED = (
    "it was asked to stop already: now it is forced, and its steps that run always are left out"
)
_ALWAYS = "jobs and steps that run always still run"
_SAME = "it runs on the same commit, with what its first actor may do; the run keeps its id"
_NO_REPOSITORY = "no repository is named"
_NAME_ONE = (
    "give --option repository=OWNER/NAME, or the address of one: https://github.com/OWNER/NAME"
)
_HOUR = 3600.0
_SHARE = 0.5
"""The part of the hourly limit that lists may take."""
_SCARCE = 0.1
"""From which part of the limit on it is asked half as often."""


class GitHubActions(DeskSource["Desk"]):
    """The workflow runs of one repository on GitHub, or of several."""

    api = "github_actions"
    options: ClassVar = {
        "repository": "OWNER/NAME, or several with commas between them",
        "workflow": "the file name or the number of the one workflow whose runs are listed",
        "branch": "the one branch whose runs are listed",
        "actor": "the login of the one person whose runs are listed",
    }
    pushes = frozenset({Field.STATE, Field.CREATED, Field.TRIGGER})
    lacks = frozenset({Field.ERROR})
    list_every = 10.0
    few_left = 500
    modes = frozenset(RetryMode)
    pace = Pace()
    """How often and how patiently it looks for what is new."""
    patience = Patience()
    """How long it waits for an answer."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for what cannot be a repository."""
        super().__init__(connection, clock)
        self._repositories = repositories_of(connection.url, connection.options.get("repository"))

    async def kin(self, run_id: str) -> Kin:
        """Give the attempts of a run."""
        return await self._desk.kin(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop, or force it where it was asked before; Conflict if it is over."""
        return await self._desk.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Run all of it again, what failed, or one job, with all that needs it."""
        return await self._desk.retry(run_id, mode, step)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event, None]:
        """Give the events of a run in order, the log of each job where it ended."""
        return self._desk.tail(run_id, after)

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest events of a run, or those right before one."""
        return await self._desk.last_events(run_id, before)

    def until_next_list(self) -> float:
        """Give the seconds until the list may be read again for the limit to last."""
        desk = self._opening.made
        if desk is None:
            return self.list_every
        budget = desk.budget
        share = _HOUR / (budget.most * _SHARE) * max(len(self._repositories), 1)
        every = max(self.list_every, share)
        scarce = budget.left is not None and budget.left < budget.most * _SCARCE
        return 2 * every if scarce else every

    @property
    def requests_left(self) -> int | None:
        """Give what GitHub told last of its `x-ratelimit-remaining`."""
        desk = self._opening.made
        return desk.budget.left if desk else None

    def objection(self, action: Action, run: Run) -> str | None:
        """Say why GitHub would not do this to this run."""
        said = super().objection(action, run)
        if said is not None or action == "cancel":
            return said
        if run.status == BROKEN_FILE:
            return _BROKEN
        old = run.created_at is not None and self.clock.now() - run.created_at > _LATEST
        return _TOO_OLD if old else None

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        if action == "retry":
            return _SAME
        desk = self._opening.made
        forced = desk is not None and desk.acts.forces(run.id, run.attempt or 1)
        return _FORCED if forced else _ALWAYS

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the run that a page of one of these repositories shows."""
        return run_id_in(address, self.connection.url, self._repositories)

    def _open(self) -> "Desk":
        from runs_tui.adapters.github_actions.desk import Desk
        from runs_tui.adapters.github_actions.narrowed import narrowed_by

        if not self._repositories:
            raise Unconfigured(_NO_REPOSITORY, _NAME_ONE)
        narrowed = narrowed_by(self.connection)
        return Desk(self.connection, self.clock, self.patience, self.pace, narrowed)
