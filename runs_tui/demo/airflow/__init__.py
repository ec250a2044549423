"""The world as an Airflow 3 server tells it, over its REST API v2.

Its switches: `viewer` True lets nobody change anything, `token_seconds` is how long a token lives
that was had for a user and a password, `page` is how many rows a list gives at most, `hourly` True
lets many runs be due at one instant, `whole_logs` True begins every log anew as Airflow 3.0 does.
"""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from runs_tui.demo.airflow.acts import Acts
from runs_tui.demo.airflow.door import Door
from runs_tui.demo.airflow.ledger import Ledger
from runs_tui.demo.airflow.lists import Lists
from runs_tui.demo.airflow.single import Single
from runs_tui.demo.server import Settings
from runs_tui.demo.world import World
from runs_tui.model.clock import Clock

__all__ = ["PREFIX", "app"]

PREFIX = "/airflow"
"""The path of the server's address; its API is below that."""


def app(world: World, clock: Clock, settings: Settings) -> ASGIApp:
    """Make the API's server over a world; its paths follow the prefix."""
    ledger = Ledger(world, hourly=settings.extra.get("hourly") is True)
    door = Door(clock, settings)
    lists = Lists(ledger, clock, settings.extra.get("page", 100))
    single = Single(ledger, clock, whole_logs=settings.extra.get("whole_logs") is True)
    parts = (door, lists, single, Acts(ledger, clock))
    served = Starlette(
        routes=[route for part in parts for route in part.routes()],
        exception_handlers={HTTPException: _plain},
    )
    return door.before(served)


async def _plain(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and error.detail == "Not Found":
        return JSONResponse({"error": "API route not found"}, 404)
    return JSONResponse({"detail": error.detail}, error.status_code)
