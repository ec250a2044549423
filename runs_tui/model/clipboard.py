"""The escape sequence that hands text to the clipboard of a terminal, also from afar: OSC 52."""

from base64 import b64encode
from collections.abc import Mapping

from runs_tui.model.passthrough import wrapped

LARGEST = 74_994
"""How many bytes fit: with more, the sequence gets longer than terminals read."""


def fits(text: str) -> bool:
    """Tell whether a text is small enough for the clipboard of a terminal."""
    return len(text) <= LARGEST and len(text.encode(errors="replace")) <= LARGEST


def sequence(text: str, environment: Mapping[str, str]) -> str:
    """Write the sequence, wrapped so that GNU screen passes it on to its terminal.

    For tmux it is written twice: one setting has it read the sequence, another let it through.
    """
    plain = f"\x1b]52;c;{b64encode(text.encode(errors='replace')).decode()}\x07"
    through = wrapped(plain, environment)
    return plain + through if environment.get("TMUX") else through
