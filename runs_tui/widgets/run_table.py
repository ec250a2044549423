"""The table of runs."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from runs_tui import looks
from runs_tui.model.clock import BEGINNING
from runs_tui.model.columns import DETAILS
from runs_tui.model.query import Sort
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.inks import source_ink
from runs_tui.widgets.marked_table import MarkedTable

USUAL = ("state", "workflow", "run", "source", "trigger", "started", "took", "error")
"""The columns that are shown where nobody chose others; `source` only where there are several."""
ALWAYS = frozenset({"state", "workflow"})
"""The columns that stay however narrow the terminal is."""


BELL = "♪"
"""Stands before a run whose end is told."""


class RunTable(MarkedTable[Run]):
    """The runs of the board that match, newest first."""

    def __init__(self, sources: Collection[str], *, id: str | None = None) -> None:
        """Show where a run comes from only where there are several sources."""
        self.now = BEGINNING
        self._told: dict[int, tuple[RunKey, list[Cell]]] = {}
        self.pending: Mapping[RunKey, str] = {}
        self.awaited: Collection[RunKey] = ()
        """The runs whose end is told."""
        self.sort: Sort | None = None
        self._top: RunKey | None = None
        self._sources = len(sources)
        self.source_colors: Mapping[str, str | None] = {}
        """The colours of sources, by their names."""
        self._all = self._columns(sources)
        self.shown = self.usual
        super().__init__([self._column(name) for name in self.usual], id=id)

    def key_of(self, row: Run) -> RunKey:
        """Give the key of a run."""
        return row.key

    @property
    def sign_width(self) -> int:
        """Give the cells before each row, more of them where a run is awaited too."""
        return 3 if self.awaited else super().sign_width

    def sign(self, at: int) -> str:
        """Give the mark of a row; else the bell of a run whose end is told."""
        if self.has_mark(at) or self.rows[at].key not in self.awaited:
            return super().sign(at)
        return f"{BELL} "

    def await_runs(self, keys: Collection[RunKey]) -> None:
        """Put a bell before the runs whose end is told."""
        width = self.sign_width
        self.awaited = keys
        if self.sign_width != width:
            self.on_resize()
        self.refresh_changed()

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
        """Let time pass: redraw what reads otherwise now; most rows do not."""
        self.now = now
        before, self._told = self._told, {at: self._cells(at) for at in self.seen}
        for at, cells in self._told.items():
            if before.get(at) != cells:
                self._refresh_if_changed(at - self.scroll_offset.y + self.head_height)

    def _cells(self, at: int) -> tuple[RunKey, list[Cell]]:
        row = self.rows[at]
        return row.key, [self.cell(column, row, at) for column, _ in self._layout]

    def show_sources(self, sources: Mapping[str, str | None]) -> None:
        """Show the runs of these sources, each with its colour, from now on."""
        usual = self.shown == self.usual
        self._sources = len(sources)
        self.source_colors = sources
        self._all = self._columns(sources)
        self.show_columns(() if usual else self.shown, self.sort)

    def show_columns(self, columns: Sequence[str], sort: Sort | None) -> None:
        """Show these columns, the usual ones where none is named, and the order in their titles."""
        self.shown = tuple(columns) or self.usual
        self.sort = sort
        self.set_columns([self._column(name) for name in self.shown])

    @property
    def usual(self) -> tuple[str, ...]:
        """Give the columns that are shown where nobody chose others."""
        return tuple(name for name in USUAL if self._sources > 1 or name != "source")

    def _column(self, name: str) -> Column[Run]:
        """Give a column; the one that the runs are ordered by tells which way."""
        column = self._all.get(name) or _detail(name)
        rank = column.rank if self.shown == self.usual else 1 + self.shown.index(name)
        column = replace(column, rank=0 if name in ALWAYS else rank)
        if self.sort is None or self.sort.field != name:
            return column
        column = replace(column, rank=0)
        title = f"{column.title}{'↓' if self.sort.descending else '↑'}"
        return replace(column, title=title, width=max(column.width, len(title)))

    def _columns(self, sources: Iterable[str]) -> dict[str, Column[Run]]:
        longest = max((len(name) for name in sources), default=0)
        columns = [
            Column("state", "STATE", self._state, 12),
            Column("workflow", "WORKFLOW", _workflow, 14, grows=True, cap=44),
            Column("run", "RUN", _name, 13, rank=4),
            Column("id", "ID", lambda run: [(run.id, "table--dim")], 13, grows=True, cap=36),
            Column(
                "source",
                "SOURCE",
                self._source,
                min(max(longest, 6), 9),
                grows=True,
                rank=3,
                cap=max(longest, 6),
            ),
            Column("trigger", "TRIGGER", _trigger, 8, rank=5),
            Column("created", "CREATED", self._ago("created_at"), 8, right=True),
            Column("started", "STARTED", self._started, 8, right=True, rank=1),
            Column("finished", "FINISHED", self._ago("finished_at"), 8, right=True),
            Column("took", "TOOK", self._took, 7, right=True, rank=2),
            Column("attempt", "ATTEMPT", _attempt, 7, right=True),
            Column("progress", "DONE", _progress, 4, right=True),
            Column("reason", "REASON", _reason, 14, grows=True, cap=40),
            Column("error", "ERROR", _error, 24, grows=True, rank=6),
        ]
        return {column.id: column for column in columns}

    def _state(self, run: Run) -> Cell:
        doing = self.pending.get(run.key)
        if doing:
            return [(f"{looks.glyph(run.state)} {doing}", "table--accent")]
        return [(f"{looks.glyph(run.state)} {looks.word(run)}", looks.css_class(run.state))]

    def _source(self, run: Run) -> Cell:
        return [(run.source, source_ink(self.source_colors.get(run.source), "table--dim"))]

    def _ago(self, field: str) -> Callable[[Run], Cell]:
        return lambda run: [(looks.ago(getattr(run, field), self.now), "")]

    def _took(self, run: Run) -> Cell:
        return [(looks.took(run, self.now), "")]

    def _started(self, run: Run) -> Cell:
        return [(looks.started(run, self.now), "")]


def _workflow(run: Run) -> Cell:
    return [(run.workflow, "table--strong")]


def _name(run: Run) -> Cell:
    return [(run.name or run.id[:8], "table--dim")]


def _trigger(run: Run) -> Cell:
    return [(run.trigger or looks.NOTHING, "table--dim")]


def _attempt(run: Run) -> Cell:
    return [(str(run.attempt or looks.NOTHING), "")]


def _progress(run: Run) -> Cell:
    return [(looks.NOTHING if run.progress is None else f"{run.progress:.0%}", "")]


def _reason(run: Run) -> Cell:
    return [(run.reason or looks.NOTHING, "table--dim")]


def _detail(name: str) -> Column[Run]:
    """Give the column of a field that only some API has."""
    field = name.removeprefix(DETAILS)

    def cell(run: Run) -> Cell:
        value = run.details.get(field)
        told = value in (None, "", [], {})
        return [(looks.NOTHING if told else looks.flat(value), "table--dim")]

    return Column(name, field.upper(), cell, max(8, min(len(field), 16)), grows=True, cap=32)


def _error(run: Run) -> Cell:
    return [(run.error or "", "state--failed" if run.state is State.FAILED else "table--dim")]
