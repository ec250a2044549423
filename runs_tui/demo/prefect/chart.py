"""How many flow runs stood how in each interval of a span of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from runs_tui.demo.prefect.bodies import Body, Refusal
from runs_tui.demo.prefect.filters import a_whole, an_instant
from runs_tui.demo.prefect.flow_runs import FlowRun, lateness, run_time
from runs_tui.demo.prefect.marks import stamp

_MOST = 500


def chart_json(runs: Sequence[FlowRun], body: Body, now: datetime) -> list[dict[str, Any]]:
    """Give the intervals as the server sends them."""
    start = body.read("history_start", an_instant, now - timedelta(days=1))
    end = body.read("history_end", an_instant, now)
    step = timedelta(seconds=max(body.read("history_interval_seconds", a_whole, 3600), 1))
    count = -((start - end) // step)
    if count > _MOST:
        raise Refusal(422, {"detail": f"Cannot return more than {_MOST} intervals."})
    bins: list[list[FlowRun]] = [[] for _ in range(count)]
    for run in runs:
        if start <= run.expected < end:
            bins[(run.expected - start) // step].append(run)
    return [
        {
            "interval_start": stamp(start + index * step),
            "interval_end": stamp(start + (index + 1) * step),
            "states": _states(bin_, now),
        }
        for index, bin_ in enumerate(bins)
    ]


def _kind(run: FlowRun) -> tuple[str, str]:
    return run.stage.type, run.stage.name


def _states(runs: list[FlowRun], now: datetime) -> list[dict[str, Any]]:
    states: list[dict[str, Any]] = []
    for (kind, name), group in groupby(sorted(runs, key=_kind), key=_kind):
        alike = list(group)
        states.append(
            {
                "state_type": kind,
                "state_name": name,
                "count_runs": len(alike),
                "sum_estimated_run_time": sum(run_time(run, now) for run in alike),
                "sum_estimated_lateness": sum(lateness(run, now) for run in alike),
            }
        )
    return states
