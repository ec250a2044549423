"""OpenFn Lightning: runs of workflows, read with a token; nothing can be changed."""

from runs_tui.adapters.lightning.source import Lightning

__all__ = ["Lightning"]
