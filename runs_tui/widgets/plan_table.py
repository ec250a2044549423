"""The steps of a run in three drawings of one plan, with the keys that work in them."""

from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from runs_tui.keys import key, quiet
from runs_tui.model.folding import MOST_TELLING
from runs_tui.model.outline import Outline
from runs_tui.model.run import Step
from runs_tui.widgets.drawn_plan import DRAWINGS, DrawnPlan


class PlanTable(DrawnPlan):
    """Steps to go through, to open and close, and to look at in another drawing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "plan.step", "its events", "Events of this step only, or all again"),
        key("t", "turn", "plan.drawing", "tree/time/graph", "Tree, timeline and graph in turn"),
        quiet("e", "next_failed(1)", "plan.failed", "next failed", "Next failed step"),
        quiet("E", "next_failed(-1)", "plan.failed_back", "failed before", "Failed step before"),
        quiet("l,right", "inwards", "plan.expand", "expand", "Expand a step; right in the graph"),
        quiet("h,left", "outwards", "plan.collapse", "collapse", "Collapse it; left in the graph"),
    ]

    @property
    def step(self) -> Step | None:
        """Give the step under the cursor; None where a group stands there."""
        return self.row.step if self.row is not None and self.row.group is None else None

    def action_turn(self) -> None:
        """Go on to the next drawing."""
        self.draw(DRAWINGS[(DRAWINGS.index(self.drawing) + 1) % len(DRAWINGS)])

    def action_choose(self) -> None:
        """Show the events of a step, or the steps of a group."""
        row = self.row
        if row is None or row.group is None:
            super().action_choose()
        elif self.drawn == "graph":
            step = self.hidden or min(row.group.steps, key=_telling).key
            self._turn_to(self.view.outline.show(step), "tree", step)
        else:
            self._turn_to(self.view.outline.turn(row.step.key))

    def action_inwards(self) -> None:
        """Open what is under a line, or go into it; in the graph go to the right."""
        row = self.row
        if self.canvas is not None:
            self.action_aside(1)
        elif row is not None and row.opens and not row.is_open:
            self._turn_to(self.view.outline.turn(row.step.key))
        elif row is not None and row.opens:
            self.action_move(1)

    def action_outwards(self) -> None:
        """Close what is under a line, or go to the line above it; in the graph go to the left."""
        row = self.row
        if self.canvas is not None:
            self.action_aside(-1)
        elif row is not None and row.opens and row.is_open:
            self._turn_to(self.view.outline.turn(row.step.key))
        elif row is not None:
            above = self.view.outline.above(row.step.key)
            above = above if self.drawn == "tree" or row.indent else iter(())
            self.select(next(above, row.step.key))

    def action_next_failed(self, direction: int) -> None:
        """Go to the next step that failed, or the one before, and open what hides it."""
        outline = self.view.outline
        wanted = outline.failed(self.hidden or self._cursor_key(), direction)
        if wanted is not None:
            self.go_to(wanted)

    def go_to(self, step: str) -> None:
        """Put the cursor on a step, and open what hides it; in the graph on its group."""
        if self.drawn != "graph":
            self._turn_to(self.view.outline.show(step), at=step)
        elif self.select(step):
            self.refresh_changed()

    def _turn_to(self, outline: Outline, drawing: str | None = None, at: str | None = None) -> None:
        self.view = replace(self.view, outline=outline)
        self.draw(drawing) if drawing else self.show()
        if at is not None:
            self.select(at)


def _telling(step: Step) -> int:
    return MOST_TELLING.index(step.state)
