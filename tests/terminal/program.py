"""A small program to be run in a terminal; `slow` does not end by itself, `busy` never rests."""

import sys
import threading
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Label

from runs_tui.terminal.choice import Spares, driver_class, reports_mouse


class Program(App[None]):
    CSS = "Screen { background: #0d1117; } Label { height: 1fr; width: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", "Quit"),
        ("n", "next", "Next"),
        ("l", "line", "Line"),
        ("z", "suspend_process", "Suspend"),
    ]
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Label(f"begun 漢字 👍🏽\n┌{'─' * 40}┐", id="told")

    def on_mount(self) -> None:
        self.count = 0
        if "busy" in sys.argv:
            self.set_interval(1 / 60, self.action_next)

    def action_next(self) -> None:
        self.count += 1
        filled = f"number {self.count}\n" + f"{self.count % 10}" * self.size.width * 20
        self.query_one(Label).update(filled if "busy" in sys.argv else f"number {self.count}")

    def action_line(self) -> None:
        assert isinstance(self._driver, Spares)
        told = self._driver.line
        self.query_one(Label).update(
            f"{told.round_trip is not None} {told.rate > 0} {told.sent > 0}"
        )

    def on_unmount(self) -> None:
        if "slow" in sys.argv:
            threading.Event().wait(60)


if __name__ == "__main__":
    app = Program(driver_class=driver_class())
    app.run(mouse=reports_mouse())
    sys.exit(app.return_code or 0)
