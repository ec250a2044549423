"""The calls of Dagster's API, answered in checked shapes."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import TypeAdapter

from runs_tui.adapters.base import Connection
from runs_tui.adapters.dagster import answers, queries
from runs_tui.adapters.dagster.address import base_of
from runs_tui.adapters.dagster.answers import Answered, Failure
from runs_tui.adapters.dagster.failing import complaint, failure, words_of
from runs_tui.adapters.dagster.wire import RunGroup, RunRows, WholeRun, WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import BadAnswer, SourceError
from runs_tui.transport.auth import Auth
from runs_tui.transport.http import Answer, Http, Patience, decode

T = TypeVar("T")

Values = Mapping[str, object]
"""The variables of a query."""
_PATH = "/graphql"
_WITH_BODY = frozenset({400, 500})
"""The statuses that may come with an answer of the API itself."""
_GIVE = "give a credential by `token_env` in the configuration or by --token-env"


class Client:
    """One Dagster webserver."""

    def __init__(
        self, connection: Connection, auth: Auth | None, patience: Patience, clock: Clock
    ) -> None:
        """Remember how to reach it; nothing is sent before the first call."""
        origin = connection.credential.origin
        self.hint = f"check {origin}" if origin else _GIVE
        """Where the credential is mended."""
        self.url = f"{base_of(connection.url)}{_PATH}"
        """The address of the API itself."""
        self._auth = auth
        self.http = Http(
            base_of(connection.url),
            auth=auth,
            credential_origin=origin,
            patience=patience,
            clock=clock,
            source=connection.name,
            tells=_tells,
        )
        """The way to it."""

    @property
    def credential(self) -> dict[str, str]:
        """The header that shows the credential, where there is one."""
        return dict([self._auth.header(self.hint)]) if self._auth else {}

    async def close(self) -> None:
        """Close every connection."""
        await self.http.close()

    async def ask(
        self, name: str, query: str, values: Values, shape: TypeAdapter[Answered[T]]
    ) -> T:
        """Read what a query asks for; its name is told in the address too, for logs."""
        body = {"operationName": name, "query": query, "variables": values}
        return self._read(await self.http.ask(_PATH, body, {"op": name}), shape)

    async def send(
        self, name: str, query: str, values: Values, shape: TypeAdapter[Answered[T]]
    ) -> T:
        """Send a mutation, once."""
        body = {"operationName": name, "query": query, "variables": values}
        answer = await self.http.send(_PATH, body, params={"op": name})
        try:
            return self._read(answer, shape)
        except SourceError as error:
            raise (_untold(answer) or error) from None

    async def run(self, run_id: str) -> WholeRun:
        """Read one run with its plan and the state of its steps."""
        told = await self.ask("Run", queries.RUN, {"id": run_id}, answers.RUN)
        return self.told(told.run)

    async def rows(self, values: Values, *, counted: bool) -> RunRows:
        """Read the first rows of a list."""
        query = queries.RUNS if counted else queries.RUNS_UNCOUNTED
        return self.told((await self.ask("Runs", query, values, answers.RUNS)).runs)

    async def rows_after(self, values: Values, run_id: str) -> RunRows | None:
        """Read the rows after a run; None where that run is not there any more."""
        after = {**values, "cursor": run_id, "anchor": run_id}
        told = await self.ask("RunsAfter", queries.RUNS_AFTER, after, answers.RUNS)
        rows = self.told(told.runs)
        gone = told.anchor is not None and told.anchor.kind != "Run"
        return None if gone and not rows.results else rows

    async def group(self, run_id: str) -> RunGroup:
        """Read the runs that repeat the same run, and that one."""
        told = await self.ask("RunGroup", queries.GROUP, {"id": run_id}, answers.GROUP)
        return self.told(told.group)

    async def log(self, run_id: str, after: str | None, limit: int) -> answers.LogAnswer:
        """Read a page of a run's log, and where the run stands."""
        values = {"id": run_id, "limit": limit, **({"after": after} if after else {})}
        return await self.ask("Log", queries.LOG, values, answers.LOG)

    async def terminate(self, run_id: str, policy: str) -> None:
        """Ask for the end of a run, once."""
        values = {"id": run_id, "policy": policy}
        told = await self.send("Terminate", queries.TERMINATE, values, answers.TERMINATE)
        self.told(told.result, writing=True)

    async def reexecute(self, name: str, query: str, params: Values) -> WireRun:
        """Start a run again, once, and give the new one."""
        told = await self.send(name, query, {"run": params}, answers.LAUNCH)
        return self.told(told.result, writing=True).run

    def told(self, answer: T | Failure, *, writing: bool = False) -> T:
        """Give what was asked for, or raise what came in its place."""
        if isinstance(answer, Failure):
            raise failure(answer, self.hint, writing=writing)
        return answer

    def _read(self, answer: Answer, shape: TypeAdapter[Answered[T]]) -> T:
        try:
            told = decode(answer, shape)
        except BadAnswer as bad:
            raise self._complaint_in(answer) or bad from None
        if told.data is not None:
            return told.data
        nothing = BadAnswer(f"{answer.where}: there is no data in the answer")
        raise self._complaint_in(answer) or nothing

    def _complaint_in(self, answer: Answer) -> SourceError | None:
        """Give the error that an answer tells in place of what was asked for."""
        told = _anything_in(answer)
        if told is None or not told.errors:
            return None
        error = complaint(told.errors, self.hint, status=answer.status)
        error.status = answer.status
        return error


def _tells(answer: Answer) -> bool:
    """Tell whether an answer is one of the API, although its status stands for a failure."""
    if answer.status not in _WITH_BODY:
        return False
    told = _anything_in(answer)
    return told is not None and (told.data is not None or bool(told.errors))


def _untold(answer: Answer) -> SourceError | None:
    """Give the error of an answer whose wish was heeded, where only the outcome is not told."""
    told = _anything_in(answer)
    within = [each for each in told.errors if each.within] if told else []
    return BadAnswer("; ".join(words_of(each.message) for each in within[:3])) if within else None


def _anything_in(answer: Answer) -> Answered[object] | None:
    try:
        return decode(answer, answers.ANYTHING)
    except BadAnswer:
        return None
