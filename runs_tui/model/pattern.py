"""Patterns of text in which `*` stands for anything."""

from collections.abc import Callable


def matcher(pattern: str, *, contains: bool = False) -> Callable[[str], bool]:
    """Give the test whether a text is of a pattern, or contains one, whatever case and blanks.

    It looks for each piece once, from left to right, however many `*` there are.
    """
    wanted = folded(f"*{pattern}*" if contains else pattern)
    first, *rest = wanted.split("*")
    if not rest:
        return lambda text: folded(text) == wanted
    *middle, last = rest

    def matches(text: str) -> bool:
        text = folded(text)
        place, end = len(first), len(text) - len(last)
        if end < place or not text.startswith(first) or not text.endswith(last):
            return False
        for piece in middle:
            found = text.find(piece, place, end)
            if found < 0:
                return False
            place = found + len(piece)
        return True

    return matches


def folded(text: str) -> str:
    """Give a text as it is compared: one blank where there are several, and no case."""
    return " ".join(text.split()).casefold()
