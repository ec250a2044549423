"""What the line mode says: whole lines, one under the other, of which none is ever drawn anew."""

from collections.abc import Iterable, Iterator

from runs_tui.cli.output import Output
from runs_tui.cli.table import cells, painted
from runs_tui.model.state import State
from runs_tui.model.text import safe_log

NARROWEST = 20
"""The least cells that a line is folded to."""
INDENT = "    "
"""What stands before the further lines of a folded one."""
_ASCII = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "→": "->", "×": "x", "‥": "..", "✓": "+", "✗": "x"}
)


class Transcript:
    """Lines on standard output, folded between words to the width of a terminal."""

    def __init__(self, output: Output) -> None:
        """Write to an output."""
        self.output = output

    @property
    def gone(self) -> bool:
        """Whether nobody reads it any more."""
        return self.output.gone

    def say(self, text: str = "", *, state: State | None = None, word: str = "") -> None:
        """Write a line; `word` is the part of it that has the colour of a state."""
        for line in safe_log(text).expandtabs(4).split("\n"):
            first, *more = folded(self._encodable(line), self.output.width)
            if word and self.output.colored and word in first:
                before, _, after = first.partition(word)
                first = f"{before}{painted(word, state)}{after}"
            self.output.lines([first, *more])

    def say_all(self, texts: Iterable[str]) -> None:
        """Write some lines."""
        for text in texts:
            self.say(text)

    def _encodable(self, text: str) -> str:
        try:
            text.encode(self.output.encoding)
        except (UnicodeEncodeError, LookupError):
            return text.translate(_ASCII)
        return text


def folded(text: str, width: int | None) -> list[str]:
    """Give the lines of one text, each at most so many cells wide; at least one."""
    if width is None or cells(text) <= width:
        return [text]
    width = max(width, NARROWEST)
    lines = [text[: len(text) - len(text.lstrip())]]
    for word in text.split(" "):
        for piece in _pieces(word, width - len(INDENT)):
            joined = f"{lines[-1]} {piece}" if lines[-1].strip() else lines[-1] + piece
            if cells(joined) <= width:
                lines[-1] = joined
            else:
                lines[-1] = lines[-1].rstrip()
                lines.append(INDENT + piece)
    return [line.rstrip() for line in lines]


def _pieces(word: str, width: int) -> Iterator[str]:
    """Give a word in pieces of at most so many cells; the word itself where it fits."""
    piece, taken = "", 0
    for mark in word:
        size = cells(mark)
        if taken + size > width:
            yield piece
            piece, taken = "", 0
        piece += mark
        taken += size
    yield piece
