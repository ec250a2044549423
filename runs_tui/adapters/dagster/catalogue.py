"""What a server has, as far as filters need to know it: its jobs, and the statuses of runs."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from runs_tui.adapters.dagster import answers, queries
from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.filters import needs_jobs, needs_statuses
from runs_tui.adapters.dagster.states import LATE, STATES
from runs_tui.model.errors import Refused, SourceError
from runs_tui.model.query import Query
from runs_tui.model.text import clean
from runs_tui.transport.loop import instant

_ALWAYS = frozenset(STATES) - {LATE}
_FRESH = 60.0
"""For how many seconds the jobs of a server are taken to be as they were."""


class Catalogue:
    """Asks for it when it is needed first, and for the jobs again after a while."""

    def __init__(self, client: Client) -> None:
        """Begin with nothing known."""
        self._client = client
        self._statuses: frozenset[str] | None = None
        self._jobs: Mapping[str, Collection[str]] = {}
        self._asked: float | None = None

    async def statuses(self, query: Query) -> frozenset[str]:
        """Give the statuses that the server knows, as far as a query needs them."""
        if self._statuses is None and needs_statuses(query):
            self._statuses = await self._read_statuses()
        return self._statuses or _ALWAYS

    async def jobs(self, query: Query) -> Mapping[str, Collection[str]]:
        """Give the names of jobs by how people type them, as far as a query needs them.

        Without them a filter is applied here, so that the server need not tell them.
        """
        if not needs_jobs(query):
            return {}
        if self._asked is None or instant() - self._asked > _FRESH:
            self._asked = instant()
            try:
                self._jobs = await self._read_jobs()
            except SourceError:
                self._jobs = {}
        return self._jobs

    async def _read_statuses(self) -> frozenset[str]:
        """Ask for the statuses; where that is refused, take those that every server has."""
        try:
            told = await self._client.ask("Statuses", queries.STATUSES, {}, answers.STATUSES)
        except Refused:
            return _ALWAYS
        values = told.type.values if told.type else None
        return frozenset(each.name for each in values or ()) or _ALWAYS

    async def _read_jobs(self) -> Mapping[str, Collection[str]]:
        told = await self._client.ask("Jobs", queries.JOBS, {}, answers.JOBS)
        found: dict[str, set[str]] = defaultdict(set)
        for entry in self._client.told(told.workspace).entries:
            for repository in entry.loaded.repositories if entry.loaded else ():
                for job in repository.jobs:
                    found[clean(job.name).casefold()].add(job.name)
        return found
