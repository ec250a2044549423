"""JSON values, one after the other or in a growing array, out of text that comes in pieces."""

import re
from enum import Enum, auto

from runs_tui.transport._frames import LIMIT, Frame, is_json

_MARK = re.compile(r'["{}\[\]]')
_IN_STRING = re.compile(r'["\\\n\r]')
_BARE_END = re.compile(r"[\n\r\x1e]")
_BARE_END_IN_ARRAY = re.compile(r"[\n\r\x1e,\]]")
_PARTING = " \t\n\r\x1e"
_BEFORE_A_VALUE = frozenset(",:[{")


class _Place(Enum):
    BETWEEN = auto()
    BARE = auto()
    INSIDE = auto()
    STRING = auto()


class JsonValues:
    """Gives each value as soon as it is whole; what is no JSON comes line by line."""

    def __init__(self) -> None:
        """Begin before the first value."""
        self._in_array = False
        self._begun = False
        self._skipping = False
        self._frames: list[Frame] = []
        self._reset("")

    def feed(self, text: str) -> list[Frame]:
        """Take more text and give the values that it completes."""
        self._text += text
        while self._step():
            pass
        if len(self._text) > LIMIT:
            self._forget()
        return self._taken()

    def close(self) -> list[Frame]:
        """Give what is whole in the rest."""
        bare = self._place is _Place.BARE
        self._emit_lines(self._text)
        self._reset("")
        return [frame for frame in self._taken() if bare or is_json(frame.text)]

    def _reset(self, text: str) -> None:
        self._text = text
        self._place = _Place.BETWEEN
        self._depth = 0
        self._seen = 0
        self._mark = 0
        self._last = ""

    def _forget(self) -> None:
        """Drop the read part of a value that is too long, and say how it began."""
        if not self._skipping:
            self._frames.append(Frame(self._text[:LIMIT], cut=True))
            self._skipping = True
        gap = self._text[self._mark : self._seen].strip()
        self._last = gap[-1:] or self._last
        self._text = self._text[self._seen :]
        self._seen = self._mark = 0

    def _step(self) -> bool:
        """Read up to the next mark; tell whether there was one."""
        match self._place:
            case _Place.BETWEEN:
                return self._between()
            case _Place.BARE:
                return self._bare()
            case _Place.INSIDE:
                return self._inside()
            case _Place.STRING:
                return self._string()

    def _between(self) -> bool:
        text = self._text.lstrip(_PARTING + "," if self._in_array else _PARTING)
        self._reset(text)
        first = text[:1]
        if (first == "[" and not self._begun) or (first == "]" and self._in_array):
            self._in_array = first == "["
            self._reset(text[1:])
        elif first and first in "{[":
            self._place = _Place.INSIDE
        else:
            self._place = _Place.STRING if first == '"' else _Place.BARE
            self._seen = 1 if first == '"' else 0
        if not first:
            self._place = _Place.BETWEEN
        self._begun = self._begun or bool(first)
        return bool(first)

    def _bare(self) -> bool:
        ending = _BARE_END_IN_ARRAY if self._in_array else _BARE_END
        end = ending.search(self._text, self._seen)
        if end is None:
            self._seen = len(self._text)
            return False
        self._emit(self._text[: end.start()].strip())
        self._reset(self._text[end.start() :])
        return True

    def _inside(self) -> bool:
        mark = _MARK.search(self._text, self._seen)
        if mark is None:
            self._seen = len(self._text)
            return False
        if mark[0] in "{[" and self._breaks_off(self._text[self._mark : mark.start()]):
            self._emit_lines(self._text[: mark.start()])
            self._reset(self._text[mark.start() :])
            return True
        self._passed(mark)
        if mark[0] == '"':
            self._place = _Place.STRING
        else:
            self._depth += 1 if mark[0] in "{[" else -1
            self._end_if_whole()
        return True

    def _string(self) -> bool:
        mark = _IN_STRING.search(self._text, self._seen)
        if mark is None or (mark[0] == "\\" and mark.end() == len(self._text)):
            self._seen = mark.start() if mark else len(self._text)
            return False
        if mark[0] == "\\":
            self._seen = mark.end() + 1
        elif mark[0] == '"':
            self._passed(mark)
            self._place = _Place.INSIDE
            self._end_if_whole()
        else:
            self._emit_lines(self._text[: mark.start()])
            self._reset(self._text[mark.start() :])
        return True

    def _breaks_off(self, gap: str) -> bool:
        """Tell whether a value begins on a new line where none can be within the open one."""
        before = gap.strip()[-1:] or self._last
        return before not in _BEFORE_A_VALUE and "\n" in gap and bool(before)

    def _passed(self, mark: re.Match[str]) -> None:
        self._seen = self._mark = mark.end()
        self._last = mark[0]

    def _end_if_whole(self) -> None:
        if self._depth <= 0:
            self._emit(self._text[: self._seen])
            self._reset(self._text[self._seen :])

    def _emit(self, text: str) -> None:
        if text and not self._skipping:
            self._frames.append(Frame(text[:LIMIT], cut=len(text) > LIMIT))
        self._skipping = False

    def _emit_lines(self, text: str) -> None:
        if len(text) > LIMIT or self._skipping:
            self._emit(text)
            return
        for line in text.replace("\r", "\n").split("\n"):
            self._emit(line.strip(_PARTING))

    def _taken(self) -> list[Frame]:
        frames, self._frames = self._frames, []
        return frames
