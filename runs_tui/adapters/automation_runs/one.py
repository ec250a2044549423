"""Reads one run: itself, its steps, its events."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from runs_tui.adapters.automation_runs.list import PATH
from runs_tui.adapters.automation_runs.names import Names
from runs_tui.adapters.automation_runs.wire import (
    AUDIT_LIST,
    RUN,
    RUN_STEPS,
    WireRun,
    WireStep,
    run_of,
)
from runs_tui.model.errors import NotFound
from runs_tui.model.run import Run
from runs_tui.transport.http import Answer, Http, Streaming, decode, segment

AUDIT_PATH = "/api/v1/events"
MOST_AUDIT = 100
MOST_AUDIT_PAGES = 10
Value = dict[str, Any]


def path_of(run_id: str, *more: str) -> str:
    """Give the path of a run; raise NotFound for what can be no id."""
    if not run_id.strip():
        raise NotFound("a run without an id")
    return "/".join((PATH, segment(run_id), *more))


@dataclass(frozen=True, slots=True)
class Looked:
    """A run as it was at one look."""

    run: Run
    """The run."""
    steps: Sequence[WireStep]
    """Its steps."""


class RunReader:
    """Reads single runs of one server."""

    def __init__(self, source: str, http: Http, names: Names) -> None:
        """Begin without knowing whether the server has streams."""
        self.streams = True
        """Whether the server may have event streams at all."""
        self._source = source
        self._http = http
        self._names = names

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        return await self.told(await self._http.get(path_of(run_id)))

    async def told(self, answer: Answer) -> Run:
        """Give the run that an answer tells."""
        wire = decode(answer, RUN)
        return self.translated(wire, await self._names.of([wire.automation_id]))

    def translated(self, wire: WireRun, names: Mapping[str, str] | None = None) -> Run:
        """Give a run in our words."""
        return run_of(wire, self._source, names or {})

    async def steps(self, run_id: str) -> Sequence[WireStep]:
        """Give the steps of a run as they came."""
        return decode(await self._http.get(path_of(run_id, "steps")), RUN_STEPS).steps

    async def look(self, run_id: str) -> Looked:
        """Give a run and its steps, which are at least as new."""
        run = await self.run(run_id)
        return Looked(run, await self.steps(run_id))

    def stream(
        self, run_id: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[Streaming]:
        """Open the event stream of a run."""
        return self._http.stream(path_of(run_id, "events"), headers=headers)

    async def audit(self, run_id: str) -> list[Value]:
        """Give what the audit log tells of a run."""
        told: list[Value] = []
        for number in range(MOST_AUDIT_PAGES):
            params: dict[str, str | int] = {
                "resource_type": "automation_run",
                "resource_id": run_id,
                "limit": MOST_AUDIT,
                "offset": number * MOST_AUDIT,
            }
            page = decode(await self._http.get(AUDIT_PATH, params), AUDIT_LIST).events
            told += page
            if len(page) < MOST_AUDIT:
                break
        return told
