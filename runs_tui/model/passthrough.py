"""Sequences that a multiplexer passes on to the terminal that it runs in."""

from collections.abc import Mapping

_CHUNK = 250
"""How much of a sequence GNU screen passes on at once."""


def wrapped(sequence: str, environment: Mapping[str, str]) -> str:
    """Wrap a sequence so that tmux or GNU screen passes it on; as it is where there is neither."""
    if environment.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if environment.get("STY"):
        sequence = sequence.replace("\x1b\\", "\x07")  # its own end would be the end of a chunk
        chunks = [sequence[at : at + _CHUNK] for at in range(0, len(sequence), _CHUNK)]
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return sequence
