"""The demo's `dagster` server: one path for everything that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from runs_tui.demo.dagster.engine import Engine
from runs_tui.demo.dagster.fields import VERSION, fields_of
from runs_tui.demo.dagster.ledger import Ledger
from runs_tui.demo.dagster.sockets import Sockets
from runs_tui.demo.guard import Guard

if TYPE_CHECKING:
    from graphql import ExecutionResult, GraphQLError
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from runs_tui.demo.server import Settings
    from runs_tui.demo.world import World
    from runs_tui.model.clock import Clock

PREFIX = "/dagster"
_VERSIONS = ("dagster_webserver_version", "dagster_version", "dagster_graphql_version")
_NO_QUERY = "No GraphQL query found in the request"


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the API's server over a world; its paths follow the prefix."""
    secret = settings.credential and f"Bearer {settings.credential}"
    ledger = Ledger(world, clock, settings)
    engine = Engine(ledger)
    webserver = _Webserver(ledger, engine)
    sockets = Sockets(ledger, engine, secret)
    routes: list[BaseRoute] = [
        Route("/graphql", webserver.graphql, methods=["GET", "POST"]),
        Route("/server_info", _server_info),
    ]
    if settings.extra.get("pushes", True):
        routes.append(WebSocketRoute("/graphql", sockets.serve))
    return Guard(Starlette(routes=routes), "authorization", secret, {"error": "Unauthorized"})


async def _server_info(_: Request) -> Response:
    return JSONResponse(dict.fromkeys(_VERSIONS, VERSION))


class _Webserver:
    def __init__(self, ledger: Ledger, engine: Engine) -> None:
        self._engine = engine
        self._fields = fields_of(ledger)

    async def graphql(self, request: Request) -> Response:
        if request.method == "GET":
            return PlainTextResponse(_NO_QUERY, 400)
        try:
            asked = await request.json()
        except ValueError:
            return PlainTextResponse("POST body sent invalid JSON.", 400)
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            return PlainTextResponse(_NO_QUERY, 400)
        return self._answer(asked)

    def _answer(self, asked: dict[str, Any]) -> Response:
        result = self._engine.execute(asked, self._fields)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [error.formatted for error in result.errors]
        return JSONResponse(body, _status(result))


def _status(result: ExecutionResult) -> int:
    """Give the status: a query that cannot be is 400, a failure of the server 500."""
    if result.errors:
        return 400 if all(_is_about_the_query(error) for error in result.errors) else 500
    told = (result.data or {}).values()
    return 500 if any(_is_python_error(value) for value in told) else 200


def _is_about_the_query(error: GraphQLError) -> bool:
    return error.path is None and not error.message.startswith("Variable ")


def _is_python_error(value: object) -> bool:
    return isinstance(value, dict) and value.get("__typename") == "PythonError"
