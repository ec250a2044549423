"""The dashboard over a source that never answers."""

from runs_tui.adapters.unopened import Opened, Unopened
from runs_tui.app import RunsApp

NAME = "unanswered"


def opened() -> Opened:
    from tests.bench.silent_source import SilentSource, connection

    return Opened([SilentSource(connection(NAME))])


if __name__ == "__main__":
    RunsApp(Unopened({NAME: None}, opened)).run()
