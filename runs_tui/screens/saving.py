"""Writing lines to a file: asking for its name, and saying what became of it."""

import re
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runs_tui import looks
from runs_tui.keys import key
from runs_tui.model.run import Run
from runs_tui.widgets.line_input import LineInput

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


class SaveScreen(ModalScreen[Path | None], inherit_bindings=False):
    """Asks for the file to write to; gives None where nothing shall be written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "save.leave", "leave it", "Write nothing"),
    ]

    def __init__(self, name: str, lines: int) -> None:
        """Propose a name for so many lines."""
        super().__init__()
        self._proposed = name
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Lay out the line and what will come of it."""
        with Vertical(id="naming"):
            about = f"Write the {looks.counted(self._lines, 'line')} that are shown to the file"
            yield Static(Content(about), id="naming-about")
            yield LineInput("run.log", id="naming-name")
            yield Static("", id="naming-told", markup=False)

    def on_mount(self) -> None:
        """Begin with the proposed name."""
        self.query_one(LineInput).value = self._proposed
        self.query_one(LineInput).focus()
        self._tell()

    @on(Input.Changed)
    def _tell(self) -> None:
        """Say what will come of what is typed."""
        told = self._wrong()
        if not told and self._path.exists():
            length = looks.size(self._path.stat().st_size)
            told = f"Enter REPLACES {self._path}, {length}, that is there; Esc leaves it"
        self.query_one("#naming-told", Static).update(told or "Enter writes it, Esc does not")

    @on(Input.Submitted)
    def keep(self) -> None:
        """Give the path, if it can be one."""
        if not self._wrong():
            self.dismiss(self._path)

    def action_leave(self) -> None:
        """Write nothing."""
        self.dismiss(None)

    @property
    def _path(self) -> Path:
        return Path(self.query_one(LineInput).value.strip()).expanduser()

    def _wrong(self) -> str:
        """Say why nothing can be written there; "" where it can."""
        if not self.query_one(LineInput).value.strip():
            return "a file has a name"
        try:
            path = self._path
            if path.is_dir():
                return f"{path} is a folder"
            if not path.parent.is_dir():
                return f"there is no folder {path.parent}"
            if path.exists() and not path.is_file():
                return f"{path} is no file"
        except (OSError, RuntimeError, ValueError) as error:
            return f"it cannot be written there: {error}"
        return ""
