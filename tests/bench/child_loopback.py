"""The dashboard over a server on loopback: an API, its address, and as how many sources."""

import gc
import sys

from runs_tui.adapters.unopened import Opened, Unopened


def opened() -> Opened:
    from runs_tui.adapters import source_type
    from runs_tui.adapters.base import Connection

    return Opened([source_type(api)(Connection(name=name, url=url)) for name in names])


if __name__ == "__main__":
    api, url, count = sys.argv[1:]
    names = [f"loopback-{number}" for number in range(int(count))]
    gc.disable()  # as the command does
    from runs_tui.app import RunsApp

    RunsApp(Unopened(dict.fromkeys(names), opened)).run()
