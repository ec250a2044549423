"""Log lines out of what Noxus tells: text in pieces, and objects of no known shape."""

import json
from collections.abc import Iterator, Mapping, Set

from runs_tui.model.text import clean_log

_LONGEST = 2_000


class Pieces:
    """Joins the pieces of each node's text, and splits it at line ends."""

    def __init__(self) -> None:
        """Begin with none."""
        self._rests: dict[str, str] = {}

    def add(self, node: str, piece: str) -> list[str]:
        """Take a piece and give the lines that it completes, without blank ones."""
        *lines, rest = (self._rests.pop(node, "") + piece).split("\n")
        while len(rest) > _LONGEST:
            lines.append(rest[:_LONGEST])
            rest = rest[_LONGEST:]
        if rest:
            self._rests[node] = rest
        return _cleaned(lines)

    def end(self, node: str) -> list[str]:
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


def lines_of(logs: object, nodes: Set[str]) -> Iterator[tuple[str | None, str]]:
    """Give the lines of `run_logs`, each with its node where that is told.

    A text is a line, a list has a line for each item, an object one for each key.
    """
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
            yield from _cleaned(value.split("\n"))
        case list() if depth:
            for item in value:
                yield from _lines(item, depth - 1)
        case dict() if depth:
            for key, each in value.items():
                told = each if isinstance(each, str) else _json(each)
                yield from _cleaned([f"{key}: {told}"])
        case _:
            yield from _cleaned([_json(value)])


def _cleaned(lines: list[str]) -> list[str]:
    cleaned = (clean_log(line) for line in lines)
    return [line for line in cleaned if line.strip()]


def _json(value: object) -> str:
    return clean_log(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
