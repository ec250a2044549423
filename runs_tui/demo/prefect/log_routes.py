"""The endpoints about logs and events."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from json import dumps, loads
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from runs_tui.demo.prefect import searches
from runs_tui.demo.prefect.bodies import Body, Refusal, body_of, slice_of
from runs_tui.demo.prefect.desk import Desk, posting
from runs_tui.demo.prefect.events import event_json
from runs_tui.demo.prefect.fields import LOG_ORDERS, LOGS
from runs_tui.demo.prefect.filters import Wrong
from runs_tui.demo.prefect.logs import log_json, logs
from runs_tui.demo.prefect.marks import stamp

EVENTS_A_PAGE = 50
"""The most events that a page gives."""


class LogEndpoints:
    """Answers requests about logs and events."""

    def __init__(self, desk: Desk) -> None:
        """Answer from a desk."""
        self._desk = desk
        self._ledger = desk.ledger
        self._clock = desk.clock

    def routes(self) -> list[BaseRoute]:
        """Give every endpoint with its path."""
        return [
            posting("/logs/filter", self.list_logs),
            posting("/events/filter", self.list_events),
            Route("/events/filter/next", self.list_more_events, name="more-events"),
        ]

    async def list_logs(self, request: Request) -> Response:
        """Answer a slice of the log lines."""
        body, now = await body_of(request), self._clock.now()
        asked = body.get("logs")
        if isinstance(asked, dict) and asked.get("text"):
            raise Refusal(500, {"exception_message": "Internal Server Error"})
        test = body.test("logs", LOGS)
        body.limit()
        runs = searches.runs_of_logs(self._ledger, asked or {}, now)
        found = logs(self._ledger, runs, now, self._desk.logs_late)
        rows = searches.ordered(filter(test, found) if test else found, body, LOG_ORDERS)
        return JSONResponse([log_json(log) for log in slice_of(rows, body)])

    async def list_events(self, request: Request) -> Response:
        """Answer the first page of events, and where the next one is."""
        body, now = await body_of(request), self._clock.now()
        size = body.number("limit", EVENTS_A_PAGE)
        if size > EVENTS_A_PAGE:
            message = f"Input should be less than or equal to {EVENTS_A_PAGE}"
            raise body.invalid(Wrong("less_than_equal", message, size, le=EVENTS_A_PAGE), "limit")
        asked = dict(body.get("filter") or {})
        asked["occurred"] = {"until": stamp(now), **(asked.get("occurred") or {})}
        return self._events(request, body, asked, size, 0)

    async def list_more_events(self, request: Request) -> Response:
        """Answer a further page of events."""
        try:
            token = loads(urlsafe_b64decode(request.query_params["page-token"]))
            asked, size, offset = token["filter"], token["page_size"], token["offset"]
        except (KeyError, ValueError) as error:
            raise Refusal(422, {"detail": "Invalid page token"}) from error
        return self._events(request, Body({}), asked, size, offset)

    def _events(
        self, request: Request, body: Body, asked: Mapping[str, Any], size: int, offset: int
    ) -> Response:
        now = self._clock.now()
        try:
            search = searches.search_of(asked, now)
        except Wrong as error:
            raise body.invalid(error, "filter") from error
        found = searches.events(self._ledger, search, now)
        end = offset + size
        token = {"filter": asked, "count": len(found), "page_size": size, "offset": end}
        page = urlsafe_b64encode(dumps(token).encode()).decode()
        more = request.url_for("more-events").include_query_params(**{"page-token": page})
        return JSONResponse(
            {
                "events": [event_json(event) for event in found[offset:end]],
                "total": len(found),
                "next_page": str(more) if size and end < len(found) else None,
            }
        )
