"""How a person is told that something ended: sequences that travel in the terminal, also by SSH."""

from collections.abc import Mapping
from dataclasses import dataclass

from runs_tui.model.passthrough import wrapped
from runs_tui.model.text import one_line

BELL = "\x07"
LONGEST = 200
"""The most characters of what is told."""
KEEP_TITLE, TITLE_BACK = "\x1b[22;2t", "\x1b[23;2t"
"""Has the terminal remember its title, and show it again."""
WAYS = ("9", "777", "99")
"""The sequences that terminals show as a notification, by their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a person wants to be told."""

    bell: bool = True
    """Whether the terminal rings."""
    terminal: str = "auto"
    """Which sequence tells it: one of `WAYS`, `auto` for the one of this terminal, or `off`."""
    title: bool = True
    """Whether the title of the terminal says it."""
    command: tuple[str, ...] = ()
    """What is run here besides; it finds what happened in its environment."""


def sequences(
    telling: Telling, title: str, text: str, environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Give what is to be written to the terminal."""
    title, text = one_line(title, LONGEST), one_line(text, LONGEST)
    way = way_of(environment) if telling.terminal == "auto" else telling.terminal
    told = [_notification(way, title, text)] if way in WAYS else []
    told += [f"\x1b]2;{title}{BELL}"] if telling.title else []
    through = [wrapped(sequence, environment) for sequence in told]
    return tuple([*through, BELL] if telling.bell else through)


def way_of(environment: Mapping[str, str]) -> str:
    """Give the number of the sequence that the terminal shows as a notification.

    Of a terminal that is not known it is 9, which most that know any know.
    """
    terminal = environment.get("TERM", "")
    if environment.get("KITTY_WINDOW_ID") or terminal.startswith("xterm-kitty"):
        return "99"
    return "777" if terminal.startswith(("foot", "rxvt")) else "9"


def _notification(way: str, title: str, text: str) -> str:
    match way:
        case "777":
            return f"\x1b]777;notify;{title.replace(';', ',')};{text}{BELL}"
        case "99":
            return f"\x1b]99;i=runs-tui:d=0;{title}\x1b\\\x1b]99;i=runs-tui:p=body;{text}\x1b\\"
        case _:
            return f"\x1b]9;{title}: {text}{BELL}"
