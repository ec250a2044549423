"""The dashboard over a server on loopback: an API, its address, and as how many sources."""

import sys

from runs_tui.adapters.unopened import Opened, Unopened
from runs_tui.app import RunsApp


def opened() -> Opened:
    from runs_tui.adapters import source_type
    from runs_tui.adapters.base import Connection

    return Opened([source_type(api)(Connection(name=name, url=url)) for name in names])


if __name__ == "__main__":
    api, url, count = sys.argv[1:]
    names = [f"loopback-{number}" for number in range(int(count))]
    RunsApp(Unopened(dict.fromkeys(names), opened)).run()
