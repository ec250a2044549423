"""RunWisp: tasks and services of one machine, each run a process with a log."""

from runs_tui.adapters.runwisp.source import RunWisp

__all__ = ["RunWisp"]
