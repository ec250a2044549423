"""The world as GitHub tells it: one repository whose workflows are those of the world."""

from runs_tui.demo.github_actions.dialect import PREFIX, app

__all__ = ["PREFIX", "app"]
