"""The dashboard over a server on loopback: the name of an API, and its address."""

import sys

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection
from runs_tui.app import RunsApp

if __name__ == "__main__":
    api, url = sys.argv[1:]
    RunsApp([source_type(api)(Connection(name="loopback", url=url))]).run()
