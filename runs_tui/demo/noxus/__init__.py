"""The world as a Noxus server tells it."""

from runs_tui.demo.noxus.dialect import PREFIX, app

__all__ = ["PREFIX", "app"]
