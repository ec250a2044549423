"""A plan as it is drawn: as a tree, on a timeline or as a graph, with the cursor on its step."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from textual.message import Message

from runs_tui import looks
from runs_tui.model.layers import Layers
from runs_tui.model.outline import Outline, OutlineRow
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run
from runs_tui.widgets import plan_cells
from runs_tui.widgets.canvas_table import CanvasTable
from runs_tui.widgets.columns import Cell, Column, Part
from runs_tui.widgets.graph_canvas import Canvas
from runs_tui.widgets.plan_view import BAR, PlanView

DRAWINGS = ("tree", "timeline", "graph")
MOST = 200
"""How many boxes a graph has at most."""
DEEPEST, NARROW = 8, 70
"""How many steps above a step are drawn as lines, half as many where there are fewer cells."""
COUNTED = 32
"""The cells that a step with counts behind its name gets before its bar gets any."""


@dataclass(frozen=True, slots=True)
class _Arranged:
    """The lines of one drawing of an outline, and the cells that they need."""

    outline: Outline
    deepest: int
    rows: Sequence[OutlineRow]
    longest: int
    """The cells of the longest line."""
    counted: int
    """The cells of the longest line with counts behind its name."""


class DrawnPlan(CanvasTable[OutlineRow]):
    """One line or one box a step; the cursor keeps its step in every drawing."""

    show_head = False

    @dataclass
    class Drawn(Message):
        """The plan is drawn in another way."""

        table: "DrawnPlan"

        @property
        def control(self) -> "DrawnPlan":
            """Give the table."""
            return self.table

    def __init__(self, *, id: str | None = None) -> None:
        """Begin with an empty plan, as a tree."""
        self.view = PlanView()
        self.drawing = "tree"
        """The drawing that was asked for, one of `DRAWINGS`."""
        self.hidden: str | None = None
        """The key of a step that was gone to and that the line under the cursor hides."""
        self._places: dict[str, int] = {}
        self._laid: tuple[object, ...] = ()
        self._longest = self._counted = 0
        self._deepest = DEEPEST
        self._known: dict[str, _Arranged] = {}
        super().__init__(id=id)

    def key_of(self, row: OutlineRow) -> str:
        """Give the key of the step, or that of the group."""
        return row.step.key

    def scan(self, key: Hashable) -> int | None:
        """Find the row of a key among all."""
        return self._places.get(str(key))

    @property
    def plan(self) -> Plan:
        """Give the plan as it was told."""
        return self.view.outline.plan

    @property
    def drawn(self) -> str:
        """Give the drawing that is shown: the tree where the graph would be too large."""
        large = self.drawing == "graph" and self._count > MOST
        return "tree" if large or not self._count else self.drawing

    @property
    def _count(self) -> int:
        return len(self.view.outline.folding.plan.rows)

    def legend(self) -> Sequence[Part]:
        """Say what the signs of the present drawing mean, or why it is not the one asked for."""
        if self.drawing == "graph" and self._count > MOST:
            count = f"{looks.count(self._count)} steps are too many for a graph"
            return [(f"{count}, which has {MOST} at most: a tree", "table--warning")]
        return self.view.legend(self.drawn) if self.rows else []

    # What is shown

    def show_plan(self, run: Run, plan: Plan, now: datetime) -> None:
        """Show the steps of a run as they are at an instant."""
        self.view = self.view.show(run, plan, now)
        self.show()

    def clear(self) -> None:
        """Show no plan, until there is one of another run."""
        self.view = PlanView()
        self.show()

    def tick(self, run: Run, now: datetime) -> None:
        """Let time pass: redraw what reads otherwise now."""
        self.view = self.view.at(run, now)
        self.refresh_changed()

    def set_rows(self, rows: Sequence[OutlineRow], *, top: bool = False) -> None:
        """Show other rows; the cursor stays with its step, or goes to the line that hides it."""
        wanted = self.hidden or self._cursor_key()
        self._places = {row.step.key: at for at, row in enumerate(rows)}
        if not rows:
            self.put_on_canvas(None)
        super().set_rows(rows, top=top)
        if wanted is not None and not top:
            self.select(wanted)

    def select(self, key: Hashable) -> bool:
        """Put the cursor on a step, or on the line that hides it; tell whether there is one."""
        wanted = str(key)
        lines = [wanted] if wanted in self._places else list(self.view.outline.above(wanted))
        shown = next((line for line in lines if line in self._places), None)
        found = shown is not None and super().select(shown)
        self.hidden = wanted if shown not in (None, wanted) else None
        return found

    def watch_cursor(self, before: int, now: int) -> None:
        """Forget the step that the line under the cursor hid."""
        self.hidden = None
        super().watch_cursor(before, now)

    def on_resize(self) -> None:
        """Share the width anew."""
        self._deepest = DEEPEST // 2 if self.size.width < NARROW else DEEPEST
        self.columns = self._columns()
        super().on_resize()

    def show(self) -> None:
        """Draw the plan as it is now."""
        outline, drawn = self.view.outline, self.drawn
        if self.show_head != (drawn != "tree"):
            self.show_head = drawn != "tree"
            self._laid_out = -1
        if drawn == "graph":
            self._show_graph()
            return
        arranged = self._arranged(outline, drawn)
        if self.canvas is not None:
            self.put_on_canvas(None)
        self._longest, self._counted = arranged.longest, arranged.counted
        laid = (drawn, self._longest, self._counted)
        if laid != self._laid:
            self._laid = laid
            self.set_columns(self._columns())
        self.set_rows(arranged.rows)

    def _arranged(self, outline: Outline, drawn: str) -> "_Arranged":
        """Give the lines of a drawing; they are made anew for another outline only."""
        known = self._known.get(drawn)
        if known is None or known.outline is not outline or known.deepest != self._deepest:
            rows = outline.tree() if drawn == "tree" else outline.by_start()
            widths = [self._width(row, drawn) for row in rows]
            counted = (width for row, width in zip(rows, widths, strict=True) if row.inside)
            longest = max(widths, default=0)
            known = _Arranged(outline, self._deepest, rows, longest, max(counted, default=0))
            self._known[drawn] = known
        return known

    def _show_graph(self) -> None:
        folded = self.view.outline.folding
        rows = [
            OutlineRow(place, group, group.steps if group else (), is_open=False)
            for place in folded.plan.rows
            for group in [folded.groups.get(place.step.key)]
        ]
        boxes = self.view.boxes(rows)
        widths = {name: box.width for name, box in boxes.items()}
        laid = ("graph", *((row.step.key, row.step.depends_on) for row in rows), widths)
        canvas = self.canvas if laid == self._laid else None
        self._laid = laid
        fresh = canvas is None
        if canvas is None:
            canvas = Canvas(Layers.of(folded.plan, widths), boxes)
        canvas.boxes = boxes
        places = canvas.layers.places
        rows.sort(key=lambda row: (places[row.step.key].layer, places[row.step.key].x))
        self.set_rows(rows)
        if fresh and rows:
            self.put_on_canvas(canvas)
        self.refresh_changed()

    def draw(self, drawing: str) -> None:
        """Draw the plan in another way, one of `DRAWINGS`."""
        self.drawing = drawing
        self._laid = ()
        self.show()
        self.refresh()
        self.post_message(self.Drawn(self))

    # The cells

    def about(self) -> Cell:
        """Say of the box under the cursor, or of the step in it that was gone to, what it is."""
        row = self.row
        hidden = self.plan.steps.get(self.hidden or "")
        if row is not None and hidden is not None:
            row = OutlineRow(replace(row.place, step=hidden))
        return self.view.about(row) if row is not None else []

    def title(self, column: Column[OutlineRow], width: int) -> str:
        """Give the time axis above the bars."""
        return self.view.scale(width) if column.id == "timeline" else column.title

    def _columns(self) -> Sequence[Column[OutlineRow]]:
        if self.drawn == "timeline":
            most = max(self.size.width // 3, min(self._counted, self.size.width // 2), 14)
            return [
                Column("step", "", lambda row: self.view.marked(row), min(self._longest, most)),
                Column("took", "", lambda row: self.view.took(row), 7, right=True, rank=1),
                Column("timeline", "", self._timeline, 12, grows=True),
            ]
        least = max(min(self._counted, COUNTED), 20)
        cap = min(max(self._longest, 20), 44)
        return [
            Column("step", "STEP", self._in_tree, least, grows=True, cap=cap),
            Column("took", "TOOK", lambda row: self.view.took(row), 7, right=True),
            Column("bar", "", lambda row: self.view.short_bar(row), BAR, rank=2),
            Column("note", "", lambda row: self.view.note(row), 12, grows=True, rank=1),
        ]

    def _width(self, row: OutlineRow, drawn: str) -> int:
        if drawn == "tree":
            return plan_cells.width_in_tree(row, self._deepest)
        return 2 + 2 * row.indent + plan_cells.width(row)

    def _in_tree(self, row: OutlineRow) -> Cell:
        return plan_cells.in_tree(row, self._deepest)

    def _timeline(self, row: OutlineRow) -> Cell:
        return self.view.bar(row, self.width_of("timeline"))
