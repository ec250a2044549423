"""Writing lines to a file: asking for its name, and saying what became of it."""

import re
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType

from runs_tui import looks
from runs_tui.keys import key
from runs_tui.model.run import Run
from runs_tui.screens.one_line import OneLineScreen

_ODD = re.compile(r"[^\w.-]+")
_LONGEST = 40
_ID = 8


def name_for(run: Run) -> str:
    """Propose the name of a file for the log of a run."""
    parts = (_ODD.sub("-", text).strip("-.") for text in (run.workflow[:_LONGEST], run.id[:_ID]))
    return ("-".join(filter(None, parts)) or "run") + ".log"


def write(path: Path, text: str, *, replaces: bool) -> str:
    """Write a file and say so, or why not; one that was there is kept unless it is replaced."""
    try:
        with path.open("w" if replaces else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return f"Could not write {path}: {error.strerror or error}"
    lines, length = text.count("\n"), len(text.encode())
    return f"Wrote {looks.counted(lines, 'line')}, {looks.size(length)}, to {path.absolute()}"


class SaveScreen(OneLineScreen[Path], inherit_bindings=False):
    """Asks for the file to write to; gives None where nothing shall be written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "save.leave", "leave it", "Write nothing"),
    ]

    def __init__(self, name: str, lines: int) -> None:
        """Propose a name for so many lines."""
        about = f"Write the {looks.counted(lines, 'line')} that are shown to the file"
        super().__init__(about, "run.log", name)

    def wrong(self, typed: str) -> str:
        """Say why nothing can be written there."""
        if not typed:
            return "a file has a name"
        try:
            path = self.given(typed)
            if path.is_dir():
                return f"{path} is a folder"
            if not path.parent.is_dir():
                return f"there is no folder {path.parent}"
            if path.exists() and not path.is_file():
                return f"{path} is no file"
        except (OSError, RuntimeError, ValueError) as error:
            return f"it cannot be written there: {error}"
        return ""

    def outcome(self, typed: str) -> str:
        """Say whether a file is replaced."""
        path = self.given(typed)
        if path.exists():
            length = looks.size(path.stat().st_size)
            return f"Enter REPLACES {path}, {length}, that is there; Esc leaves it"
        return "Enter writes it, Esc does not"

    def given(self, typed: str) -> Path:
        """Give the path."""
        return Path(typed).expanduser()
