"""The door of the `lightning` server: a bearer token, written exactly so."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Guard:
    """Lets requests through that know the token; the health check stays open."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        """Stand before an app; without a token everyone may pass."""
        self._app = app
        self._expected = token and f"Bearer {token}".encode("latin-1", "replace")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        inside = scope["path"].removeprefix(scope.get("root_path", ""))
        given = dict(scope["headers"]).get(b"authorization")
        answer: ASGIApp = self._app
        if self._expected and given != self._expected and inside != "/health_check":
            answer = JSONResponse({"error": "Unauthorized"}, 401)
        await answer(scope, receive, send)
