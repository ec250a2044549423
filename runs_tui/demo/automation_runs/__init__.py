"""The world as an automation-runs server tells it."""

from runs_tui.demo.automation_runs.dialect import PREFIX, app

__all__ = ["PREFIX", "app"]
