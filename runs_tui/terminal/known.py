"""What the terminal is known to do; what is not certain is taken as not done."""

from dataclasses import dataclass


@dataclass(slots=True)
class Known:
    """What may be sent to it."""

    feeds: bool = False
    """Whether a line feed goes down one line: nothing translates it, and the size is the true one.

    On a terminal of fewer lines than was thought it would move all that is shown.
    """
    repeats: bool = False
    """Whether it writes its last character again when told to, if that is of ASCII."""
    repeats_any: bool = False
    """Whether it does so with any other character too; older tmux leaves those out."""
    margins: bool = False
    """Whether it scrolls a part of its lines."""
