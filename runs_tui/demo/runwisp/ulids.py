"""Ids as RunWisp writes them: ULIDs, which sort by the time of creation."""

import re
from datetime import datetime

from runs_tui.demo.dice import digest

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(rf"[{_LETTERS}]{{26}}")
_CHANCE_BITS = 80


def ulid(created: datetime, word: str) -> str:
    """Give the id of something that was created at an instant; the word takes chance's place."""
    chance = int.from_bytes(digest(word, "ulid")[: _CHANCE_BITS // 8])
    number = int(created.timestamp() * 1000) << _CHANCE_BITS | chance
    return "".join(_LETTERS[number >> shift & 31] for shift in range(125, -1, -5))


def is_ulid(text: str) -> bool:
    """Tell whether a text has the form of an id."""
    return _FORM.fullmatch(text) is not None
