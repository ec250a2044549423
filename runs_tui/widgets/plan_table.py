"""The steps of a run as a dependency tree, with a bar for the time of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from runs_tui import looks
from runs_tui.keys import key
from runs_tui.model.clock import BEGINNING
from runs_tui.model.plan import Plan, PlanRow
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.virtual_table import VirtualTable

DEEPEST = 8
"""How many steps above a step are drawn as lines that lead to it."""
BAR = 12
"""The cells of the longest bar."""


class PlanTable(VirtualTable[PlanRow]):
    """One line a step, parents first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "plan.step", "its events", "Events of this step only, or all again"),
    ]

    show_head = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin with an empty plan."""
        self.now = BEGINNING
        self.plan = Plan()
        self._span: tuple[float, float] = (0.0, 1.0)
        self._longest = 0
        super().__init__(self._columns(), id=id)

    def key_of(self, row: PlanRow) -> str:
        """Give the key of the step."""
        return row.step.key

    def show_plan(self, run: Run, plan: Plan, now: datetime) -> None:
        """Show the steps of a run as they are at an instant."""
        self.plan = plan
        self._set_time(run, now)
        longest = max((cell_len(_text(row)) for row in plan.rows), default=0)
        if longest != self._longest:
            self._longest = longest
            self.set_columns(self._columns())
        self.set_rows(plan.rows)

    def tick(self, run: Run, now: datetime) -> None:
        """Let time pass: redraw what reads otherwise now."""
        self._set_time(run, now)
        self.refresh_changed()

    def _set_time(self, run: Run, now: datetime) -> None:
        self.now = now
        starts = [step.started_at for step in self.plan.steps.values() if step.started_at]
        if run.started_at:
            starts.append(run.started_at)
        ends = [step.finished_at for step in self.plan.steps.values() if step.finished_at]
        start = min(starts, default=now).timestamp()
        end = now if run.active else max([*ends, *filter(None, [run.finished_at])], default=now)
        self._span = (start, max(end.timestamp(), start + 0.001))

    def _columns(self) -> Sequence[Column[PlanRow]]:
        return [
            Column("step", "STEP", _step, 20, grows=True, cap=min(max(self._longest, 20), 44)),
            Column("took", "TOOK", self._took, 7, right=True),
            Column("bar", "", self._bar, BAR, rank=2),
            Column("note", "", self._note, 12, grows=True, rank=1),
        ]

    def _took(self, row: PlanRow) -> Cell:
        seconds = row.step.duration(self.now)
        if seconds is None:
            return []
        about = looks.ABOUT if row.step.derived & {"started_at", "finished_at", "took"} else ""
        return [(about + looks.duration(seconds), "")]

    def _bar(self, row: PlanRow) -> Cell:
        step = row.step
        if step.started_at is None:
            return []
        start, end = self._span
        scale = BAR / (end - start)
        last = step.finished_at or (self.now if step.state.active else step.started_at)
        first_cell = min(int((step.started_at.timestamp() - start) * scale), BAR - 1)
        last_cell = min(max(round((last.timestamp() - start) * scale), first_cell + 1), BAR)
        blank = " " * max(first_cell, 0)
        bar = "▇" * (last_cell - max(first_cell, 0))
        return [(blank, ""), (bar, looks.css_class(step.state))]

    def _note(self, row: PlanRow) -> Cell:
        return _note(self.plan, row)


def _step(row: PlanRow) -> Cell:
    step = row.step
    ink = looks.css_class(step.state)
    quiet = step.state in (State.SKIPPED, State.CANCELLED, State.QUEUED)
    name = (step.name, "table--dim" if quiet else "")
    prefix = row.prefix if row.depth <= DEEPEST else f"‥{row.prefix[-2 * DEEPEST :]}"
    parting = looks.ABOUT if "state" in step.derived else " "
    return [(prefix, "table--dim"), (looks.glyph(step.state) + parting, ink), name]


def _text(row: PlanRow) -> str:
    return "".join(text for text, _ in _step(row))


def _note(plan: Plan, row: PlanRow) -> Cell:
    step = row.step
    if step.error and step.state is State.FAILED:
        return [(step.error, "state--failed")]
    if row.in_cycle:
        return [("depends on itself in a circle", "table--warning")]
    if row.missing:
        return [(f"after {_names(row.missing)}, not told", "table--warning")]
    if step.state is State.SKIPPED:
        return [(_because(plan, step), "table--dim")]
    if step.state is State.QUEUED and (waits := plan.waits_for(step.key)):
        return [(f"waits for {_names([plan.steps[key].name for key in waits])}", "table--dim")]
    if step.state is State.UNKNOWN and step.status:
        return [(step.status, looks.css_class(step.state))]
    if step.attempt and step.attempt > 1:
        return [(f"attempt {step.attempt}", "table--dim")]
    if row.others:
        return [
            (f"also after {_names([plan.steps[key].name for key in row.others])}", "table--dim")
        ]
    return []


def _because(plan: Plan, step: Step) -> str:
    known = [plan.steps[key] for key in step.depends_on if key in plan.steps]
    for state, what in ((State.FAILED, "failed"), (State.CANCELLED, "was cancelled")):
        blame = [parent.name for parent in known if parent.state is state]
        if blame:
            return f"skipped: {_names(blame)} {what}"
    return "skipped"


def _names(names: Sequence[str]) -> str:
    if len(names) > 2:
        return f"{names[0]} and {len(names) - 1} more"
    return " and ".join(names)
