"""Dagster 1: runs of jobs over its GraphQL API."""

from runs_tui.adapters.dagster.source import Dagster

__all__ = ["Dagster"]
