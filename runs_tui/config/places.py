"""On which line of a TOML file a key stands."""

import re
import tomllib

Path = tuple[str, ...]

_BARE = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_BARE}(?:\s*\.\s*{_BARE})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def places_of(text: str) -> dict[Path, int]:
    """Give the line of every table and key of a TOML text, from 1; the first one counts."""
    places: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            path = table = _path_of(header[1])
        elif key := _KEY.match(line):
            path = (*table, *_path_of(key[1]))
        else:
            continue
        for end in range(1, len(path) + 1):
            places.setdefault(path[:end], number)
    return places


def line_of(places: dict[Path, int], path: Path) -> int | None:
    """Give the line of a key, or of the nearest table around it that has one.

    Its dotted name may be one word in quotes, or the path of tables that it is without them.
    """
    tables = (*path[:-1], *path[-1].split(".")) if path else path
    if tables in places:
        return places[tables]
    around = (path[:end] for end in range(len(path), 0, -1))
    return next((places[outer] for outer in around if outer in places), None)


def syntax_error(error: tomllib.TOMLDecodeError, text: str) -> tuple[str, int]:
    """Give what a parser's complaint says, and the line it is about."""
    told = str(error)
    found = _LINE.search(told)
    if found is None:
        return told, 1
    last = text.rstrip("\n").count("\n") + 1
    return told[: found.start()], int(found[1]) if found[1] else last


def _path_of(dotted: str) -> Path:
    try:
        value: object = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    path = []
    while isinstance(value, dict):
        key, value = next(iter(value.items()))
        path.append(key)
    return tuple(path)
