"""What is said of an exchange: how it stands, and all that is known of it, line by line."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import unquote_plus, urlsplit

from runs_tui import looks
from runs_tui.model.curl import curl, why_no_curl
from runs_tui.model.exchange import Body, Exchange, Headers
from runs_tui.model.json_lines import json_lines, looks_like_json
from runs_tui.model.redaction import SECRETS
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_log
from runs_tui.widgets.columns import Cell, Part

HEAD = "table--accent"
DIM = "table--dim"
_OPEN = looks.css_class(State.RUNNING)
_FAILED = looks.css_class(State.FAILED)
_DONE = looks.css_class(State.SUCCEEDED)


def status(exchange: Exchange) -> Part:
    """Say how it stands, with a glyph and a word."""
    if exchange.failed:
        told = "no answer" if exchange.status is None else _phrase(exchange.status)
        broken = "broke off" if exchange.failure and (exchange.status or 0) in _FINE else told
        return f"{looks.glyph(State.FAILED)} {broken}", _FAILED
    if not exchange.over:
        word = "open" if exchange.stream and exchange.status is not None else "waiting"
        return f"{looks.glyph(State.RUNNING)} {word}", _OPEN
    if exchange.stream:
        return f"{looks.glyph(State.SUCCEEDED)} ended", _DONE
    return f"{looks.glyph(State.SUCCEEDED)} {_phrase(exchange.status or 0)}", _DONE


_FINE = range(100, 300)


def _phrase(number: int) -> str:
    try:
        return f"{number} {HTTPStatus(number).phrase}"
    except ValueError:
        return str(number)


def purpose(exchange: Exchange) -> str:
    """Say what it is for."""
    return clean(str(exchange.purpose)) if exchange.purpose else ""


def path(exchange: Exchange) -> str:
    """Give its path with its query."""
    parts = urlsplit(exchange.url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def lines(exchange: Exchange, command: str) -> Iterator[Cell]:
    """Give all that is known of it, with the command that asks for the same, if there is one."""
    what = purpose(exchange)
    yield [
        (exchange.source, "table--strong"),
        (f"  {what}" if what else "", ""),
    ]
    tries = f"  try {exchange.attempt}" if exchange.attempt > 1 else ""
    yield [status(exchange), (f"  {_took(exchange)}{tries}", DIM)]
    if exchange.failure:
        yield [(exchange.failure, _FAILED)]
    yield [(looks.instant(exchange.at), DIM)]
    yield from _section("Request")
    yield from _asked(exchange)
    yield from _headers(exchange.asked)
    yield from _body(exchange.request)
    if exchange.status is not None:
        yield from _section("Answer")
        yield from _headers(exchange.answered)
        yield from _body(exchange.answer)
    yield from _commands(exchange, command)


def _took(exchange: Exchange) -> str:
    told = [
        f"in {looks.latency(exchange.took)}" if exchange.took is not None else "",
        f"{looks.size(exchange.sent)} sent" if exchange.sent else "",
        f"{looks.size(exchange.received)} received" if exchange.status is not None else "",
        f"{looks.count(exchange.left)} requests left" if exchange.left is not None else "",
    ]
    return ", ".join(part for part in told if part)


def _section(title: str) -> Iterator[Cell]:
    yield [("", "")]
    yield [(title, HEAD)]


def _asked(exchange: Exchange) -> Iterator[Cell]:
    address, _, query = exchange.url.partition("?")
    yield [(f"{exchange.method} ", "table--strong"), (address, "")]
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        yield [(f"  {clean(unquote_plus(name))} = ", DIM), (clean(unquote_plus(value)), "")]


def _headers(headers: Headers) -> Iterator[Cell]:
    for name, value in headers:
        yield [(f"{name}: ", DIM), (value, "")]


def _body(body: Body) -> Iterator[Cell]:
    if body.withheld:
        yield [("Its body is made of a credential, and is not kept", DIM)]
        return
    if not body.size:
        return
    yield [("", "")]
    text = clean_log(body.start.decode("utf-8", "replace"))
    text = SECRETS.of_start(text) if body.cut else SECRETS.of_body(text)
    for line in json_lines(text) if looks_like_json(text) else text.split("\n"):
        yield _member(line.expandtabs(4))
    if body.cut:
        kept = f"{looks.size(len(body.start))} of" if body.start else "nothing of its"
        yield [(f"… {kept} {looks.size(body.size)} {'are' if body.start else 'is'} kept", DIM)]


def _member(line: str) -> Cell:
    """Let the name of a member stand back behind its value."""
    name, colon, value = line.partition('": ')
    if not colon or not name.lstrip().startswith('"'):
        return [(line, "")]
    return [(f'{name}": ', DIM), (value, "")]


def _commands(exchange: Exchange, command: str) -> Iterator[Cell]:
    yield from _section("The same by curl")
    why_not = why_no_curl(exchange)
    yield [(why_not.capitalize(), DIM)] if why_not else [(curl(exchange), "")]
    if command:
        yield from _section("The same by runs-tui")
        yield [(command, "")]
