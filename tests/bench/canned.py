"""An API without a network: made runs in its words, and what its adapter makes of them."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import httpx

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection, Source
from runs_tui.model.board import Board
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.transport.http import Patience
from tests.bench.made import SOURCE, made_id, made_run

API = "automation_runs"
MOST = 1000
"""The longest page."""

_HEADERS = {"content-type": "application/json", "x-ratelimit-limit": "1000000"}
_WORDS = {
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}


class Canned:
    """Answers for so many made runs; the latest page is kept as it was sent."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._now = datetime.now(UTC)
        self._latest: tuple[tuple[int, int], bytes] = ((0, 0), b"")

    def page(self, offset: int, limit: int) -> bytes:
        """Give a page of the list."""
        if self._latest[0] != (offset, limit):
            numbers = range(offset, min(offset + limit, self._count))
            items = [_told(made_run(number, self._now)) for number in numbers]
            body = json.dumps({"items": items, "total": self._count}).encode()
            self._latest = ((offset, limit), body)
        return self._latest[1]

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request; whatever is no list of runs is an empty list."""
        asked = request.url.params
        body = b'{"items": [], "total": 0}'
        if request.url.path.endswith("/automation-runs"):
            body = self.page(int(asked.get("offset", 0)), int(asked.get("limit", 100)))
        return httpx.Response(200, headers=_HEADERS, content=_sent(body), request=request)


async def _sent(body: bytes) -> AsyncIterator[bytes]:
    """Send a body as a server does, so that no answer holds it after it was read."""
    yield body


@contextmanager
def canned_source(canned: Canned) -> Iterator[Source]:
    """Open a source that is answered so, without any network."""
    with patch.object(httpx.AsyncHTTPTransport, "handle_async_request", canned.answer):
        source: Any = source_type(API)(Connection(name=SOURCE, url="http://canned.test"))
        source.patience = Patience(fresh=0)
        yield source


async def decoded_board(count: int) -> Board:
    """Give made runs as a board takes them in, page by page, out of its API's bytes."""
    board, cursor = Board(), None
    with canned_source(Canned(count)) as source:
        while cursor is not None or not board:
            page = await source.runs(Query(limit=MOST), cursor)
            board, cursor = board.merge(page.items), page.next
        await source.close()
    return board


def _told(run: Run) -> dict[str, Any]:
    workflow = made_id("workflow", run.workflow_id)
    return {
        "id": run.id,
        "automationId": workflow,
        "automationVersionId": made_id(workflow, run.version),
        "versionNumber": int(run.version or 0),
        "tenantId": made_id("tenant"),
        "status": _WORDS[run.state],
        "triggerType": run.trigger,
        "triggerSourceType": "user" if run.trigger == "manual" else run.trigger,
        "triggerSourceId": made_id(workflow, run.trigger),
        "orchestratorType": "dag",
        "externalJobId": None,
        "concurrencyKey": run.workflow_name if run.trigger == "schedule" else None,
        "createdAt": _instant(run.created_at),
        "updatedAt": _instant(run.updated_at),
        "startedAt": _instant(run.started_at),
        "completedAt": _instant(run.finished_at),
        "durationSeconds": run.took,
        "error": {"message": run.error, "code": "step_failed"} if run.error else None,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
