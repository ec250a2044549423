"""The flow runs that a scheduler has made ahead of their time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from runs_tui.demo.prefect.flow_runs import NOTHING, FlowRun
from runs_tui.demo.prefect.marks import derived, digest
from runs_tui.demo.prefect.stages import Stage
from runs_tui.demo.values import Workflow

_AHEAD = 2
_PERIODS = (timedelta(hours=6), timedelta(hours=24))
_START = datetime(2020, 1, 1, tzinfo=UTC)
_ADJECTIVES = ("amber", "brisk", "quiet", "rugged", "silver", "tawny", "upbeat", "vivid")
_ANIMALS = ("badger", "condor", "falcon", "gecko", "lemur", "marten", "otter", "toucan")


def scheduled(flow: Workflow, deployment_id: str, now: datetime) -> Iterator[FlowRun]:
    """Give the next occurrences of a flow's schedule, nearest first."""
    chance = int(digest(flow.id, "schedule")[:8], 16)
    period = _PERIODS[chance % len(_PERIODS)]
    offset = timedelta(minutes=5 * (chance % 60))
    passed = (now - offset - _START) // period
    for turn in range(1, _AHEAD + 1):
        yield _run(flow, deployment_id, _START + offset + period * (passed + turn), period)


def _run(flow: Workflow, deployment_id: str, instant: datetime, period: timedelta) -> FlowRun:
    run_id = derived(flow.id, instant.isoformat())
    chance = int(run_id[:4], 16)
    made = instant - period * (_AHEAD + 1)
    return FlowRun(
        id=run_id,
        name=f"{_ADJECTIVES[chance % 8]}-{_ANIMALS[chance // 8 % 8]}",
        flow=flow,
        deployment_id=deployment_id,
        stage=Stage("SCHEDULED", "Scheduled", made, scheduled=instant),
        attempt=0,
        created=made,
        expected=instant,
        start=None,
        end=None,
        updated=made,
        parameters=NOTHING,
        tags=flow.tags,
        auto_scheduled=True,
    )
