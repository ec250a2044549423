"""What a common terminal shows: pyte's, which also repeats its last character when told to.

It says that it knows margins at the sides, which not all do, if it is wanted to, but has none: it
then counts what is sent and shows something else.
"""

from collections.abc import Callable
from typing import Any

import pyte

_SIDED = 69 << 5
"""The mode of margins at the sides, as pyte keeps it."""


class Screen(pyte.Screen):
    """Shows, and answers where the cursor stands if it is given how."""

    def __init__(
        self,
        width: int,
        height: int,
        answer: Callable[[bytes], object] = lambda data: None,
        *,
        margins: bool = False,
    ) -> None:
        super().__init__(width, height)
        self._answer = answer
        self._margins = margins
        self._last = ""

    def write_process_input(self, data: str) -> None:
        self._answer(data.encode())

    def draw(self, data: str) -> None:
        super().draw(data)
        self._last = data[-1:]

    def repeat_last(self, count: int = 1) -> None:
        """Write the last character so many times again."""
        self.draw(self._last * count)

    def set_side_margins(self, *columns: int) -> None:
        """Put the cursor to the corner, as setting them does."""
        if self._margins and _SIDED in self.mode:
            self.cursor_position()


class Stream(pyte.ByteStream):
    """Reads what a terminal is sent."""

    csi: Any = pyte.ByteStream.csi | {"b": "repeat_last", "s": "set_side_margins"}
    events = pyte.ByteStream.events | {"repeat_last", "set_side_margins"}
