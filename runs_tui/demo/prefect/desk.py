"""What every endpoint works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runs_tui.demo.prefect.ledger import Ledger
from runs_tui.demo.server import Settings
from runs_tui.model.clock import Clock


@dataclass(frozen=True, slots=True)
class Desk:
    """The ledger, the time, and how the server was set up."""

    ledger: Ledger
    clock: Clock
    settings: Settings

    @property
    def logs_late(self) -> timedelta:
        """How long the log lines of tasks are under way."""
        return timedelta(seconds=self.settings.extra.get("logs_late", 0))

    @property
    def logs_stream(self) -> bool:
        """Whether the server streams log lines; it does not by default."""
        return self.settings.extra.get("logs_stream") is True

    @property
    def wait_seconds(self) -> float | None:
        """For how long every client that wants another state is told to wait, if at all."""
        return self.settings.extra.get("wait_seconds")


def posting(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    """Make the route of an endpoint that is posted to."""
    return Route(path, endpoint, methods=["POST"])
