"""Log lines out of what Noxus tells: text in pieces, and objects of no known shape."""

import json
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from runs_tui.model.sgr import Stretch, colored
from runs_tui.model.text import clean_log

_LONGEST = 2_000


class LogLine(NamedTuple):
    """A line of a log, cleaned."""

    text: str
    """What it says."""
    colors: tuple[Stretch, ...] = ()
    """How stretches of it look."""


class Pieces:
    """Joins the pieces of each node's text, and splits it at line ends."""

    def __init__(self) -> None:
        """Begin with none."""
        self._rests: dict[str, str] = {}

    def add(self, node: str, piece: str) -> list[LogLine]:
        """Take a piece and give the lines that it completes, without blank ones."""
        *lines, rest = (self._rests.pop(node, "") + piece).split("\n")
        while len(rest) > _LONGEST:
            lines.append(rest[:_LONGEST])
            rest = rest[_LONGEST:]
        if rest:
            self._rests[node] = rest
        return _cleaned(lines)

    def end(self, node: str) -> list[LogLine]:
        """Give what has no line end yet."""
        return _cleaned([self._rests.pop(node, "")])

    @property
    def open(self) -> list[str]:
        """The nodes whose last line has no end yet."""
        return list(self._rests)


def text_of(content: object) -> str:
    """Write what a node put out as text: anything but text as JSON on a line of its own."""
    if content is None or isinstance(content, str):
        return content or ""
    return f"{_json(content)}\n"


def lines_of(logs: object, nodes: Set[str]) -> Iterator[tuple[str | None, LogLine]]:
    """Give the lines of `run_logs`, each with its node where that is told.

    A text is a line, a list has a line for each item, an object one for each key.
    """
    for node, text in _told(logs, nodes):
        yield node, LogLine(*colored(text))


def _told(logs: object, nodes: Set[str]) -> Iterator[tuple[str | None, str]]:
    if not isinstance(logs, Mapping):
        yield from ((None, line) for line in _lines(logs, 2))
        return
    for key, value in logs.items():
        if key in nodes:
            yield from ((key, line) for line in _lines(value, 2))
        else:
            yield from ((None, f"{key}: {line}") for line in _lines(value, 2))


def _lines(value: object, depth: int) -> Iterator[str]:
    match value:
        case None:
            return
        case str():
            yield from _saying(value.split("\n"))
        case list() if depth:
            for item in value:
                yield from _lines(item, depth - 1)
        case dict() if depth:
            for key, each in value.items():
                told = each if isinstance(each, str) else _json(each)
                yield from _saying([f"{key}: {told}"])
        case _:
            yield from _saying([_json(value)])


def _saying(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines that are not blank."""
    return (line for line in lines if clean_log(line).strip())


def _cleaned(lines: Iterable[str]) -> list[LogLine]:
    return [LogLine(*colored(line)) for line in _saying(lines)]


def _json(value: object) -> str:
    return clean_log(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
