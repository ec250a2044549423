"""One exchange with a server: what was asked, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from runs_tui.model.purpose import Purpose

MOST = 1000
"""How many exchanges are kept."""
MOST_BYTES = 8 * 1024 * 1024
"""How many bytes of bodies are kept of all of them."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Body:
    """The beginning of a body, as it came; whoever shows it takes the secrets out."""

    start: bytes = field(default=b"", repr=False)
    """Its first bytes, decompressed."""
    size: int = 0
    """How many bytes it has or had so far, decompressed."""
    withheld: bool = False
    """Whether it is not kept, for it is made of secrets."""

    @property
    def cut(self) -> bool:
        """Tell whether more was there than is kept."""
        return self.size > len(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer, without secrets but in the bodies."""

    number: int
    """Its place among all; a later value of the same number tells how it went on."""
    at: datetime
    """When it was sent."""
    source: str
    """The name of the source."""
    purpose: Purpose | None
    """What it is for."""
    method: str
    """Its HTTP method; `WS` for a WebSocket."""
    url: str
    """Where it went, with its query."""
    attempt: int = 1
    """Which try of the same request it was."""
    asked: Headers = ()
    """The headers of the request; the credential is written as a variable."""
    credential: str = ""
    """The name of the header among them that holds the credential."""
    variable: str = ""
    """The variable that stands for the credential."""
    reached_by: tuple[str, ...] = ()
    """What curl must be told besides to get there."""
    request: Body = Body()
    """The body of the request."""
    status: int | None = None
    """The status of the answer; None before there is one."""
    answered: Headers = ()
    """The headers of the answer."""
    answer: Body = Body()
    """The body of the answer, or the stream so far."""
    sent: int = 0
    """The bytes of the request's body, or those that were sent through a WebSocket."""
    received: int = 0
    """The bytes of the answer's body as they came, compressed or not."""
    took: float | None = None
    """The seconds until it was over; None while it goes on."""
    failure: str = ""
    """Why there was no whole answer."""
    left: int | None = None
    """How many requests the server allows for still, where it tells."""
    stream: bool = False
    """Whether it stays open for what is to come."""

    def __str__(self) -> str:
        """Write it on one line, for a log."""
        came = f"{self.status}" if self.status is not None else "no answer"
        if self.took is None:
            came += ", goes on"
        else:
            came += f" in {self.took:.3f} s, {self.received} bytes"
        told = [
            f"#{self.number} {self.source}: {self.method} {self.url} -> {came}",
            f"sent {self.sent} bytes" if self.sent else "",
            f"try {self.attempt}" if self.attempt > 1 else "",
            f"{self.left} left" if self.left is not None else "",
            f"for {self.purpose}" if self.purpose else "",
            f"failed: {self.failure}" if self.failure else "",
        ]
        return ", ".join(part for part in told if part)

    @property
    def over(self) -> bool:
        """Tell whether nothing more comes of it."""
        return self.took is not None

    @property
    def failed(self) -> bool:
        """Tell whether it came to nothing."""
        return bool(self.failure) or (self.status or 0) >= 400

    @property
    def weight(self) -> int:
        """Give the bytes of its bodies."""
        return len(self.request.start) + len(self.answer.start)


class Exchanges:
    """The latest exchanges in the order in which they began, within bounds."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        """Begin with none."""
        self._most = most
        self._most_bytes = most_bytes
        self._kept: dict[int, Exchange] = {}
        self._weight = 0
        self.forgotten = 0
        """How many were forgotten to keep to the bounds."""
        self.listeners: list[Callable[[], object]] = []
        """Called whenever there is another one, or one of them went on."""

    @property
    def all(self) -> Sequence[Exchange]:
        """Give those that are kept."""
        return list(self._kept.values())

    def get(self, number: int) -> Exchange | None:
        """Give the one of a number as it is now."""
        return self._kept.get(number)

    def put(self, exchange: Exchange) -> None:
        """Take one in, or what has become of it."""
        before = self._kept.get(exchange.number)
        if before is None and self._kept and exchange.number < next(iter(self._kept)):
            return
        self._weight += exchange.weight - (before.weight if before else 0)
        self._kept[exchange.number] = exchange
        if len(self._kept) > self._most:
            self._weight -= self._kept.pop(next(iter(self._kept))).weight
            self.forgotten += 1
        if self._weight > self._most_bytes:
            self._lighten()
        for heard in self.listeners:
            heard()

    def _lighten(self) -> None:
        """Forget the bodies of the oldest until half of what may be kept is free again."""
        for number, exchange in self._kept.items():
            if self._weight <= self._most_bytes // 2:
                return
            self._weight -= exchange.weight
            self._kept[number] = replace(
                exchange,
                request=replace(exchange.request, start=b""),
                answer=replace(exchange.answer, start=b""),
            )
