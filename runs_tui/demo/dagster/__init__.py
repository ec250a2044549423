"""The world as a Dagster webserver tells it, by GraphQL.

Its switches: `daemon` False lets nothing take runs from the queue, `permits` False lets nobody
change anything, `suspends` False has no runs that are suspended, as before 1.13, `counts` False
knows no log cursor but its own, `pushes` False has no WebSocket, `stubborn` True can end no
process.
"""

from runs_tui.demo.dagster.dialect import PREFIX, app

__all__ = ["PREFIX", "app"]
