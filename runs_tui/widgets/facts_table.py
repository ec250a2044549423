"""Everything that is known of a run, as facts and as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runs_tui import looks
from runs_tui.model.clock import BEGINNING
from runs_tui.model.run import Run
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known: what it is, and what it says."""

    name: str
    text: str
    ink: str = ""


def facts_of(run: Run, now: datetime) -> Iterable[Fact]:
    """Give what is known of a run, one fact a line; what the API does not tell is left out."""
    told = {
        "state": Fact("state", f"{looks.glyph(run.state)} {run.state}", looks.css_class(run.state)),
        "status": Fact("status", run.status),
        "reason": Fact("reason", run.reason or ""),
        "error": Fact("error", run.error or "", "state--failed"),
        "workflow_name": Fact("workflow", run.workflow),
        "version": Fact("version", run.version or ""),
        "name": Fact("run", run.name or ""),
        "id": Fact("id", run.id),
        "source": Fact("source", run.source),
        "trigger": Fact("trigger", run.trigger or ""),
        "attempt": Fact("attempt", str(run.attempt or "")),
        "retry_of": Fact("retry of", run.retry_of or ""),
        "created_at": Fact("created", _instant(run.created_at, now)),
        "started_at": Fact("started", _instant(run.started_at, now)),
        "finished_at": Fact("finished", _instant(run.finished_at, now)),
        "took": Fact("took", looks.duration(run.duration(now)) if run.started_at else ""),
        "url": Fact("address", run.url or ""),
    }
    for field, fact in told.items():
        if fact.text:
            yield replace(fact, text=fact.text + _CONCLUDED) if field in run.derived else fact
    for name, value in run.details.items():
        if value not in (None, "", [], {}):
            yield Fact(name, looks.flat(value), "table--dim")


_CONCLUDED = f"  {looks.ABOUT} not told by the API"


def _instant(at: datetime | None, now: datetime) -> str:
    return f"{looks.instant(at)}  {looks.ago(at, now)}" if at else ""


class FactsTable(VirtualTable[Fact]):
    """The facts of a run, one a line."""

    show_head = False
    opens = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without facts."""
        self.now = BEGINNING
        columns: Sequence[Column[Fact]] = [
            Column("name", "FACT", lambda fact: [(fact.name, "table--dim")], 20),
            Column("text", "", lambda fact: [(fact.text, fact.ink)], 16, grows=True),
        ]
        super().__init__(columns, id=id)

    def key_of(self, row: Fact) -> str:
        """Give the name of a fact."""
        return row.name

    def show_run(self, run: Run, now: datetime) -> None:
        """Show what is known of a run."""
        rows = list(facts_of(run, now))
        if rows != self.rows:
            self.set_rows(rows)


class JsonTable(VirtualTable[str]):
    """A JSON document, one line each."""

    show_head = False
    opens = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin with nothing."""
        super().__init__([Column("json", "", _json_line, 16, grows=True)], id=id)

    def show_document(self, document: object) -> None:
        """Show a document."""
        text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
        rows = text.splitlines()
        if rows != self.rows:
            self.set_rows(rows)


def _json_line(line: str) -> Cell:
    stripped = line.lstrip()
    if stripped.startswith('"') and '": ' in stripped:
        name, _, rest = line.partition('": ')
        return [(name + '"', "table--dim"), (": " + rest, "")]
    return [(line, "")]
