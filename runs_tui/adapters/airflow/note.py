"""The note by which a run that was stopped is told from one that has failed."""

import re
from datetime import datetime

from runs_tui.adapters.airflow.wire import DagRun

MOST = 1000
"""The most characters of a note."""
_MARK = re.compile(r"^cancelled by runs-tui \(queued at (\S+)\)$", re.MULTILINE)


def cancelling(run: DagRun) -> str:
    """Give the note of a run that is about to be stopped, with what was in it before.

    The instant tells this time from a later one: whoever clears a run queues it anew.
    """
    mark = f"cancelled by runs-tui (queued at {_written(run.queued_at)})"
    before = _MARK.sub("", run.note or "").strip()
    return f"{before[: MOST - len(mark) - 1]}\n{mark}" if before else mark


def was_cancelled(run: DagRun) -> bool:
    """Tell whether a run ended so because it was stopped by this program."""
    if run.state != "failed" or not run.note:
        return False
    return any(found == _written(run.queued_at) for found in _MARK.findall(run.note))


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant else "never"
