"""HTTP Basic in front of the server: one shared secret, and two doors that stay open."""

from base64 import b64encode

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_OPEN = ("/health", "/ready")


class Guard:
    """Lets requests through that know the secret."""

    def __init__(self, app: ASGIApp, credential: str | None) -> None:
        """Stand before an app; without a credential everyone may pass."""
        self._app = app
        self._expected = credential and b"Basic " + b64encode(credential.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; WebSockets have a handshake of their own."""
        if scope["type"] != "http" or self._may_pass(scope):
            await self._app(scope, receive, send)
            return
        refusal = JSONResponse({"exception_message": "Unauthorized"}, 401)
        await refusal(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        if (
            self._expected is None
            or scope["path"].removeprefix(scope.get("root_path", "")) in _OPEN
        ):
            return True
        return dict(scope["headers"]).get(b"authorization") == self._expected
