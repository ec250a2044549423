"""When a run came to be, which only the name of its log file tells."""

import re
from datetime import UTC, datetime, timedelta

from runs_tui.adapters.dagu.wire import WireRun

_FOLDER = re.compile(r"dag-run_(\d{8}_\d{6})Z_")
_OF_A_TIME = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
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


def born(run_id: str) -> int | None:
    """Give the second, from the epoch, at which the server made an id; None for other ids."""
    found = _OF_A_TIME.fullmatch(run_id)
    return int(found[1] + found[2], 16) // 1000 if found else None
