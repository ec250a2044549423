"""Apache Airflow 3: Dag runs over its REST API v2."""

from runs_tui.adapters.airflow.source import Airflow

__all__ = ["Airflow"]
