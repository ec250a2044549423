"""The automation-runs API: versioned workflows whose steps form a graph of actions."""

from runs_tui.adapters.automation_runs.source import AutomationRuns

__all__ = ["AutomationRuns"]
