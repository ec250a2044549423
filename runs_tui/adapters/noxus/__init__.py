"""Noxus: runs of AI workflows whose nodes form a graph."""

from runs_tui.adapters.noxus.source import Noxus

__all__ = ["Noxus"]
