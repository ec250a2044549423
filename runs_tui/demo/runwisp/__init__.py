"""The world as a RunWisp daemon tells it."""

from runs_tui.demo.runwisp.dialect import PREFIX, app

__all__ = ["PREFIX", "app"]
