"""The world as a Prefect 3 server tells it, over HTTP and WebSockets.

Its switches: `upcoming` False leaves out the runs that are scheduled for the future, `logs_late`
is how many seconds the log lines of tasks are under way, `logs_stream` True streams log lines,
`wait_seconds` makes every wish for another state wait.
"""

from base64 import b64encode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from runs_tui.demo.guard import Guard
from runs_tui.demo.prefect.bodies import Refusal
from runs_tui.demo.prefect.desk import Desk
from runs_tui.demo.prefect.flow_routes import FlowEndpoints
from runs_tui.demo.prefect.ledger import Ledger
from runs_tui.demo.prefect.log_routes import LogEndpoints
from runs_tui.demo.prefect.run_routes import FlowRunEndpoints
from runs_tui.demo.prefect.sockets import Sockets
from runs_tui.demo.prefect.task_routes import TaskRunEndpoints
from runs_tui.demo.server import Settings
from runs_tui.demo.world import World
from runs_tui.model.clock import Clock

__all__ = ["PREFIX", "app"]

PREFIX = "/prefect/api"
"""The path of the API's base URL."""
_OPEN = ("/health", "/ready")


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the API's server over a world; its paths follow the prefix."""
    ledger = Ledger(world, upcoming=settings.extra.get("upcoming", True))
    desk = Desk(ledger, clock, settings)
    parts = FlowEndpoints, FlowRunEndpoints, TaskRunEndpoints, LogEndpoints, Sockets
    served = Starlette(
        routes=[route for part in parts for route in part(desk).routes()],
        exception_handlers={HTTPException: _plain, Refusal: _refused},
    )
    refusal = {"exception_message": "Unauthorized"}
    return Guard(served, "authorization", _basic(settings.credential), refusal, _OPEN)


def _basic(secret: str | None) -> str | None:
    return secret and f"Basic {b64encode(secret.encode()).decode()}"


async def _plain(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, error.status)
