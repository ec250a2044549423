"""OpenFn Lightning: runs of workflows, read over a token; nothing can be changed through it."""

from runs_tui.adapters.lightning.source import Lightning

__all__ = ["Lightning"]
