"""Dagu: DAGs of commands on one machine, each run with its steps and their logs."""

from runs_tui.adapters.dagu.source import Dagu

__all__ = ["Dagu"]
