"""What the three drawings of a plan share: the steps of a run as they are at an instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from runs_tui import looks
from runs_tui.model.clock import BEGINNING
from runs_tui.model.critical import critical_path
from runs_tui.model.outline import Outline, OutlineRow
from runs_tui.model.phases import Axis, phases
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.widgets import plan_bars, plan_cells
from runs_tui.widgets.columns import Cell, Part
from runs_tui.widgets.graph_canvas import Box

BAR = 12
"""The cells of the longest bar of the tree."""
ROOM = 10
"""The cells that must be left behind a bar for a note to stand there."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with what is open of it, its run, and the present."""

    outline: Outline = Outline.of(Plan())  # noqa: RUF009
    run: Run | None = None
    now: datetime = BEGINNING
    axis: Axis = Axis(0.0, 1.0)  # noqa: RUF009
    """The time of all steps."""
    critical: frozenset[str] = frozenset()
    """The keys of the lines on the critical path."""
    _notes: dict[tuple[str, bool], Cell] = field(default_factory=dict, compare=False)
    """What was said of steps, for a reason may have to be looked for far above one."""

    def show(self, run: Run, plan: Plan, now: datetime) -> "PlanView":
        """Give the view of a run and its steps; what is open stays open."""
        same = self.run is not None and self.run.key == run.key
        outline = self.outline.told(plan) if same else Outline.of(plan)
        path = critical_path(plan.steps, now)
        return PlanView(
            outline=outline,
            run=run,
            now=now,
            axis=Axis.of(run, plan.steps.values(), now),
            critical=frozenset(path) | frozenset(map(outline.line_of, path)),
        )

    def at(self, run: Run, now: datetime) -> "PlanView":
        """Give the view at a later instant."""
        axis = self.axis.until(now) if run.active else self.axis
        return replace(self, run=run, now=now, axis=axis)

    @property
    def _goes_on(self) -> bool:
        return self.run is not None and self.run.active

    # The cells of the tree

    def took(self, row: OutlineRow) -> Cell:
        """Give how long a step took."""
        return plan_cells.took(row, self.now)

    def short_bar(self, row: OutlineRow) -> Cell:
        """Give the short bar that a step has in the tree."""
        return plan_bars.short(self.axis, row.step_at(self.now), self.now, BAR)

    def note(self, row: OutlineRow) -> Cell:
        """Say what is special about a step."""
        key = row.step.key, self._goes_on
        if key not in self._notes:
            self._notes[key] = self._noted(row)
        return self._notes[key]

    def _noted(self, row: OutlineRow) -> Cell:
        told = plan_cells.note(self.outline, row)
        if not told and row.step.state is State.QUEUED and row.step.depends_on and self._goes_on:
            return [("waits for its turn", "table--dim")]
        return told

    # The cells of the timeline

    def marked(self, row: OutlineRow) -> Cell:
        """Give a step, marked where it is on the critical path."""
        mark = plan_bars.CRITICAL if row.step.key in self.critical else " "
        return [(f"{mark} ", "table--accent"), *plan_cells.in_order(row)]

    def bar(self, row: OutlineRow, width: int) -> Cell:
        """Give what a step did when, and behind it what is special where there is room."""
        axis = self.axis.with_room() if self._goes_on else self.axis
        plan = self.outline.plan if row.indent else self.outline.folding.plan
        stretches = list(phases(plan, row.step_at(self.now), self.now))
        ink = looks.css_class(row.step.state)
        parts = plan_bars.bar(axis, stretches, ink, width, goes_on=row.goes_on)
        note = self.note(row)
        taken = sum(len(text) for text, _ in parts)
        return [*parts, ("  ", ""), *note] if note and width - taken >= ROOM else parts

    def scale(self, width: int) -> str:
        """Write the time axis above the bars."""
        if self._goes_on:
            return plan_bars.scale(self.axis.with_room(), self.now.timestamp(), width)
        return plan_bars.scale(self.axis, None, width)

    # The boxes of the graph

    def boxes(self, rows: Sequence[OutlineRow]) -> Mapping[str, Box]:
        """Give the boxes of the graph; those on the critical path have a heavy border."""
        return {row.step.key: self._box(row) for row in rows}

    def _box(self, row: OutlineRow) -> Box:
        step = row.step
        circle = " ↺" if row.place.in_cycle else ""
        text = f"{looks.glyph(step.state)} {plan_cells.called(row)}{circle}"
        return Box(text, looks.css_class(step.state), step.key in self.critical)

    def about(self, row: OutlineRow) -> Cell:
        """Say of one step what does not stand in its box."""
        told = [*plan_cells.named(row), ("  ", ""), *self.took(row)]
        note = self.note(row)
        return [*told, ("  ", ""), *note] if note else told

    # The legends

    def legend(self, drawing: str) -> Sequence[Part]:
        """Say what the signs of a drawing mean."""
        if drawing == "timeline":
            queued, ran, retried = plan_bars.GLYPHS.values()
            told = f"{queued} queued  {ran} ran  {retried} in several attempts"
            path = f"  {plan_bars.CRITICAL} critical path" if self.critical else ""
            return [(told + path, "table--dim")]
        if drawing == "graph" and self.critical:
            return [("━ critical path", "table--dim")]
        return []
