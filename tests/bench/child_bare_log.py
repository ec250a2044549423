"""A bare log to compare with: the right half of the screen, full; each SIGUSR1 adds a line."""

import asyncio
import signal
import sys

from textual.app import App, ComposeResult
from textual.widgets import RichLog

from tests.bench.memory_source import line


class BareLog(App[None]):
    """Shows lines as they come."""

    CSS = "RichLog { dock: right; width: 50%; }"

    def __init__(self, *, alike: bool) -> None:
        super().__init__()
        self._alike = alike
        self._count = 0

    def compose(self) -> ComposeResult:
        yield RichLog()

    def on_mount(self) -> None:
        for _ in range(100):
            self._add()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._add)

    def _add(self) -> None:
        self._count += 1
        at = f"09:{self._count // 60 % 60:02}:{self._count % 60:02}"
        self.query_one(RichLog).write(f"{at}  load  {line(self._count, alike=self._alike)}")


if __name__ == "__main__":
    BareLog(alike="alike" in sys.argv).run()
