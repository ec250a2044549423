"""Reading and changing the runs of a Prefect server; imported at the first request."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress

from runs_tui.adapters.base import Connection, Page, Stretch
from runs_tui.adapters.filling import fill
from runs_tui.adapters.prefect.address import web_of
from runs_tui.adapters.prefect.client import Client
from runs_tui.adapters.prefect.kindred import kin_of
from runs_tui.adapters.prefect.names import Names
from runs_tui.adapters.prefect.pace import Pace
from runs_tui.adapters.prefect.pages import Listing
from runs_tui.adapters.prefect.rewind import Rewind
from runs_tui.adapters.prefect.runs import run_of
from runs_tui.adapters.prefect.starts import Starts
from runs_tui.adapters.prefect.states import is_final
from runs_tui.adapters.prefect.steps import steps_of
from runs_tui.adapters.prefect.tail import Tail, told_until
from runs_tui.adapters.prefect.wire import FlowRun, Graph, Verdict
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Conflict, SourceError
from runs_tui.model.inputs import JsonValue
from runs_tui.model.kin import Kin
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Run, Step
from runs_tui.transport.address import address_of
from runs_tui.transport.auth import Auth, basic, bearer
from runs_tui.transport.http import Patience
from runs_tui.transport.together import both
from runs_tui.transport.told import Memory

_GIVE = "give a credential by `token_env` in the configuration or by --token-env"
_CANCELLED = frozenset({"CANCELLED", "CANCELLING"})


class Desk:
    """Answers in our words what a Prefect server says in its own."""

    def __init__(
        self, connection: Connection, patience: Patience, clock: Clock, pace: Pace
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        secret = connection.credential.secret
        self.token = address_of(connection.url).userinfo if secret is None else secret
        """The credential as it is, for the stream of events."""
        self.auth = _auth_of(self.token, connection.options.get("auth"))
        """The credential as requests show it."""
        origin = connection.credential.origin
        self.credential_hint = f"check {origin}" if origin else _GIVE
        """Where the credential is mended."""
        self.client = Client(connection, self.auth, patience, clock)
        """The server."""
        self._source = connection.name
        self._clock = clock
        self._names = Names(self.client)
        upcoming = connection.options.get("upcoming") == "show"
        self._listing = Listing(self.client, self._names, upcoming=upcoming)
        self.starts = Starts(self.client)
        """Starting runs with other parameters."""
        self._pace = pace
        self._memory = Memory()
        self._rewind = Rewind(self.client, self._memory, clock, pace)

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list; what the server cannot apply is applied here."""
        now = self._clock.now()
        asked = await self._listing.ask(query, now)
        holds = query.predicate(now)
        items: list[Run] = []
        while True:
            found = await self._listing.read(query, asked, cursor, now)
            looked = fill(items, query.limit, await self.translated(found.runs), holds)
            place = found.behind(found.runs[:looked])
            more = found.more or looked < len(found.runs)
            cursor = str(place) if more else None
            if cursor is None or len(items) >= query.limit or not asked.whole:
                return Page(items, cursor, place.total, asked.pushed)

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        told = await self.client.flow_run(run_id)
        await self._names.learn_flow(told)
        return self._run(told)

    async def translated(self, told: Sequence[FlowRun]) -> list[Run]:
        """Translate flow runs, with the names that belong to them."""
        await self._names.learn(told)
        return [self._run(run) for run in told]

    async def announced(self, ids: Sequence[str]) -> list[Run]:
        """Give runs that changed, as far as the list would have them."""
        found = await self._listing.named(ids, self._clock.now())
        return await self.translated(found)

    async def steps(self, run_id: str) -> list[Step]:
        """Give the steps of a run, in two requests unless there are very many."""
        (graph, state_type), tasks = await both(self._graph(run_id), self.client.task_runs(run_id))
        return steps_of(tasks, graph, over=is_final(state_type))

    async def kin(self, run_id: str) -> Kin:
        """Give the attempts of a run, the run that started it and those that it started."""
        return await kin_of(self.client, run_id, self.translated)

    async def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event, None]:
        """Give the events of a run, after one of them."""
        told = await told_until(self.client, run_id, after, self._memory, self._clock)
        tail = Tail(self.client, run_id, told, self._clock, self._pace)
        async with aclosing(tail.events()) as events:
            async for event in events:
                yield event

    async def last_events(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one of them."""
        return await self._rewind.stretch(run_id, before)

    async def propose(self, run_id: str, state: Mapping[str, str]) -> Run:
        """Propose a state, raise what the server has against it, and read the run again."""
        verdict = await self.client.propose(run_id, state)
        objection = _objection(verdict, state["type"])
        if objection is not None:
            raise Conflict(objection)
        return await self.run(run_id)

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start the deployment of a run with other parameters, and give the new run."""
        told = await self.starts.run_with(run_id, values)
        with suppress(SourceError):
            await self._names.learn_flow(told)
        return self._run(told)

    async def close(self) -> None:
        """Close every connection."""
        await self.client.close()

    async def _graph(self, run_id: str) -> tuple[Graph | None, str | None]:
        """Read the graph of a run and where the run stands.

        It goes on without a graph where the server has none or finds it too large.
        """
        try:
            graph = await self.client.graph(run_id)
        except SourceError:
            return None, (await self.client.flow_run(run_id)).state_type
        return graph, graph.state_type

    def _run(self, told: FlowRun) -> Run:
        flow, deployment = self._names.of(told)
        run = run_of(told, self._source, flow, deployment, web_of(self.client.url))
        return self.starts.origins.tied(run)


def _auth_of(secret: str | None, way: str | None) -> Auth | None:
    if secret is None:
        return None
    as_basic = way == "basic" if way else ":" in secret
    return basic(secret) if as_basic else bearer(secret)


def _objection(verdict: Verdict, wanted: str) -> str | None:
    """Say why the server did not do what was wanted; its HTTP status does not tell."""
    state = verdict.state.type if verdict.state else None
    reason = verdict.details.reason or ""
    match verdict.status:
        case "ACCEPT":
            return None
        case "REJECT":
            cancelled = wanted == "CANCELLING" and state in _CANCELLED
            return None if cancelled else reason or f"the server made it {state} instead"
        case "WAIT":
            told = f"try again in {verdict.details.delay_seconds or 0:g} s"
            return f"{reason} ({told})" if reason else told
        case _:
            return reason or "the server refused"
