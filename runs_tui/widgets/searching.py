"""What a table does that can be searched, and the marks on what was found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from textual.message import Message

from runs_tui.widgets.columns import Cell, Part


class Searchable(Protocol):
    """Searches its lines for words, and goes from one match to another."""

    @property
    def words(self) -> str:
        """Give what is searched for; "" for nothing."""

    def search(self, words: str) -> None:
        """Search for words, and go to a match if there is one."""

    def focus(self, scroll_visible: bool = True) -> object:
        """Take the keys."""


@dataclass
class FindAsked(Message):
    """Somebody wants to search a table."""

    table: Searchable


def pattern_of(words: str) -> re.Pattern[str] | None:
    """Give what finds words however they are written; None where there are none."""
    return re.compile(re.escape(words), re.IGNORECASE) if words else None


def marked(cell: Cell, pattern: re.Pattern[str] | None) -> Cell:
    """Mark every match in what a cell says, also one that goes over several parts."""
    if pattern is None:
        return cell
    matches = [match.span() for match in pattern.finditer("".join(text for text, _ in cell))]
    return list(_cut_at(cell, matches)) if matches else cell


def _cut_at(cell: Cell, matches: list[tuple[int, int]]) -> Iterator[Part]:
    begins = 0
    for text, ink in cell:
        at, ends = begins, begins + len(text)
        for first, last in matches:
            if last <= at or first >= ends:
                continue
            if first > at:
                yield text[at - begins : first - begins], ink
            at, before = min(last, ends), max(first, at)
            yield text[before - begins : at - begins], "table--match"
        if at < ends:
            yield text[at - begins :], ink
        begins = ends
