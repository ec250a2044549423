"""A strict terminal: it fails on what does not do the same on every real one."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rich.cells import split_graphemes

_TOKEN = re.compile(
    r"\x1b\[(?P<private>[?<=>]?)(?P<numbers>[0-9;]*)(?P<middle>[ $]?)(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<dcs>\x1bP.*?\x1b\\)"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<control>[\r\n\b\x07])",
    re.DOTALL,
)
_MARKS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53}
_ENDS = {22: {1, 2}, 23: {3}, 24: {4, 21}, 25: {5, 6}, 27: {7}, 28: {8}, 29: {9}, 55: {53}}
_SEEN = {4, 7, 9, 21, 51, 52, 53}
_REPORTED = {2026: 2, 2048: 0}
"""The modes that are asked for, each with the answer of a common terminal."""
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]").match


class Fault(AssertionError):
    """Something was sent that does not do the same on every terminal."""


@dataclass(frozen=True, slots=True)
class Look:
    fore: str = ""
    back: str = ""
    marks: frozenset[int] = frozenset()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    text: str = " "
    look: Look = Look()


@lru_cache(4096)
def _seen(drawn: Drawn) -> Drawn:
    """Give what an eye sees of it."""
    if drawn.text != " " or drawn.look.marks & _SEEN:
        return drawn
    return Drawn(" ", Look(back=drawn.look.back, link=drawn.look.link))


def _clusters(text: str) -> list[tuple[str, int]]:
    """Cut a text as Textual counts it; two letters of a flag are one."""
    found: list[tuple[str, int]] = []
    for start, end, width in split_graphemes(text)[0]:
        cluster = text[start:end]
        if found and len(found[-1][0]) == 1 and _FLAG(found[-1][0]) and _FLAG(cluster[0]):
            found[-1] = (found[-1][0] + cluster, found[-1][1] + width)
        else:
            found.append((cluster, width))
    return found


@dataclass(slots=True)
class Emulator:
    """A terminal of a size; with `erases_in_colour`, what is erased takes the background."""

    width: int
    height: int
    erases_in_colour: bool = True
    has_margins: bool = False
    has_repeats: bool = False
    repeats_ascii_alone: bool = False
    translates: bool = False
    """Whether the line makes a carriage return and a line feed of each line feed."""
    clamps: bool = False
    """Whether what leaves the screen stops at its edge, as while its size changes; else a fault."""
    rows: list[list[Drawn]] = field(default_factory=list)
    x: int = 0
    y: int = 0
    at_edge: bool = False
    """Whether the last column was just written, so that the cursor stands differently."""
    look: Look = Look()
    aside: list[str] = field(default_factory=list)
    """What was said that draws nothing."""
    replies: list[str] = field(default_factory=list)
    """What it answers."""

    def __post_init__(self) -> None:
        self.rows = [self._line(Drawn()) for _ in range(self.height)]
        self._all_margins()

    last: str | None = None
    """The character that was written just now."""
    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0
    sided: bool = False

    @property
    def page(self) -> list[list[Drawn]]:
        return [list(map(_seen, row)) for row in self.rows]

    def resize(self, width: int, height: int, filling: str = "?") -> None:
        """Take another size, and show nobody knows what."""
        self.width, self.height = width, height
        self.rows = [self._line(Drawn(filling)) for _ in range(height)]
        self.x, self.y = min(self.x, width - 1), min(self.y, height - 1)
        self.at_edge = False
        self._all_margins()

    def spoil(self) -> None:
        """Let somebody else write."""
        self.resize(self.width, self.height)
        self.x, self.y, self.look = self.width // 2, self.height // 2, Look(fore="31")

    def feed(self, text: str) -> None:
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise Fault(f"not understood: {text[at : at + 20]!r}")
            at = found.end()
            if found["text"]:
                self._write(found["text"])
                self.last = found["text"][-1]
                continue
            if found["control"]:
                self._control(found["control"])
            elif found["final"]:
                self._sequence(found)
            elif (found["osc"] or "").startswith("8;"):
                self.look = replace(self.look, link=found["osc"][2:].removeprefix(";"))
            else:
                self.aside.append(found[0])
            self.last = None

    def _line(self, drawn: Drawn) -> list[Drawn]:
        return [drawn] * self.width

    def _all_margins(self) -> None:
        self.top, self.bottom, self.left, self.right = 0, self.height, 0, self.width

    def _write(self, text: str) -> None:
        for cluster, width in _clusters(text):
            if not width:
                self._join(cluster)
                continue
            if self.x + width > self.width:
                self.x = self.width - width
            row = self.rows[self.y]
            self._tear(row, self.x)
            self._tear(row, self.x + width)
            row[self.x : self.x + width] = [
                Drawn(cluster, self.look),
                *[Drawn("", self.look)] * (width - 1),
            ]
            self.at_edge = self.x + width >= self.width
            self.x = min(self.x + width, self.width - 1)

    def _join(self, text: str) -> None:
        place = self.x if self.at_edge else self.x - 1
        row = self.rows[self.y]
        while place > 0 and not row[place].text:
            place -= 1
        if place >= 0:
            row[place] = replace(row[place], text=row[place].text + text)

    @staticmethod
    def _tear(row: list[Drawn], x: int) -> None:
        if x < len(row) and not row[x].text:
            start = end = x
            while not row[start].text:
                start -= 1
            while end < len(row) and not row[end].text:
                end += 1
            row[start:end] = [Drawn(" ", drawn.look) for drawn in row[start:end]]

    def _control(self, control: str) -> None:
        if control == "\x07":
            self.aside.append(control)
        elif control == "\r":
            self.x, self.at_edge = 0, False
        elif control == "\n":
            if self.translates:
                self.x, self.at_edge = 0, False
                self.y = min(self.y + 1, self.height - 1)
            elif self.y + 1 >= self.height and not self.clamps:
                raise Fault("a line feed in the last line")
            else:
                self.y = min(self.y + 1, self.height - 1)
        else:
            self._relative()
            if not self.x:
                raise Fault("a backspace in the first column")
            self.x -= 1

    def _relative(self) -> None:
        if self.at_edge and not self.clamps:
            raise Fault("a relative move from the edge")

    def _place(self, x: int, y: int) -> None:
        if not ((0 <= x < self.width and 0 <= y < self.height) or self.clamps or self.translates):
            raise Fault(f"a move to {x}, {y}")
        self.x, self.y = min(x, self.width - 1), min(y, self.height - 1)
        self.at_edge = False

    def _sequence(self, found: re.Match[str]) -> None:
        numbers = [int(number or 0) for number in found["numbers"].split(";")]
        first, second = [*numbers, 0][:2]
        kind = found["private"] + found["middle"] + found["final"]
        match kind:
            case "m":
                self._dress(found["numbers"])
            case "H":
                self._place((second or 1) - 1, (first or 1) - 1)
            case "G":
                self._place((first or 1) - 1, self.y)
            case "d":
                edge = self.at_edge
                self._place(self.x, (first or 1) - 1)
                self.at_edge = edge
            case "A" | "B":
                edge = self.at_edge
                self._place(self.x, self.y + (first or 1) * (1 if kind == "B" else -1))
                self.at_edge = edge
            case "C" | "D":
                self._relative()
                self._place(self.x + (first or 1) * (1 if kind == "C" else -1), self.y)
            case "K":
                self._erase(self.x, self.width)
            case "X":
                self._erase(self.x, min(self.x + (first or 1), self.width))
            case "b":
                if self.last is None:
                    raise Fault("nothing is there to be repeated")
                if self.has_repeats and (self.last.isascii() or not self.repeats_ascii_alone):
                    self._write(self.last * first)
            case "J":
                assert first == 2
                self.rows = [self._line(self._erased) for _ in self.rows]
            case "L" | "M":
                inside = self.top <= self.y < self.bottom and self.left <= self.x < self.right
                if not inside and not self.clamps:
                    raise Fault("lines are moved from outside the margins")
                self._scroll((first or 1) * (1 if kind == "M" else -1), self.y)
                self.x, self.at_edge = self.left, False
            case "S" | "T":
                if not self.sided:
                    raise Fault("lines are moved as not every terminal does")
                self._scroll((first or 1) * (1 if kind == "S" else -1), self.top)
            case "r":
                self.top, self.bottom = (first or 1) - 1, second or self.height
                self._place(0, 0)
            case "s":
                if self.sided:
                    self.left, self.right = first - 1, second
                    self._place(0, 0)
            case "n" if first == 6:
                self.replies.append(f"\x1b[{self.y + 1};{self.x + 1}R")
            case "?$p" if first in _REPORTED:
                self.replies.append(f"\x1b[?{first};{_REPORTED[first]}$y")
            case "?h" | "?l" if first == 69:
                self.sided = self.has_margins and kind == "?h"
                self.left, self.right = 0, self.width
            case _:
                self.aside.append(found[0])

    @property
    def _erased(self) -> Drawn:
        if self.look.link or self.look.marks & _SEEN:
            raise Fault("something is erased in a style")
        return Drawn(" ", Look(back=self.look.back if self.erases_in_colour else ""))

    def _erase(self, start: int, end: int) -> None:
        if self.at_edge and not self.clamps:
            raise Fault("something is erased from the edge")
        row = self.rows[self.y]
        self._tear(row, start)
        self._tear(row, end)
        row[start:end] = [self._erased] * (end - start)

    def _scroll(self, up: int, top: int) -> None:
        old = [list(row) for row in self.rows]
        for y in range(top, self.bottom):
            self._tear(self.rows[y], self.left)
            self._tear(self.rows[y], self.right)
            inside = top <= y + up < self.bottom
            self.rows[y][self.left : self.right] = (
                old[y + up][self.left : self.right]
                if inside
                else [self._erased] * (self.right - self.left)
            )

    def _dress(self, text: str) -> None:
        codes = [int(code or 0) for code in text.split(";")]
        while codes:
            code = codes.pop(0)
            look = self.look
            if not code:
                self.look = Look(link=look.link)
            elif code in _MARKS:
                self.look = replace(look, marks=look.marks | {code})
            elif code in _ENDS:
                self.look = replace(look, marks=look.marks - _ENDS[code])
            elif code in (38, 48):
                count = 2 if codes[0] == 5 else 4
                colour = ";".join(map(str, [code, *codes[:count]]))
                del codes[:count]
                self.look = replace(look, fore=colour) if code == 38 else replace(look, back=colour)
            elif code == 39:
                self.look = replace(look, fore="")
            elif code == 49:
                self.look = replace(look, back="")
            elif code in range(30, 38) or code in range(90, 98):
                self.look = replace(look, fore=str(code))
            elif code in range(40, 48) or code in range(100, 108):
                self.look = replace(look, back=str(code))
            else:
                raise Fault(f"a style that is not known: {code}")
