"""A filter cut into terms and their values as it stands, before anything of it is judged."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(r"([\w-]+):")


@dataclass(frozen=True, slots=True)
class Piece:
    """A value between commas, without its quotes and its `~`."""

    text: str
    """What it says."""
    start: int
    """Where it begins, after a `~`."""
    end: int
    """Where it ends."""
    contains: bool = False
    """Whether a `~` stands before it."""
    quoted: bool = False
    """Whether it is in quotes."""
    closed: bool = True
    """Whether its quotes are closed."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A term as it stands in a filter."""

    start: int
    """Where it begins."""
    end: int
    """Where it ends."""
    negated: bool
    """Whether a `-` stands before it."""
    name: str | None
    """The name before its colon; None for plain words."""
    name_start: int
    """Where its name begins, or would."""
    pieces: tuple[Piece, ...]
    """Its values, at least one."""

    @property
    def name_end(self) -> int:
        """Give where its name ends, before the colon."""
        return self.name_start + len(self.name or "")


def cut(text: str) -> Iterator[Cut]:
    """Give the terms of a filter, whatever is wrong with them."""
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        term = _term(text, place)
        yield term
        place = term.end


def _term(text: str, start: int) -> Cut:
    negated = text[start] == "-"
    name_start = start + negated
    named = _NAME.match(text, name_start)
    name = named[1] if named else None
    pieces = [_piece(text, named.end() if named else name_start)]
    while text[pieces[-1].end : pieces[-1].end + 1] == ",":
        pieces.append(_piece(text, pieces[-1].end + 1))
    return Cut(start, pieces[-1].end, negated, name, name_start, tuple(pieces))


def _piece(text: str, start: int) -> Piece:
    contains = text[start : start + 1] == "~"
    start += contains
    if text[start : start + 1] == '"':
        return _quoted(text, start, contains=contains)
    end = start
    while end < len(text) and not text[end].isspace() and text[end] != ",":
        end += 1
    return Piece(text[start:end], start, end, contains)


def _quoted(text: str, start: int, *, contains: bool) -> Piece:
    told = []
    place = start + 1
    while place < len(text) and text[place] != '"':
        if text[place] == "\\" and place + 1 < len(text):
            place += 1
        told.append(text[place])
        place += 1
    closed = place < len(text)
    return Piece("".join(told), start, place + closed, contains, quoted=True, closed=closed)
