"""The world as an OpenFn Lightning server tells it over a token: read-only, and rather little."""

from runs_tui.demo.lightning.dialect import PREFIX, app

__all__ = ["PREFIX", "app"]
