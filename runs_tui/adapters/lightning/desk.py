"""Reading the runs of a Lightning server; imported at the first request."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from functools import partial

from runs_tui.adapters.base import Connection, Page, Stretch
from runs_tui.adapters.lightning.allowance import Allowance
from runs_tui.adapters.lightning.attempts import Attempts
from runs_tui.adapters.lightning.client import Client, checked
from runs_tui.adapters.lightning.dossier import Dossier, Dossiers
from runs_tui.adapters.lightning.events import place_of
from runs_tui.adapters.lightning.kin import Kin as Workflows
from runs_tui.adapters.lightning.known import Known
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.adapters.lightning.pages import RunPages
from runs_tui.adapters.lightning.placing import Placing
from runs_tui.adapters.lightning.reader import RunReader
from runs_tui.adapters.lightning.runs import Origin
from runs_tui.adapters.lightning.seek import Seeker
from runs_tui.adapters.lightning.steps import steps_of
from runs_tui.adapters.lightning.tail import Tail, told_by, told_until
from runs_tui.adapters.lightning.wire import WireRun, Workflow
from runs_tui.adapters.rewinding import Place, Places
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.model.kin import Kin, Relation, Relative
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Run, Step
from runs_tui.transport.http import Patience
from runs_tui.transport.told import Memory, Told

_LOG = 2
"""How many requests of an opening are for the log: its newest page and its oldest."""


class Desk:
    """Answers in our words what a Lightning server says in its own."""

    def __init__(
        self, connection: Connection, clock: Clock, patience: Patience, pace: Pace
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self._clock = clock
        self._pace = pace
        client = self._client = Client(connection, patience, clock, pace.at_once)
        kin = self._kin = Workflows(client, clock, pace)
        origin = Origin(connection.name, connection.url, connection.options.get("project"))
        self._known = Known(origin, kin)
        self._pages = RunPages(client, self._known, kin, clock)
        self._reader = RunReader(client, self._known, clock, pace)
        self._seeker = Seeker(client, self._reader, kin)
        self._placing = Placing(client, self._reader)
        self._attempts = Attempts(client, self._known, kin.trust)
        self._dossiers = Dossiers()
        self._memory = Memory()
        self._places = Places(place_of)

    @property
    def owes_names(self) -> bool:
        """Whether the next reading of the list may tell the workflows of runs listed before."""
        return self._kin.owes

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list."""
        return await self._pages.page(query, cursor)

    async def run(self, run_id: str) -> Run:
        """Give one run, with what can be found out about it by now."""
        dossier = self._opened(run_id, "run")
        async with dossier.lock:
            row = await self._reader.look(dossier)
            with suppress(SourceError):
                workflow = await self._seeker.workflow(dossier, row)
                if workflow is not None:
                    await self._attempts.find(dossier, row, workflow.id)
        return self._known.run(row, self._known.order.of(row, self._clock.now()))

    async def kin(self, run_id: str) -> Kin:
        """Give the other runs of a run's work order, where it can be found out."""
        dossier = self._opened(run_id, "kin")
        dossier.allowance.renew(self._pace.looking)
        async with dossier.lock:
            row = await self._reader.look(dossier)
            workflow = await self._seeker.workflow(dossier, row)
            if workflow is not None:
                await self._attempts.find(dossier, row, workflow.id)
            attempt = self._known.attempt(row.id)
            if workflow is None or attempt is None:
                return Kin(whole=False)
            page = await self._attempts.of_order(attempt.order_id)
        self._known.keep(page.data)
        others = [each for each in page.data if each.id != row.id]
        for run_id in self._kin.joins.unknown([each.id for each in others]):
            self._kin.joins.remember(run_id, workflow.id)
        now = self._clock.now()
        runs = [self._known.run(each, self._known.order.of(each, now)) for each in others]
        return Kin([Relative(run, Relation.ATTEMPT) for run in runs], whole=not page.more)

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the jobs of a run's workflow, with what its log lets conclude about them."""
        dossier = self._opened(run_id, "steps")
        async with dossier.lock:
            row = await self._reader.look(dossier)
            if row.started_at is not None:
                await self._reader.catch_up(dossier)
            workflow = await self._place(dossier, row)
            if row.started_at is not None:
                with suppress(SourceError):
                    await self._placing.read_rest(dossier)
            return steps_of(row, workflow, dossier)

    async def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event, None]:
        """Give the events of a run, after one of them."""
        dossier = self._opened(run_id, "tail")
        told = Told()
        if after is not None:
            told = self._memory.resume(dossier.id, after) or await told_until(
                self._tail(dossier, Told()), after
            )
        self._memory.keep(dossier.id, told)
        async with aclosing(self._tail(dossier, told).events()) as events:
            async for event in events:
                yield event

    async def last_events(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one of them."""
        dossier = self._opened(run_id, "last_events")
        read = partial(self._stretch, dossier)
        if before is not None:
            found = await read(await self._places.find(dossier.id, before, read))
        else:
            found = await read(None)
            self._memory.keep(dossier.id, told_by(found, dossier))
        self._places.note(dossier.id, found.events)
        return found

    async def _stretch(self, dossier: Dossier, before: Place | None) -> Stretch:
        return await self._tail(dossier, Told()).stretch(before)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    def _tail(self, dossier: Dossier, told: Told) -> Tail:
        return Tail(dossier, self._reader, self._place, told, self._pace)

    async def _place(self, dossier: Dossier, row: WireRun) -> Workflow | None:
        """Find the workflow of a run and the jobs of its steps; without them it goes on."""
        workflow = None
        with suppress(SourceError):
            workflow = await self._seeker.workflow(dossier, row)
            if workflow is not None and row.started_at is not None:
                await self._placing.place(dossier, workflow)
        return workflow

    def _opened(self, run_id: str, by: str) -> Dossier:
        """Give what is known of a run; each further look at it may spend some more."""
        dossier = self._dossiers.get(checked(run_id)) or self._new(checked(run_id))
        if by in dossier.called:
            dossier.allowance.renew(self._pace.looking)
        dossier.called.add(by)
        return dossier

    def _new(self, run_id: str) -> Dossier:
        row = self._known.final(run_id)
        needed = _LOG + (row is None) + self._kin.catalogue.due
        allowance = Allowance(self._pace.opening - needed)
        return self._dossiers.keep(Dossier(run_id, row, allowance))
