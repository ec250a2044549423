"""Takes what a program draws, whole or in part, and gives what its terminal has not been sent."""

from runs_tui.terminal.frame import draw
from runs_tui.terminal.known import Known
from runs_tui.terminal.pen import Pen
from runs_tui.terminal.reading import Hand, parts
from runs_tui.terminal.screen import Screen
from runs_tui.terminal.style import Unclear

BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
"""Between these a terminal shows nothing, and then all at once."""
_ENTER, _LEAVE = "\x1b[?1049h", "\x1b[?1049l"
"""The page of the terminal without a history, and the usual one."""
_CLEAR = "\x1b[m\x1b[2J"


class Painter:
    """Draws frames that differ by as little as can be; what is no drawing passes, in order."""

    def __init__(self, width: int, height: int, known: Known | None = None) -> None:
        """Begin before anything is drawn, on a screen of some size."""
        self.known = known or Known()
        self._screen = Screen(width, height)
        self._hand = Hand()
        self._pen = Pen(self.known)
        self._due: list[str] = []
        self._whole = False
        self._drawn = False
        self._away = False

    @property
    def size(self) -> tuple[int, int]:
        """Give the columns and the lines."""
        return self._screen.width, self._screen.height

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Give where the terminal's cursor stands after all that was taken, if that is known."""
        x, y = self._pen.x, self._pen.y
        return None if x is None or y is None else (x, y)

    @property
    def waiting(self) -> bool:
        """Tell whether something is to be sent."""
        return bool(self._due) or (self._drawn and not self._away)

    def write(self, text: str) -> None:
        """Take what the program writes."""
        for place, part in enumerate(parts(text)):
            if not part:
                continue
            if part in (BEGIN, END):
                self._whole = True
            elif part in (_ENTER, _LEAVE):
                self._turn(part)
            elif place % 2:
                self.say(part)
            else:
                self._draw(part)

    def take(self) -> str:
        """Give what is to be sent now."""
        self._finish()
        text = "".join(self._due)
        self._due.clear()
        return text

    def resize(self, width: int, height: int) -> None:
        """Take another size of the terminal."""
        self._screen.resize(width, height)
        self._pen.lose()

    def forget(self) -> None:
        """Draw everything anew, for the terminal may show anything."""
        self._screen.forget()
        self._pen.lose()
        self._drawn = True

    def _draw(self, text: str) -> None:
        try:
            for x, y, ink in self._hand.draw(text):
                self._screen.put(x, y, ink.cells, ink.lead, odd=ink.odd)
            self._drawn = True
        except Unclear:
            self.say("\x1b[m" + text.replace("\n", "\r\n"))
            self._screen.lose()
            self._pen.lose()
            self._drawn = False

    def say(self, text: str) -> None:
        """Say something to the terminal that draws nothing, behind all that was drawn."""
        self._finish()
        self._due.append(text)

    def ask(self, text: str) -> None:
        """Ask the terminal something that leaves its cursor anywhere."""
        self.say(text)
        self._pen.x = self._pen.y = None

    def _turn(self, text: str) -> None:
        """Go to the other page of the terminal, and back."""
        self._finish()
        self._away = text == _LEAVE
        self._due.append("\x1b[m" + text if self._away else text + _CLEAR)
        self._screen.clear()
        self._pen.lose()
        self._drawn = True

    def _finish(self) -> None:
        """Write the frame of what was drawn until now."""
        if not self._drawn or self._away:
            return
        self._drawn = False
        self._pen, places = draw(self._screen, self._pen)
        self._pen.unlink()
        width, height = self.size
        self._pen.move(min(self._hand.x, width - 1), min(self._hand.y, height - 1))
        frame = self._pen.take()
        self._due.append(BEGIN + frame + END if self._whole and places > 1 else frame)
