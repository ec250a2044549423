"""The record of every exchange with a server, told to whoever listens to the log."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from time import perf_counter

from runs_tui.model.clock import Clock
from runs_tui.model.exchange import Body, Exchange, Headers
from runs_tui.model.purpose import purpose
from runs_tui.model.redaction import SECRETS
from runs_tui.model.text import clean
from runs_tui.transport.auth import Shown
from runs_tui.transport.budget import left_of

KEPT = 32 * 1024
"""How many bytes of a body are kept."""
TOLD_EVERY = 1.0
"""The least seconds between two words on a stream that goes on."""

_LOG = logging.getLogger("runs_tui.exchanges")
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it is sent."""

    method: str
    url: str
    headers: Iterable[tuple[str, str]]
    body: bytes = b""
    attempt: int = 1
    """Which try of the same request it is."""
    shown: Shown | None = None
    """How its credential is shown."""
    private: bool = False
    """Whether the bodies are made of secrets."""
    stream: bool = False
    """Whether the answer stays open for what is to come."""


class Unheard:
    """An exchange that nobody wants to know of."""

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Note the head of the answer."""

    def sent(self, data: bytes) -> None:
        """Note what is sent besides."""

    def came(self, data: bytes, received: int | None = None) -> None:
        """Note a piece of the answer, and how many bytes came in all."""

    def end(self, failure: str = "") -> None:
        """Note that it is over, once, and why it failed."""


class Ongoing(Unheard):
    """An exchange under way."""

    def __init__(self, exchange: Exchange) -> None:
        """Tell that it has begun."""
        self._exchange = exchange
        self._begun = perf_counter()
        self._told = self._begun
        self._private = exchange.request.withheld
        self._start = bytearray()
        self._size = 0
        self._tell(logging.DEBUG)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Note the head of the answer."""
        self._exchange = replace(
            self._exchange,
            status=status,
            answered=_shown(headers.items()),
            left=left_of(headers),
        )
        self._tell(logging.INFO if self._exchange.stream else logging.DEBUG)

    def sent(self, data: bytes) -> None:
        """Note what is sent besides."""
        self._exchange = replace(self._exchange, sent=self._exchange.sent + len(data))

    def came(self, data: bytes, received: int | None = None) -> None:
        """Note a piece of the answer, and how many bytes came in all."""
        self._size += len(data)
        if len(self._start) < KEPT and not self._private:
            self._start += data[: KEPT - len(self._start)]
        received = self._size if received is None else received
        self._exchange = replace(self._exchange, received=received)
        if self._exchange.stream and perf_counter() - self._told >= TOLD_EVERY:
            self._tell(logging.DEBUG)

    def end(self, failure: str = "") -> None:
        """Note that it is over, once, and why it failed."""
        if not self._exchange.over:
            took = perf_counter() - self._begun
            told = SECRETS.of(failure)
            self._exchange = replace(self._exchange, took=took, failure=told)
            self._tell(logging.INFO)

    def _tell(self, level: int) -> None:
        self._told = perf_counter()
        body = Body(bytes(self._start), self._size, withheld=self._private)
        self._exchange = replace(self._exchange, answer=body)
        _LOG.log(level, self._exchange)


class Recorder:
    """Tells of the exchanges with one server."""

    def __init__(self, source: str, clock: Clock, reached_by: tuple[str, ...] = ()) -> None:
        """Take the name of the source, and what curl must be told to get there."""
        self._source = source
        self._clock = clock
        self._reached_by = reached_by

    def begin(self, sent: Sent) -> Unheard:
        """Begin to tell of an exchange, if anybody listens."""
        if not _LOG.isEnabledFor(logging.INFO):
            return Unheard()
        shown = sent.shown
        return Ongoing(
            Exchange(
                number=next(_NUMBERS),
                at=self._clock.now(),
                source=self._source,
                purpose=purpose(),
                method=sent.method,
                url=SECRETS.of_url(clean(sent.url)),
                attempt=sent.attempt,
                asked=_shown(sent.headers, shown),
                credential=shown.name if shown else "",
                variable=shown.variable if shown else "",
                reached_by=self._reached_by,
                request=Body(
                    b"" if sent.private else sent.body[:KEPT],
                    len(sent.body),
                    withheld=sent.private,
                ),
                sent=len(sent.body),
                stream=sent.stream,
            )
        )


def _shown(headers: Iterable[tuple[str, str]], shown: Shown | None = None) -> Headers:
    """Give headers without secrets; the credential is written as its variable."""
    return tuple(
        (
            clean(name),
            shown.value
            if shown and name.lower() == shown.name.lower()
            else SECRETS.of_header(name, clean(value)),
        )
        for name, value in headers
    )
