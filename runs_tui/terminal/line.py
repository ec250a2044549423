"""How fast the line to the terminal is, and how long the next frame waits for it."""

from collections import deque
from typing import NamedTuple

USUAL = 0.25
"""The seconds of a round trip that is not measured yet."""
SLOWEST = 0.25
"""The most seconds between two frames on a line that keeps up."""
STUCK = 1.0
"""The seconds between two frames on one that does not."""
AGAIN = 1.0
"""The seconds after which a round trip is measured anew, if there is something to draw."""
SILENT, LOST = 3.0, 30.0
"""The seconds after which an answer is not expected any more: from one that never did, and did."""
WINDOW = 5.0
"""The seconds over which bytes are counted."""
WEIGHT = 0.25
"""How much the newest round trip counts."""


class Reading(NamedTuple):
    """What is known of the line."""

    round_trip: float | None
    """Seconds; None where the terminal does not answer."""
    rate: float
    """Bytes a second, of the last few seconds."""
    sent: int
    """Bytes since the start."""


class Line:
    """Counts what is sent and times what is answered; a moment is what `monotonic` tells."""

    def __init__(self) -> None:
        """Begin without knowing anything."""
        self._trip: float | None = None
        self._sent: deque[tuple[float, int]] = deque()
        self._total = 0
        self._latest: float | None = None
        self._asked: float | None = None
        self._answered: float | None = None
        self._mute = False

    def read(self, now: float) -> Reading:
        """Tell what is known now."""
        self._drop_old(now)
        return Reading(self._trip, sum(count for _, count in self._sent) / WINDOW, self._total)

    @property
    def answers(self) -> bool:
        """Tell whether the terminal has ever answered."""
        return self._answered is not None

    @property
    def asking(self) -> bool:
        """Tell whether an answer is expected."""
        return self._asked is not None

    def sent(self, count: int, now: float) -> None:
        """Take it that something was sent."""
        self._latest = now
        self._total += count
        self._sent.append((now, count))
        self._drop_old(now)

    def asks(self, now: float) -> bool:
        """Tell whether the next frame should ask for an answer."""
        if self._asked is not None:
            if now - self._asked < (LOST if self.answers else SILENT):
                return False
            self._asked, self._mute = None, not self.answers
        return not self._mute and (self._answered is None or now - self._answered >= AGAIN)

    def asked(self, now: float) -> None:
        """Take it that an answer was asked for."""
        self._asked = now

    def answered(self, now: float) -> None:
        """Take it that the answer came."""
        if self._asked is None:
            return
        trip = now - self._asked
        self._trip = trip if self._trip is None else self._trip + (trip - self._trip) * WEIGHT
        self._asked, self._answered = None, now

    def wait(self, now: float) -> float:
        """Give the seconds that the next frame waits: half a round trip after the one before.

        Where an answer is late, what was sent lies somewhere on the way, and more of it would only
        make the answer to the next key late, too.
        """
        if self._latest is None:
            return 0.0
        late = self._asked is not None and now - self._asked > 2 * (self._trip or USUAL)
        pause = STUCK if late and not self._mute else min((self._trip or 0.0) / 2, SLOWEST)
        return max(self._latest + pause - now, 0.0)

    def patience(self, now: float) -> float:
        """Give the seconds for which an answer that was asked for may still be on its way."""
        if self._asked is None:
            return 0.0
        return max(self._asked + max(2 * (self._trip or USUAL), USUAL) - now, 0.0)

    def _drop_old(self, now: float) -> None:
        while self._sent and self._sent[0][0] < now - WINDOW:
            self._sent.popleft()
