"""The requests that a server allows for: kept on our side, so that it need never refuse one."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from runs_tui.transport.failures import seconds_to_wait

_UNCHANGED = 304


class Budget:
    """So many requests in so many seconds.

    What the server tells of its limit (`X-RateLimit-*`) counts more: others spend from it too.
    Instants are seconds of a clock that only goes on.
    """

    def __init__(
        self, most: int, seconds: float = 60.0, *, unchanged_is_free: bool = False
    ) -> None:
        """Allow for `most` requests in any stretch of `seconds`, until the server tells more.

        Where what is unchanged is free, an answer 304 gives the request back that it took.
        """
        self.most = most
        self.left: int | None = None
        """How many requests are left, as the server told it last; None before it did."""
        self._seconds = seconds
        self._unchanged_is_free = unchanged_is_free
        self._spent: deque[float] = deque()
        self._closed_until = 0.0
        self._refused_until = 0.0

    def wait(self, at: float) -> float:
        """Give the seconds until a request may be sent; 0 where it may be sent now."""
        while self._spent and at - self._spent[0] >= self._seconds:
            self._spent.popleft()
        surplus = len(self._spent) - self.most
        free = self._spent[surplus] + self._seconds if surplus >= 0 else at
        return max(free - at, self._closed_until - at, self._refused_until - at, 0.0)

    def why(self, at: float) -> str:
        """Say why a request has to wait."""
        if self._refused_until > at:
            return "it asked to be left alone for a while"
        return f"the {self.most} requests that it allows for are spent"

    def spend(self, at: float) -> None:
        """Count a request that is sent."""
        self._spent.append(at)

    def heed(self, headers: Mapping[str, str], at: float, now: datetime, status: int = 200) -> None:
        """Learn what an answer tells of the limit; `now` is the instant where it names one."""
        if status == _UNCHANGED and self._unchanged_is_free and self._spent:
            self._spent.pop()
        self.most = _count(headers.get("x-ratelimit-limit")) or self.most
        left = left_of(headers)
        if left is None:
            return
        self.left = left
        if left == 0:
            self._closed_until = at + min(seconds_to_wait(headers, now) or 0.0, self._seconds)

    def refuse(self, at: float, seconds: float) -> None:
        """Send nothing for as long as the server asked for when it refused a request."""
        self._refused_until = max(self._refused_until, at + min(seconds, self._seconds))


def left_of(headers: Mapping[str, str]) -> int | None:
    """Give how many requests an answer says are left; None where it does not say."""
    return _count(headers.get("x-ratelimit-remaining"))


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
