"""Every request that the GitHub adapter makes, with the answers that the demo gives."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from runs_tui.adapters.base import Connection
from runs_tui.adapters.github_actions import GitHubActions
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import SourceError
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.adapters.github_world import QUICK
from tests.adapters.sources import closing, events_of

if TYPE_CHECKING:
    from runs_tui.demo.faults import Request

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
API = "github_actions"


class Exchanges:
    """What went over the wire while every way to read and to change was gone."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.bodies: list[bytes] = []

    def keep(self, body: bytes) -> bytes:
        self.bodies.append(body)
        return body

    def objects(self, member: str) -> list[dict[str, Any]]:
        """Give all objects of the answers that have a member."""
        told = [json.loads(body) for body in self.bodies if body[:1] == b"{"]
        return [each for each in told if member in each]


async def exchanges() -> Exchanges:
    """Give what went over the wire of a source over the demo."""
    seen = Exchanges()
    clock = SetClock(NOON)
    async with DemoServer([API], runs=300, clock=clock) as server:
        server.faults[API].add(Fault(times=None, rewrite=seen.keep))
        source = GitHubActions(Connection(name="ci", url=server.urls[API]), clock)
        source.pace = QUICK
        async with closing(source):
            await _use(source)
        seen.requests = list(server.faults[API].requests)
    return seen


async def _use(source: GitHubActions) -> None:
    everything = (await source.runs(Query(limit=300))).items
    for text in ("state:failed", "state:running trigger:push", "created:<1h", "state:queued"):
        first = await source.runs(Query.parse(text, limit=3))
        if first.next is not None:
            await source.runs(Query.parse(text, limit=3), first.next)
    for run in [*everything[:30:6], next(run for run in everything if (run.attempt or 1) > 1)]:
        await source.run(run.id)
        await source.steps(run.id)
        await source.kin(run.id)
        if not run.active:
            await events_of(source, run.id)
    failed = [run for run in everything if run.state is State.FAILED]
    for mode, run in zip(RetryMode, failed, strict=False):
        steps = await source.steps(run.id)
        await source.retry(run.id, mode, steps[0].key if mode is RetryMode.STEP else None)
    active = next(run for run in everything if run.state is State.RUNNING)
    await source.cancel(active.id)
    for run_id in (failed[5].id, "1"):
        with pytest.raises(SourceError):
            await source.cancel(run_id)
