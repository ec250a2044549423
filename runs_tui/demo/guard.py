"""The door of a server that one secret opens, shown in one header of every request."""

from collections.abc import Collection

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Guard:
    """Lets requests through that show the secret; some paths stay open."""

    def __init__(
        self,
        app: ASGIApp,
        header: str,
        secret: str | None,
        refusal: object,
        open_paths: Collection[str] = (),
    ) -> None:
        """Stand before an app; without a secret everyone may pass."""
        self._app = app
        self._header = header.encode()
        self._secret = secret and secret.encode("latin-1", "replace")
        self._refusal = refusal
        self._open = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; a WebSocket has a handshake of its own."""
        answer = self._app
        if scope["type"] == "http" and not self._may_pass(scope):
            answer = JSONResponse(self._refusal, 401)
        await answer(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        if not self._secret or scope["path"].removeprefix(scope.get("root_path", "")) in self._open:
            return True
        return dict(scope["headers"]).get(self._header) == self._secret
