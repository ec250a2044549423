"""What is known of a run, said one fact a line."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from runs_tui import looks
from runs_tui.model import shapes
from runs_tui.model.run import Run
from runs_tui.model.value_lines import Path

DETAILS = "details"
"""What stands over that which an API tells by its own names."""
_CONCLUDED = f"  {looks.ABOUT} not told by the API"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known: what it is, and what it says."""

    name: str
    text: str
    path: Path = ()
    """Where it stands in the JSON of a run; () where that does not have it."""
    ink: str = ""


def facts_of(run: Run, now: datetime) -> Iterable[Fact]:
    """Give what is known of every run; what its API does not tell is left out."""
    state = f"{looks.glyph(run.state)} {run.state}"
    told = {
        "state": Fact("state", state, ("state",), looks.css_class(run.state)),
        "status": Fact("status", run.status, ("status",)),
        "reason": Fact("reason", run.reason or "", ("reason",)),
        "error": Fact("error", run.error or "", ("error",), "state--failed"),
        "workflow_name": Fact("workflow", run.workflow, ("workflow", "name")),
        "workflow_id": Fact("workflow id", _other(run.workflow_id, run), ("workflow", "id")),
        "version": Fact("version", run.version or ""),
        "name": Fact("run", run.name or ""),
        "id": Fact("id", run.id, ("id",)),
        "source": Fact("source", run.source, ("source",)),
        "trigger": Fact("trigger", run.trigger or "", ("trigger",)),
        "attempt": Fact("attempt", str(run.attempt or ""), ("attempt",)),
        "retry_of": Fact("retry of", run.retry_of or "", ("retry_of",)),
        "created_at": Fact("created", _instant(run.created_at, now), ("created_at",)),
        "started_at": Fact("started", _instant(run.started_at, now), ("started_at",)),
        "finished_at": Fact("finished", _instant(run.finished_at, now), ("finished_at",)),
        "updated_at": Fact("updated", _instant(run.updated_at, now), ("updated_at",)),
        "progress": Fact("progress", _percent(run.progress), ("progress",)),
        "took": Fact("took", _took(run, now), ("duration_seconds",)),
        "url": Fact("address", run.url or "", ("url",)),
    }
    for field, fact in told.items():
        if fact.text:
            yield replace(fact, text=fact.text + _CONCLUDED) if field in run.derived else fact


def told_details(run: Run) -> dict[str, object]:
    """Give what its API tells besides, by its own names; what is empty is left out."""
    details = {**shapes.plain(run.details)}
    return {name: value for name, value in details.items() if value not in (None, "", [], {})}


def _other(workflow_id: str | None, run: Run) -> str:
    return workflow_id if workflow_id and workflow_id != run.workflow else ""


def _percent(progress: float | None) -> str:
    return "" if progress is None else f"{progress:.0%}"


def _took(run: Run, now: datetime) -> str:
    return looks.duration(run.duration(now)) if run.started_at else ""


def _instant(at: datetime | None, now: datetime) -> str:
    return f"{looks.instant(at)}  {looks.ago(at, now)}" if at else ""
