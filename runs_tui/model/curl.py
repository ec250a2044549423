"""An exchange as the command line of curl that asks the same."""

import shlex
from collections.abc import Iterator

from runs_tui.model.exchange import Exchange
from runs_tui.model.redaction import SECRETS

_CURL_S_OWN = frozenset({"host", "user-agent", "accept-encoding", "connection", "content-length"})
_SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in '\\"`$'})


def why_no_curl(exchange: Exchange) -> str | None:
    """Say why curl cannot ask the same; None where it can."""
    if exchange.method == "WS":
        return "curl does not speak WebSocket"
    if exchange.request.withheld:
        return "its body is made of a credential, and is not kept"
    if exchange.request.cut:
        return "its body is not kept"
    return None


def curl(exchange: Exchange) -> str:
    """Write it for a shell; the credential is the variable that it comes from."""
    return " ".join(_words(exchange))


def _words(exchange: Exchange) -> Iterator[str]:
    yield "curl"
    if exchange.stream:
        yield "-N"
    yield from map(shlex.quote, exchange.reached_by)
    body = SECRETS.of(exchange.request.start.decode("utf-8", "replace"))
    if exchange.method != ("POST" if body else "GET"):
        yield f"-X {shlex.quote(exchange.method)}"
    yield shlex.quote(exchange.url)
    for name, value in exchange.asked:
        if name.lower() == exchange.credential.lower():
            yield _credential(name, value, exchange.variable)
        elif name.lower() not in _CURL_S_OWN:
            yield f"-H {shlex.quote(f'{name}: {value}')}"
    if body:
        yield f"--data-raw {shlex.quote(body)}"


def _credential(name: str, value: str, variable: str) -> str:
    """Write the header of the credential so that the shell puts it in."""
    before, _, after = value.partition(f"${variable}")
    if before.lower() == "basic ":
        return f'-u "${{{variable}}}"'
    head, tail = (part.translate(_SPECIAL) for part in (f"{name}: {before}", after))
    return f'-H "{head}${{{variable}}}{tail}"'
