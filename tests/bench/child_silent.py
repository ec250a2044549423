"""The dashboard over a source that never answers."""

import gc

from runs_tui.adapters.unopened import Opened, Unopened

NAME = "unanswered"


def opened() -> Opened:
    from tests.bench.silent_source import SilentSource, connection

    return Opened([SilentSource(connection(NAME))])


if __name__ == "__main__":
    gc.disable()  # as the command does
    from runs_tui.app import RunsApp

    RunsApp(Unopened({NAME: None}, opened)).run()
