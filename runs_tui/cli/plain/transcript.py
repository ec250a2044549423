"""What the line mode says: whole lines, one under the other, of which none is ever drawn anew."""

from collections.abc import Iterable

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
    """Give the lines of one text, at least one, none wider than so many cells.

    A word that is wider stays whole on a line of its own, so that it can be copied.
    """
    if width is None or cells(text) <= width:
        return [text]
    width = max(width, NARROWEST)
    lead = text[: len(text) - len(text.lstrip(" "))]
    first, *words = text[len(lead) :].split(" ")
    lines = [lead + first]
    for word in words:
        joined = f"{lines[-1]} {word}"
        if cells(joined) <= width or not word:
            lines[-1] = joined
        elif cells(INDENT + word) <= width:
            lines.append(INDENT + word)
        else:
            lines.append(word)
    return [line.rstrip() for line in lines]
