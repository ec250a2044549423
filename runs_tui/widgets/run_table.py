"""The table of runs."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from runs_tui import looks
from runs_tui.model.clock import BEGINNING
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.virtual_table import VirtualTable


class RunTable(VirtualTable[Run]):
    """The runs of the board that match, newest first."""

    def __init__(self, sources: Sequence[str], *, id: str | None = None) -> None:
        """Show where a run comes from only where there are several sources."""
        self.now = BEGINNING
        self.pending: Mapping[RunKey, str] = {}
        self._top: RunKey | None = None
        super().__init__(self._columns(sources), id=id)

    def key_of(self, row: Run) -> RunKey:
        """Give the key of a run."""
        return row.key

    def count_new(self) -> int:
        """Count the runs that have come above all that were seen; none while the top is seen."""
        if not self.scroll_offset.y:
            self._top = self.rows[0].key if self.rows else None
            return 0
        rows = enumerate(self.rows[: self.scroll_offset.y])
        return next((at for at, run in rows if run.key == self._top), 0)

    def scan(self, key: Hashable) -> int | None:
        """Find the row of a run among all."""
        if not isinstance(key, RunKey):
            return None
        source, run_id = key
        rows = enumerate(self.rows)
        return next((at for at, row in rows if row.id == run_id and row.source == source), None)

    def tick(self, now: datetime) -> None:
        """Let time pass: redraw what reads otherwise now."""
        self.now = now
        self.refresh_changed()

    def _columns(self, sources: Sequence[str]) -> Sequence[Column[Run]]:
        longest = max((len(name) for name in sources), default=0)
        columns = [
            Column("state", "STATE", self._state, 12),
            Column("workflow", "WORKFLOW", _workflow, 14, grows=True, cap=44),
            Column("run", "RUN", _name, 13, rank=4),
            Column(
                "source",
                "SOURCE",
                _source,
                min(max(longest, 6), 9),
                grows=True,
                rank=3,
                cap=max(longest, 6),
            ),
            Column("trigger", "TRIGGER", _trigger, 8, rank=5),
            Column("started", "STARTED", self._started, 8, right=True, rank=1),
            Column("took", "TOOK", self._took, 7, right=True, rank=2),
            Column("error", "ERROR", _error, 24, grows=True, rank=6),
        ]
        return [column for column in columns if len(sources) > 1 or column.id != "source"]

    def _state(self, run: Run) -> Cell:
        doing = self.pending.get(run.key)
        if doing:
            return [(f"{looks.glyph(run.state)} {doing}", "table--accent")]
        return [(f"{looks.glyph(run.state)} {looks.word(run)}", looks.css_class(run.state))]

    def _started(self, run: Run) -> Cell:
        return [(looks.ago(run.started_at, self.now), "")]

    def _took(self, run: Run) -> Cell:
        return [(looks.duration(run.duration(self.now)), "")]


def _workflow(run: Run) -> Cell:
    return [(run.workflow, "table--strong")]


def _name(run: Run) -> Cell:
    return [(run.name or run.id[:8], "table--dim")]


def _source(run: Run) -> Cell:
    return [(run.source, "table--dim")]


def _trigger(run: Run) -> Cell:
    return [(run.trigger or looks.NOTHING, "table--dim")]


def _error(run: Run) -> Cell:
    return [(run.error or "", "state--failed" if run.state is State.FAILED else "table--dim")]
