"""The world as a Dagu server tells it."""

from runs_tui.demo.dagu.dialect import PREFIX, app

__all__ = ["PREFIX", "app"]
