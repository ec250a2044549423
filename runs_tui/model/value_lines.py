"""The lines of a JSON value, laid out once: under which one each stands, and its path."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

Key = str | int
"""What names a value in the one that holds it: a name, or a place in a list."""
Path = tuple[Key, ...]
"""The keys that lead to a value."""


class Kind(Enum):
    """What a line is of its value."""

    VALUE = "value"
    """All of it, or the beginning of a text of several lines."""
    OPEN = "open"
    """The beginning of an object or a list that holds something."""
    CLOSE = "close"
    """The end of one."""
    MORE = "more"
    """A further line of a text."""


def split_lines(text: str) -> Sequence[str]:
    """Split a text where it says so."""
    return text.split("\n")


class ValueLines:
    """All lines of a document, by their numbers from 0; lists of one length, never changed.

    With `json` it is written as JSON; without, its ends, brackets, quotes and commas are left out
    and the members of an object stand without it.
    """

    def __init__(
        self,
        document: object,
        *,
        json: bool = True,
        split: Callable[[str], Sequence[str]] = split_lines,
    ) -> None:
        """Lay out a document; `split` gives the lines that a text is shown in, at least one."""
        self.document = document
        self.json = json
        self.keys: list[Key | None] = []
        self.values: list[Any] = []
        self.kinds: list[Kind] = []
        self.depths: list[int] = []
        self.parents: list[int] = []
        self.ends: list[int] = []
        """By line: the number of the first line that is not under it."""
        self._split = split
        self.first_pieces: dict[int, str] = {}
        """What a text of several lines begins with, by the line of its beginning."""
        self._lay_out(document)

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.keys)

    def _lay_out(self, document: object) -> None:
        open_now: list[tuple[int, Iterator[tuple[Key, Any]]]] = []
        items: Iterator[tuple[Key | None, Any]] = iter([(None, document)])
        at, depth = -1, 0
        if not self.json and isinstance(document, Mapping):
            items = iter(document.items())
        while True:
            for key, value in items:
                number = self._add(key, value, Kind.VALUE, depth, at)
                if isinstance(value, str):
                    self._lay_out_text(number, value, depth)
                elif isinstance(value, Mapping | list | tuple) and value:
                    self.kinds[number] = Kind.OPEN
                    open_now.append((at, items))  # type: ignore[arg-type]
                    at, depth = number, depth + 1
                    pairs: Any = value.items() if isinstance(value, Mapping) else enumerate(value)
                    items = iter(pairs)
                    break
            else:
                if not open_now:
                    return
                if self.json:
                    self._add(None, None, Kind.CLOSE, depth - 1, at)
                self.ends[at] = len(self.keys)
                (at, items), depth = open_now.pop(), depth - 1

    def _lay_out_text(self, number: int, text: str, depth: int) -> None:
        first, *more = self._split(text)
        if more:
            self.first_pieces[number] = first
            for piece in more:
                self._add(None, piece, Kind.MORE, depth, number)
            self.ends[number] = len(self.keys)

    def _add(self, key: Key | None, value: object, kind: Kind, depth: int, parent: int) -> int:
        number = len(self.keys)
        self.keys.append(key)
        self.values.append(value)
        self.kinds.append(kind)
        self.depths.append(depth)
        self.parents.append(parent)
        self.ends.append(number + 1)
        return number

    # What a line is about

    def owner(self, number: int) -> int:
        """Give the line on which the value of a line begins."""
        ends_it = self.kinds[number] in (Kind.CLOSE, Kind.MORE)
        return self.parents[number] if ends_it else number

    def value(self, number: int) -> Any:  # noqa: ANN401
        """Give the whole value that a line is about."""
        return self.values[self.owner(number)]

    def path(self, number: int) -> Path:
        """Give the path of the value that a line is about."""
        keys: list[Key] = []
        at = self.owner(number)
        while at >= 0:
            key = self.keys[at]
            if key is not None:
                keys.append(key)
            at = self.parents[at]
        return tuple(reversed(keys))

    def number(self, path: Path) -> int | None:
        """Give the line on which the value of a path begins."""
        whole = bool(self.keys) and self.keys[0] is None
        at, end = (1, self.ends[0]) if whole else (0, len(self.keys))
        found = 0 if whole else None
        for key in path:
            while at < end and self.keys[at] != key:
                at = self.ends[at]
            if at >= end:
                return None
            found, at, end = at, at + 1, self.ends[at]
        return found

    def foldable(self) -> Iterator[int]:
        """Give the lines that others stand under."""
        return (number for number, end in enumerate(self.ends) if end > number + 1)


def jq_path(path: Path) -> str:
    """Write a path as jq reads it: `.run.details["odd name"][3]`."""
    told = ""
    for key in path:
        if isinstance(key, int):
            told += f"[{key}]" if told else f".[{key}]"
        elif key.isascii() and key.isidentifier():
            told += f".{key}"
        else:
            told += f"{'' if told else '.'}[{json.dumps(key, ensure_ascii=False)}]"
    return told or "."
