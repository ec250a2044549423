"""When a run came to be, which only the name of its log file tells."""

import re
from datetime import UTC, datetime, timedelta

from runs_tui.adapters.dagu.wire import WireRun

_FOLDER = re.compile(r"dag-run_(\d{8}_\d{6})Z_")
_THOUSANDTHS = re.compile(r"\.(\d{3})\.[^./]*\.log$")


def created_at(told: WireRun) -> datetime | None:
    """Give the instant by which lists are ordered and asked for, UTC; a retry leaves it alone."""
    found = _FOLDER.findall(told.log or "")
    if not found:
        return None
    try:
        second = datetime.strptime(found[-1], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    part = _THOUSANDTHS.search(told.log or "")
    return second + timedelta(milliseconds=int(part[1]) if part else 0)


def listed_at(told: WireRun) -> datetime | None:
    """Give when a run takes its place in a list, as near as it is told."""
    return created_at(told) or told.queued_at or told.started_at
