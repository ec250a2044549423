"""Requests that may be made, counted."""

from datetime import timedelta

from runs_tui.model.clock import Clock

_MINUTE = timedelta(minutes=1)


class Allowance:
    """What may be spent on one run."""

    def __init__(self, spare: int) -> None:
        """Begin with so many requests to spend."""
        self.spare = spare

    def take(self, *, leaving: int = 0) -> bool:
        """Spend a request if so many are left afterwards; tell whether it may be made."""
        if self.spare <= leaving:
            return False
        self.spare -= 1
        return True

    def renew(self, spare: int) -> None:
        """Have at least so many again."""
        self.spare = max(self.spare, spare)


class Bucket:
    """What may be spent on the whole list: some at once, and then so many a minute."""

    def __init__(self, clock: Clock, most: int, a_minute: float) -> None:
        """Begin full."""
        self._clock = clock
        self._most = most
        self._a_minute = a_minute
        self._left = float(most)
        self._at = clock.now()

    @property
    def spare(self) -> bool:
        """Whether one may be made now."""
        return self._left >= 1

    def take(self, wanted: int) -> int:
        """Spend up to so many requests; give how many may be made."""
        now = self._clock.now()
        passed = max(now - self._at, timedelta()) / _MINUTE
        self._left, self._at = min(self._left + passed * self._a_minute, self._most), now
        granted = min(wanted, int(self._left))
        self._left -= granted
        return granted
