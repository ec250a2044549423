"""The colours that logs set for themselves, as inks that a line of parts can name."""

from rich.color import Color as Drawn
from rich.style import Style

from runs_tui.model.sgr import Color, Look

LOOK = "look:"
"""How the names of such inks begin."""
_FLAGS = ("bold", "dim", "italic", "underline")
_BLACK, _GREY = 0, 8


def look_ink(look: Look) -> str:
    """Give the ink of a look."""
    flags = "".join("01"[getattr(look, flag)] for flag in _FLAGS)
    return f"{LOOK}{_name(look.color)}/{_name(look.background)}/{flags}"


def look_style(ink: str) -> Style:
    """Give the style of such an ink; black letters on nothing are drawn grey, so as to be seen."""
    color, background, flags = ink.removeprefix(LOOK).split("/")
    if color == str(_BLACK) and not background:
        color = str(_GREY)
    told = {flag: True for flag, on in zip(_FLAGS, flags, strict=True) if on == "1"}
    return Style(color=_drawn(color), bgcolor=_drawn(background), **told)  # type: ignore[arg-type]


def _name(color: Color | None) -> str:
    return "" if color is None else str(color)


def _drawn(name: str) -> Drawn | None:
    if not name:
        return None
    return Drawn.parse(name) if name.startswith("#") else Drawn.from_ansi(int(name))
