"""Two APIs for the line mode, and what was written to them."""

import os
import re
from pathlib import Path

from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock, SystemClock

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Lab:
    """Two APIs that stand still, and how often something was written to them."""

    def __init__(self, path: Path) -> None:
        clock = SetClock(SystemClock().now())
        self.server = DemoServer(["automation_runs", "prefect"], runs=150, clock=clock)
        self.server.start()
        self.path = path
        self.configure()

    def configure(self, more: str = "", **also: str) -> None:
        urls = {"lab": self.server.urls["prefect"], "auto": self.server.urls["automation_runs"]}
        apis = {"lab": "prefect", "auto": "automation_runs"}
        tables = [
            f'[sources.{name}]\napi = "{apis[name]}"\nurl = "{url}"\n{also.get(name, "")}\n'
            for name, url in urls.items()
        ]
        self.path.write_text("".join(tables) + more)

    def begin_anew(self) -> None:
        """Forget what a test configured, broke and asked."""
        self.configure()
        for faults in self.server.faults.values():
            faults.clear()
            faults.requests.clear()

    @property
    def home(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        paths = {"RUNS_TUI_CONFIG": str(self.path), "HOME": str(self.path.parent)}
        return {**kept, **paths, "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "TERM": "dumb"}

    def writes(self) -> list[str]:
        every = [request for faults in self.server.faults.values() for request in faults.requests]
        changing = re.compile(r"set_state|/cancel|/retry|create_flow_run|/runs/?$")
        return [
            request.path
            for request in every
            if request.method == "POST" and changing.search(request.path)
        ]
