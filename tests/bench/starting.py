"""How programs are started to be measured: from where, in what environment, with what patience."""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""From where the programs are started."""
PATIENCE = 60.0
"""For how many seconds anything is waited for."""

_STRANGE = frozenset({"COLUMNS", "LINES", "NO_COLOR", "TERM_PROGRAM", "TMUX"})


class NotMeasuredError(Exception):
    """Something did not come about, so that there is nothing to measure."""


def terminal_environment() -> Mapping[str, str]:
    """Give the environment of a program in a common terminal, whatever this one runs in."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _STRANGE and not name.startswith(("TEXTUAL", "SSH_"))
    }
    return kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
