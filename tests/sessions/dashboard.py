"""The dashboard as a person far away starts it: over a server, with a configuration of its own."""

import os
import select
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
CUT = 2.0
"""The seconds within which a program ends whose terminal is gone."""


class Dashboard:
    """A command that starts the dashboard, and the sight of whether it still runs."""

    def __init__(self, folder: Path, url: str) -> None:
        """Configure one source."""
        config = folder / "config.toml"
        config.write_text(f'[sources.lab]\napi = "automation_runs"\nurl = "{url}"\n')
        self.state = folder / "state.json"
        self._fifo = folder / "running"
        os.mkfifo(self._fifo)
        self._ended = os.open(self._fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.environment: Mapping[str, str] = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            "RUNS_TUI_CONFIG": str(config),
            "RUNS_TUI_STATE": str(self.state),
        }

    @property
    def command(self) -> Sequence[str]:
        """Give a command for a shell: it holds a pipe open for as long as it runs."""
        told = [f"{name}={value}" for name, value in self.environment.items() if name != "TERM"]
        return ["env", *told, "sh", "-c", f"exec {sys.executable} -m runs_tui 9>{self._fifo}"]

    def ends_within(self, seconds: float) -> bool:
        """Wait for its end, and tell whether it came in time."""
        ready, _, _ = select.select([self._ended], [], [], seconds)
        return bool(ready) and os.read(self._ended, 1) == b""

    def close(self) -> None:
        os.close(self._ended)
