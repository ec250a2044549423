"""Prefect 3: flow runs over its REST API, their changes over its WebSocket."""

from runs_tui.adapters.prefect.source import Prefect

__all__ = ["Prefect"]
