"""The lineage of a run: its attempts, the run that started it and those that it started."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from runs_tui import looks
from runs_tui.keys import key
from runs_tui.model.clock import BEGINNING
from runs_tui.model.effort import Effort
from runs_tui.model.kin import Attempt, Relation
from runs_tui.model.lineage import Lineage, LineageRow
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.widgets.columns import Cell, Column, Part
from runs_tui.widgets.virtual_table import VirtualTable

_BEFORE = (Relation.PARENT, Relation.CHILD)
"""The relations that stand before a name; an attempt says by its name what it is."""
_COUNTS = " counts"
"""What marks the attempt that counted in the end."""
_PARTING: Part = (" · ", "table--dim")
DEEPEST = 6
"""How many rows above a row are drawn as lines that lead to it."""


class AttemptsTable(VirtualTable[LineageRow]):
    """One line a run or an attempt, parents before children, attempts in their order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "attempts.open", "go there", "Go to this run; - comes back"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a lineage."""
        self.now = BEGINNING
        self._longest = 0
        super().__init__(self._columns(), id=id)

    def key_of(self, row: LineageRow) -> Hashable:
        """Give the run of a row and the attempt of it."""
        return row.key

    def show_lineage(self, lineage: Lineage, now: datetime) -> None:
        """Show a lineage as it is at an instant, at first with the cursor on the shown run."""
        first = not self.rows
        self.now = now
        longest = max((cell_len(_text(row)) for row in lineage.rows), default=0)
        if longest != self._longest:
            self._longest = longest
            self.set_columns(self._columns())
        if tuple(self.rows) != lineage.rows:
            self.set_rows(lineage.rows)
        here = next((row.key for row in lineage.rows if row.here), None)
        if first and here is not None:
            self.select(here)

    def tick(self, now: datetime) -> None:
        """Let time pass: redraw what reads otherwise now."""
        self.now = now
        self.refresh_changed()

    def _columns(self) -> Sequence[Column[LineageRow]]:
        longest = max(self._longest, 18)
        return [
            Column("run", "RUN", _run, min(longest, 24), grows=True, cap=min(longest, 44)),
            Column("state", "STATE", _state, 11),
            Column("started", "STARTED", self._started, 8, right=True, rank=1),
            Column("took", "TOOK", self._took, 7, right=True, rank=2),
            Column("trigger", "TRIGGER", _trigger, 8, rank=4),
            Column("note", "", _note, 12, grows=True, rank=3),
        ]

    def _started(self, row: LineageRow) -> Cell:
        if row.attempt is not None:
            return [(looks.ago(row.attempt.started_at, self.now), "")]
        return [(looks.started(row.run, self.now) if row.run else looks.NOTHING, "")]

    def _took(self, row: LineageRow) -> Cell:
        if row.attempt is not None:
            seconds = row.attempt.duration(self.now)
            concluded = seconds is not None and "finished_at" in row.attempt.derived
            return [(looks.ABOUT * concluded + looks.duration(seconds), "")]
        return [(looks.took(row.run, self.now) if row.run else looks.NOTHING, "")]


def _run(row: LineageRow) -> Cell:
    lead = row.prefix if len(row.prefix) <= 2 * DEEPEST else f"‥{row.prefix[-2 * DEEPEST :]}"
    name = (_name(row), "table--strong" if row.here else "")
    parts = [(lead, "table--dim"), *_related(row, name)]
    if row.final:
        parts.append((_COUNTS, "table--strong"))
    return parts


def _related(row: LineageRow, name: Part) -> Sequence[Part]:
    """Put what a run is to the shown one before its name, but behind the number of an attempt."""
    if row.attempt is not None:
        return [name]
    if row.here:
        mark = "this run"
        if row.number is None:
            return [(f"{mark} ", "table--accent"), name]
        return [name, (f" {mark}", "table--accent")]
    if row.relation in _BEFORE:
        return [(f"{row.relation} ", "table--dim"), name]
    return [name]


def _name(row: LineageRow) -> str:
    """Give an attempt its number, and what is of another workflow the name of that."""
    workflow = row.run.workflow if row.run else row.id
    if row.number is None:
        return workflow
    attempt = f"attempt {looks.ABOUT if row.counted else ''}{row.number}"
    own = row.here or row.relation is Relation.ATTEMPT or row.attempt is not None
    return attempt if own else f"{workflow} {attempt}"


def _text(row: LineageRow) -> str:
    return "".join(text for text, _ in _run(row))


def _state(row: LineageRow) -> Cell:
    of: Attempt | Run | None = row.attempt or row.run
    if of is None:
        return [("not read", "table--dim")]
    if isinstance(of, Run):
        word = looks.word(of)
    else:
        word = of.status if of.state is State.UNKNOWN and of.status else of.state.value
    parting = looks.ABOUT if "state" in of.derived else " "
    return [(looks.glyph(of.state) + parting + word, looks.css_class(of.state))]


def _trigger(row: LineageRow) -> Cell:
    if row.run is None or row.attempt is not None:
        return []
    return [(row.run.trigger or looks.NOTHING, "table--dim")]


def _note(row: LineageRow) -> Cell:
    why, ink = _why(row)
    return _joined([_effort(row), [(why, ink)] if why else []])


def _effort(row: LineageRow) -> Cell:
    return [(effort_told(row.effort), "")] if row.effort is not None else []


def about(row: LineageRow) -> Sequence[Part]:
    """Give what the columns may leave out of a row; of the shown run no more than is new there."""
    told: list[Cell] = [[(_COUNTS.strip(), "table--strong")]] if row.final else []
    told += [_effort(row)] if row.here and row.attempt is None else [_note(row)]
    if row.counted:
        told.append([(f"{looks.ABOUT} not told by the API", "table--dim")])
    if row.attempt is None:
        trigger = row.run.trigger if row.run and not row.here else None
        told += [[(each, "table--dim")] for each in (trigger, row.id) if each]
    return _joined(told)


def _joined(cells: Iterable[Cell]) -> list[Part]:
    parts: list[Part] = []
    for cell in filter(None, cells):
        parts += [*([_PARTING] if parts else ()), *cell]
    return parts


def _why(row: LineageRow) -> Part:
    """Say what went wrong, or why it stands so."""
    if row.attempt is not None:
        return row.attempt.reason or "", "state--failed"
    if row.run is None:
        return "named by another run, not read yet", "table--dim"
    return row.run.error or "", "state--failed" if row.run.state is State.FAILED else "table--dim"


def effort_told(effort: Effort) -> str:
    """Say how many steps an attempt ran itself and how many it kept."""
    sign = looks.ABOUT if effort.about else ""
    if effort.ran == effort.total:
        return f"{sign}ran all {effort.total} steps" if effort.total > 1 else "ran its only step"
    kept = f", kept {effort.kept}" if effort.kept else ""
    return f"{sign}ran {effort.ran} of {looks.counted(effort.total, 'step')}{kept}"
