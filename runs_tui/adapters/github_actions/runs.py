"""Workflow runs, translated."""

from typing import Any

from runs_tui.adapters.github_actions.states import COMPLETED, reason_of, state_of, word_of
from runs_tui.adapters.github_actions.wire import WireRun
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value

_SHORT = 7
_FIELDS = frozenset({
    "run_number", "head_branch", "head_sha", "head_commit", "actor", "triggering_actor",
    "repository", "path", "event", "status", "conclusion", "referenced_workflows",
})  # fmt: skip


def run_of(row: WireRun, source: str) -> Run:
    """Translate a run; when it ended is when it was changed last, for GitHub tells no more."""
    state = state_of(row.status, row.conclusion)
    word = clean(word_of(row.status, row.conclusion))
    over = row.status == COMPLETED
    started = row.run_started_at or row.created_at
    begun = over or state is not State.QUEUED
    ended = row.updated_at if over else None
    derived = {"finished_at"} if ended else set()
    if begun and row.run_started_at is None:
        derived.add("started_at")
    return Run(
        source=source,
        id=str(row.id),
        workflow_id=None if row.workflow_id is None else str(row.workflow_id),
        workflow_name=clean(row.name or file_of(row) or "") or None,
        name=clean(row.display_title or "") or None,
        version=clean(row.head_sha or "")[:_SHORT] or None,
        state=state,
        status=word,
        reason=reason_of(word),
        created_at=row.created_at,
        started_at=started if begun else None,
        finished_at=ended,
        updated_at=row.updated_at,
        trigger=clean(row.event or "") or None,
        attempt=row.attempt,
        url=clean(row.html_url or "") or None,
        details=_details(row),
        derived=frozenset(derived),
    )


def file_of(row: WireRun) -> str | None:
    """Give the path of the file that a run's workflow is written in; some have none."""
    path = (row.path or "").partition("@")[0]
    return path if path and not path.startswith("dynamic/") else None


def _details(row: WireRun) -> dict[str, Any]:
    told = row.model_dump(mode="json", include=set(_FIELDS), exclude_none=True)
    cleaned = clean_value(told)
    return cleaned if isinstance(cleaned, dict) else {}
