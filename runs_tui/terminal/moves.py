"""The shortest way to move the cursor."""

from functools import lru_cache


@lru_cache(16384)
def move(from_x: int | None, from_y: int | None, x: int, y: int, *, feeds: bool = True) -> str:
    """Write the shortest move between two places, counted from 0; None is where it may be anywhere.

    With `feeds` a line feed goes down, and nothing else.
    """
    if (from_x, from_y) == (x, y):
        return ""
    ways = [_absolute(x, y)]
    if from_y is not None:
        ways += [across + down for across in _across(from_x, x) for down in _down(from_y, y, feeds)]
    return min(ways, key=len)


def _absolute(x: int, y: int) -> str:
    if x:
        return f"\x1b[{y + 1};{x + 1}H"
    return f"\x1b[{y + 1}H" if y else "\x1b[H"


def _across(from_x: int | None, x: int) -> list[str]:
    """Give the ways within a line."""
    if from_x == x:
        return [""]
    ways = [f"\x1b[{x + 1}G", "\r" + _steps(x, "C")]
    if from_x is not None and x > from_x:
        ways.append(_steps(x - from_x, "C"))
    if from_x is not None and x < from_x:
        ways += [_steps(from_x - x, "D"), "\b" * (from_x - x)]
    return ways


def _down(from_y: int, y: int, feeds: bool) -> list[str]:
    """Give the ways from line to line that keep the column."""
    if y == from_y:
        return [""]
    if y > from_y:
        ways = [f"\x1b[{y + 1}d", _steps(y - from_y, "B")]
        return [*ways, "\n" * (y - from_y)] if feeds else ways
    return [f"\x1b[{y + 1}d", _steps(from_y - y, "A")]


def _steps(count: int, way: str) -> str:
    if not count:
        return ""
    return f"\x1b[{count}{way}" if count > 1 else f"\x1b[{way}"
