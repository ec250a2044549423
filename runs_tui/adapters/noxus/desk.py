"""Reading and changing the runs of a Noxus workspace; imported at the first request."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from functools import partial

from runs_tui.adapters.base import Connection, Page
from runs_tui.adapters.noxus.account import Account
from runs_tui.adapters.noxus.client import Client
from runs_tui.adapters.noxus.definitions import Definitions
from runs_tui.adapters.noxus.memory import Seen
from runs_tui.adapters.noxus.names import Names
from runs_tui.adapters.noxus.narrator import Narrator
from runs_tui.adapters.noxus.pace import Pace
from runs_tui.adapters.noxus.pages import RunPages
from runs_tui.adapters.noxus.reader import Reader
from runs_tui.adapters.noxus.runs import is_active, run_of
from runs_tui.adapters.noxus.states import state_of
from runs_tui.adapters.noxus.steps import steps_of
from runs_tui.adapters.noxus.tail import Tail
from runs_tui.adapters.noxus.wire import RUN, WireRun
from runs_tui.adapters.origins import Origins
from runs_tui.adapters.writes import stopped
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Conflict, Refused, SourceError
from runs_tui.model.inputs import Inputs, JsonValue, RunInput, sounds_secret
from runs_tui.model.latest import Latest
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.transport.http import Answer, Patience, decode

_MOST_RUNS = 64
_NO_INPUT = "the input of this run cannot be found, so it cannot be started again with it"


class Desk:
    """Answers in our words what a Noxus server says in its own."""

    def __init__(
        self, connection: Connection, patience: Patience, clock: Clock, pace: Pace
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self._source = connection.name
        self._clock = clock
        self._pace = pace
        self._client = Client(connection, patience, clock)
        self._reader = Reader(self._client, clock)
        self._names = Names(self._client, clock)
        self._definitions = Definitions(self._client)
        self._pages = RunPages(self._client, clock, self._translated)
        self.origins = Origins()
        """Which runs were repeated by others that were started here."""
        self._seen: Latest[str, Seen] = Latest(_MOST_RUNS)
        self._accounts: Latest[str, Account] = Latest(_MOST_RUNS)

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list."""
        return await self._pages.page(query, cursor)

    async def run(self, run_id: str) -> Run:
        """Give one run; what it put out is told only by its workflow, and only at its end."""
        told = await self._read(run_id)
        if not is_active(told):
            with suppress(SourceError):
                whole = await self._reader.whole(run_id)
                more = {"output": whole.output, "single_node_id": whole.single_node_id}
                told = told.model_copy(update=more)
        return await self._one(told)

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the nodes of a run."""
        told = await self._reader.whole(run_id)
        seen = self._seen.get(run_id) or Seen()
        return steps_of(told, await self._definitions.of(told), seen)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop; raise Conflict if it is over."""
        before = await self._read(run_id)
        if not is_active(before):
            raise Conflict(f"it is already {state_of(before.status)}")
        return await stopped(self._client.stop(run_id), self._told, partial(self.run, run_id))

    async def retry(self, run_id: str) -> Run:
        """Start a new run of the same workflow with the same input."""
        old = await self._read(run_id)
        if is_active(old):
            raise Conflict(f"it is still {state_of(old.status)}")
        return await self._start(await self._with_input(old), None)

    async def inputs(self, run_id: str) -> Inputs:
        """Give the input of a run, key by key."""
        old = await self._with_input(await self._read(run_id))
        fields = [
            RunInput(name=name, value=value, secret=sounds_secret(name))
            for name, value in old.input.items()
        ]
        return Inputs(tuple(fields))

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start a new run of the same workflow with another input."""
        return await self._start(await self._with_input(await self._read(run_id)), values)

    async def _with_input(self, old: WireRun) -> WireRun:
        """Give a run together with its input; raise Refused where that cannot be found."""
        if old.input is None:
            old = await self._reader.whole(old.id)
        if not isinstance(old.input, dict) or not old.workflow_id:
            raise Refused(_NO_INPUT)
        return old

    async def _start(self, old: WireRun, values: Mapping[str, JsonValue] | None) -> Run:
        """Start a new run like an old one, with the same input or with another."""
        body: dict[str, object] = {"input": old.input if values is None else dict(values)}
        if old.workflow_version_id:
            body["workflow_version_id"] = old.workflow_version_id
        new = self._reader.learn(await self._client.start(old.workflow_id or "", body))
        self.origins.tie(new.id, old.id)
        return await self._one(new)

    async def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event | Gap, None]:
        """Give the events of a run; where the last tail of it left off, nothing is read again."""
        seen = self._seen.setdefault(run_id, Seen())
        account = self._accounts.pop(run_id, None)
        if account is None or after is None or account.last != after:
            account = Account(after, Narrator(seen), self._clock)
        tail = Tail(self._reader, run_id, account, seen, self._pace)
        try:
            async with aclosing(tail.events()) as events:
                async for event in events:
                    yield event
        finally:
            self._accounts[run_id] = account

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    async def _read(self, run_id: str) -> WireRun:
        """Read a run as the workspace tells it, and learn what it embeds of its workflow."""
        told = await self._reader.run(run_id)
        self._names.note(told)
        self._definitions.embedded(told)
        return told

    async def _told(self, answer: Answer) -> Run:
        return await self._one(self._reader.learn(decode(answer, RUN)))

    async def _one(self, told: WireRun) -> Run:
        (run,) = await self._translated([told])
        return run

    async def _translated(self, told: Sequence[WireRun]) -> list[Run]:
        """Translate runs, with the names and the origins that belong to them."""
        await self._names.learn(told)
        for each in told:
            self._reader.learn(each)
        return [self._run(each) for each in told]

    def _run(self, told: WireRun) -> Run:
        """Translate a run; why it failed is known only where its events were told."""
        seen = self._seen.get(told.id)
        why = next((words for words in seen.failed.values() if words), None) if seen else None
        return run_of(
            told, self._source, self._names.of(told), origin=self.origins.get(told.id), why=why
        )
