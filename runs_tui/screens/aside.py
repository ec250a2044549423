"""What stands over the board as a whole screen: it says things, tells its keys, and goes back."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.getters import query_one
from textual.worker import Worker, WorkerState

from runs_tui.keys import key, quiet
from runs_tui.screens.handing_over import HandsOver
from runs_tui.screens.hearing import note_defect
from runs_tui.screens.help import HelpScreen, rows_of
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.parts_line import Parts, PartsLine

if TYPE_CHECKING:
    from textual.timer import Timer

FLASH = 6.0
"""For how many seconds a message stands."""

GOING: list[BindingType] = [
    quiet("tab", "app.focus_next", "aside.next", "next table", "Next table"),
    quiet("shift+tab", "app.focus_previous", "aside.previous", "table before", "Table before"),
    key("escape,q,backspace", "app.pop_screen", "aside.back", "back", "Go back"),
    key("question_mark", "help", "view.help", "keys", "The keys that work here", display="?"),
]
"""What leads about and out of it."""


class Aside(HandsOver, inherit_bindings=False):
    """A screen over the board."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS

    position = query_one("#position", PartsLine)

    def __init__(self) -> None:
        """Begin with nothing to say."""
        super().__init__()
        self._standing: Parts = ()
        self._flash = ""
        self._flash_timer: Timer | None = None

    def say(self, *standing: tuple[str, str]) -> None:
        """Say on its last line what stands there when there is no message."""
        self._standing = standing
        self._tell()

    def flash(self, sentence: str) -> None:
        """Say something for a few seconds."""
        self._flash = sentence
        self._tell()
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = self.set_timer(FLASH, self._end_flash)

    def _end_flash(self) -> None:
        self._flash = ""
        self._tell()

    def _tell(self) -> None:
        flash = [(f" {self._flash}", "table--accent")]
        self.position.show((flash if self._flash else self._standing, ()))

    @on(Worker.StateChanged)
    def tell_defect(self, changed: Worker.StateChanged) -> None:
        """Say that something failed that never should."""
        error = changed.worker.error
        if changed.state is WorkerState.ERROR and error is not None:
            note_defect(error)
            self.flash(f"A defect of runs-tui: {type(error).__name__}. Go back and try again")

    def action_help(self) -> None:
        """Show the keys."""
        about = "Keys that work here. No lower-case key ever changes anything on a server."
        self.app.push_screen(HelpScreen(list(rows_of(self)), about))
