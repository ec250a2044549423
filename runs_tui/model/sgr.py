"""The colours that a log sets for itself, read as values; nothing else of its escapes is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from runs_tui.model.text import ESCAPES, clean_log, safe_log

Color = int | str
"""One of a terminal's 256 colours by its number, or `#rrggbb`."""

_SGR = re.compile(r"(?:\x1b\[|\x9b)([0-9:;]*)m")
_MOST_DIGITS = 4
_NO = -1
"""Stands for a parameter that means nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a stretch of a log looks."""

    color: Color | None = None
    """Of the letters; None for the usual one."""
    background: Color | None = None
    """Behind them; None for the usual one."""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some characters of a text and how they look."""

    start: int
    """The place of the first."""
    end: int
    """The place after the last."""
    look: Look


PLAIN = Look()
_ON: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
}


def colored(text: str) -> tuple[str, tuple[Stretch, ...]]:
    """Clean foreign log text just as `clean_log` does, and give how its stretches look."""
    if not _SGR.search(text):
        return clean_log(text), ()
    text = text.replace("\r\n", "\n")
    pieces: list[str] = []
    stretches: list[Stretch] = []
    look, at, length = PLAIN, 0, 0
    for escape in ESCAPES.finditer(text):
        piece = safe_log(text[at : escape.start()])
        _add(stretches, length, length + len(piece), look)
        pieces.append(piece)
        length += len(piece)
        at = escape.end()
        if told := _SGR.fullmatch(escape[0]):
            look = _after(look, told[1])
    rest = safe_log(text[at:])
    _add(stretches, length, length + len(rest), look)
    cleaned = "".join([*pieces, rest]).rstrip("\n")
    return cleaned, _within(stretches, len(cleaned))


def _add(stretches: list[Stretch], start: int, end: int, look: Look) -> None:
    if start == end or look == PLAIN:
        return
    if stretches and stretches[-1].end == start and stretches[-1].look == look:
        start = stretches.pop().start
    stretches.append(Stretch(start, end, look))


def _within(stretches: list[Stretch], length: int) -> tuple[Stretch, ...]:
    kept = (stretch for stretch in stretches if stretch.start < length)
    return tuple(replace(each, end=length) if each.end > length else each for each in kept)


def _after(look: Look, parameters: str) -> Look:
    """Give how text looks after a sequence of parameters."""
    numbers = iter(parameters.split(";"))
    for told in numbers:
        code, *more = _numbers(told.split(":"))
        if code in (38, 48):
            color = _extended(more) if more else _following(numbers)
            look = look if color is None else _colored(look, color, behind=code == 48)
        elif code == 4 and more:
            look = replace(look, underline=more[0] != 0)
        else:
            look = _simple(look, code)
    return look


def _simple(look: Look, code: int) -> Look:
    if code in _ON:
        return replace(look, **_ON[code])
    match code:
        case 0:
            return PLAIN
        case 39:
            return replace(look, color=None)
        case 49:
            return replace(look, background=None)
    for first, bright in ((30, 0), (90, 8)):
        for behind in (False, True):
            number = code - first - 10 * behind
            if 0 <= number < 8:
                return _colored(look, number + bright, behind=behind)
    return look


def _colored(look: Look, color: Color, *, behind: bool) -> Look:
    return replace(look, background=color) if behind else replace(look, color=color)


def _following(numbers: Iterator[str]) -> Color | None:
    """Read a colour from the parameters after 38 or 48."""
    (form,) = _numbers([next(numbers, "")])
    told = list(islice(numbers, {5: 1, 2: 3}.get(form, 0)))
    return _color(form, _numbers(told))


def _extended(told: list[int]) -> Color | None:
    """Read a colour from the parts of one parameter, with a colour space or without."""
    form, *values = told
    return _color(form, values[1:] if form == 2 and len(values) > 3 else values)


def _color(form: int, values: list[int]) -> Color | None:
    if not all(0 <= value < 256 for value in values):
        return None
    match form, values:
        case 5, [number, *_]:
            return number
        case 2, [red, green, blue, *_]:
            return f"#{red:02x}{green:02x}{blue:02x}"
    return None


def _numbers(told: list[str]) -> list[int]:
    """Read parameters; one that is left out is 0."""
    plain = (not each.strip("0123456789") and len(each) <= _MOST_DIGITS for each in told)
    return [int(each or 0) if fits else _NO for each, fits in zip(told, plain, strict=True)]
