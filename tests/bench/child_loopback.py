"""The dashboard over a server on loopback: an API, its address, and as how many sources."""

import sys

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection
from runs_tui.app import RunsApp

if __name__ == "__main__":
    api, url, count = sys.argv[1:]
    names = [f"loopback-{number}" for number in range(int(count))]
    RunsApp([source_type(api)(Connection(name=name, url=url)) for name in names]).run()
