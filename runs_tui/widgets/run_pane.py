"""The run pane: one run with its steps, events, facts and JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.reactive import var

from runs_tui import looks
from runs_tui.model.clock import BEGINNING
from runs_tui.model.feed import Feed
from runs_tui.model.lineage import Lineage
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.model.text import shorten
from runs_tui.model.why import has_failed
from runs_tui.widgets.attempts_table import AttemptsTable, about
from runs_tui.widgets.columns import Part
from runs_tui.widgets.expected import expected
from runs_tui.widgets.facts_table import FactsTable
from runs_tui.widgets.feed_table import FeedTable
from runs_tui.widgets.json_table import JsonTable
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.parts_line import PartsLine, after_name, named_in, width_of
from runs_tui.widgets.plan_table import PlanTable
from runs_tui.widgets.searching import Searchable
from runs_tui.widgets.value_table import ValueTable
from runs_tui.widgets.virtual_table import VirtualTable
from runs_tui.widgets.why_table import WhyTable

if TYPE_CHECKING:
    from textual.timer import Timer

    from runs_tui.model.expectation import Expectation

TABS = ("why", "steps", "events", "attempts", "facts", "json")
"""What a run pane can show."""
LEFT = 0.2
"""For how many seconds the steps of the run before are left, while those of the next are read."""
WIDE = 70
"""The cells from which on all that is to be expected of a run is told."""


class RunPane(Vertical):
    """Shows one run; it is told what to show and never asks the network."""

    tab: var[str] = var("steps", init=False)
    """Which of `TABS` is shown."""

    head = query_one("#run-head", PartsLine)
    tabs = query_one("#run-tabs", PartsLine)
    why_table = query_one("#why", WhyTable)
    plan_table = query_one("#plan", PlanTable)
    plan_state = query_one("#plan-state", PartsLine)
    feed_head = query_one("#feed-head", PartsLine)
    feed_table = query_one("#feed", FeedTable)
    attempts_table = query_one("#attempts", AttemptsTable)
    attempts_state = query_one("#attempts-state", PartsLine)
    facts_table = query_one("#facts", FactsTable)
    json_table = query_one("#json", JsonTable)
    values_head = query_one("#values-head", PartsLine)
    find_input = query_one("#find", LineInput)

    DEFAULT_CLASSES: ClassVar[str] = "-steps"

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a run."""
        super().__init__(id=id)
        self.shown: Run | None = None
        self.plan: Plan | None = None
        self.trouble = ""
        self.chosen_tab: str | None = None
        """The tab that was chosen; None for the one that answers first."""
        self.lineage_told = ""
        """What is said of the lineage as a whole."""
        self.source_colors: Mapping[str, str | None] = {}
        """The colours of sources, by their names."""
        self.expectation: Expectation | None = None
        """What is to be expected of the run, by how long those before it took."""
        self.now = BEGINNING
        self._leaving: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the head, the tabs and what each shows."""
        yield PartsLine(id="run-head")
        yield PartsLine(id="run-tabs")
        yield WhyTable(id="why")
        yield PartsLine(id="plan-state")
        yield PlanTable(id="plan")
        yield PartsLine(id="feed-head")
        yield FeedTable(id="feed")
        yield PartsLine(id="attempts-state")
        yield AttemptsTable(id="attempts")
        yield PartsLine(id="values-head")
        yield FactsTable(id="facts")
        yield JsonTable(id="json")
        yield LineInput("words to search for", id="find")

    def show_run(self, run: Run | None, now: datetime) -> None:
        """Show the facts of a run; those of its steps and events come by themselves."""
        self.now = now
        other = (run and run.key) != (self.shown and self.shown.key)
        self.shown = run
        if other:
            self.plan, self.trouble = None, ""
            self.why_table.clear()
            self._leave_steps()
            self.attempts_table.set_rows(())
            self.facts_table.clear()
            self.json_table.clear()
            self.feed_table.show_feed(Feed())
        self._turn_up(opening=other)
        self._tell_time(now)
        self._tell()

    def _leave_steps(self) -> None:
        """Let the steps of the run before stand a moment: most are drawn over before it is over."""
        if self._leaving is not None:
            self._leaving.stop()
        if self.shown is not None and self.plan_table.rows:
            self._leaving = self.set_timer(LEFT, self._clear_steps)
        else:
            self._clear_steps()

    def _clear_steps(self) -> None:
        self._leaving = None
        if self.plan is None:
            self.plan_table.clear()
            self._tell()

    @property
    def step(self) -> Step | None:
        """Give the step of this run under the cursor."""
        return self.plan_table.step if self.plan is not None else None

    def _tell_time(self, now: datetime) -> None:
        run = self.shown
        self.feed_table.tell_time(now, run.started_at or run.created_at if run else None)

    def show_plan(self, plan: Plan) -> None:
        """Show the steps of the run."""
        first = self.plan is None
        self.plan = plan
        if self._leaving is not None:
            self._leaving.stop()
            self._leaving = None
        if self.shown:
            self.plan_table.show_plan(self.shown, plan, self.now)
            if first and plan.failed:
                self.plan_table.select(plan.failed[0].key)
            self.feed_table.name_steps({key: step.name for key, step in plan.steps.items()})
        self._turn_up(opening=first)
        self._tell()

    def show_trouble(self, sentence: str) -> None:
        """Say what stands in the way of reading the run; what was read stays."""
        self.trouble = sentence
        self._tell()

    def tick(self, now: datetime) -> None:
        """Let time pass."""
        self.now = now
        self._tell_time(now)
        if self.shown:
            self._tell()
            self.plan_table.tick(self.shown, now)
            self.attempts_table.tick(now)

    def show_lineage(self, lineage: Lineage, told: str) -> None:
        """Show what the run belongs to, and a sentence about it."""
        self.attempts_table.show_lineage(lineage, self.now)
        self.lineage_told = told
        self.tell_attempt()

    @on(VirtualTable.Highlighted, "#attempts")
    def tell_attempt(self) -> None:
        """Tell of the row under the cursor, and of the whole lineage."""
        row, alone = self.attempts_table.row, len(self.attempts_table.rows) < 2
        told = [(self.lineage_told, "table--dim")] if self.lineage_told else []
        lines = [line for line in (about(row) if row and not alone else (), told) if line]
        self.set_class(len(lines) > 1, "-lineage-told")
        self.attempts_state.show(*((line, ()) for line in lines))

    def document(self, document: object) -> None:
        """Show the run as JSON."""
        self.json_table.show_document(document)

    def main_table(self) -> VirtualTable[object]:
        """Give the table that the present tab is about."""
        tables: dict[str, VirtualTable[object]] = {
            "why": self.why_table,  # type: ignore[dict-item]
            "steps": self.plan_table,  # type: ignore[dict-item]
            "events": self.feed_table,  # type: ignore[dict-item]
            "attempts": self.attempts_table,  # type: ignore[dict-item]
            "facts": self.facts_table,  # type: ignore[dict-item]
            "json": self.json_table,  # type: ignore[dict-item]
        }
        return tables[self.tab]

    @property
    def value_table(self) -> ValueTable | None:
        """Give the tree of values that the present tab shows, if it shows one."""
        return {"facts": self.facts_table, "json": self.json_table}.get(self.tab)

    @property
    def searchable(self) -> Searchable:
        """Give the table that the present tab searches."""
        return self.value_table or self.feed_table

    @on(ValueTable.Changed)
    def _tell_values(self) -> None:
        """Say where in the facts or the JSON the cursor stands, and what was found."""
        if self.value_table is not None:
            self.values_head.show(self.value_table.told())

    @property
    def automatic_tab(self) -> str:
        """Give the tab that answers first: why it failed, else its steps."""
        return "why" if has_failed(self.shown, self.plan) else "steps"

    def choose_tab(self, tab: str) -> None:
        """Show a tab, also of the runs to come; the one that answers first leaves that to them."""
        self.chosen_tab = None if tab == self.automatic_tab else tab
        self.tab = tab

    def _turn_up(self, *, opening: bool) -> None:
        """Show the tab that was chosen, else the one that answers first.

        Nothing is turned away under somebody who reads it, unless the run is another one.
        """
        if opening or not self.has_focus_within:
            self.tab = self.chosen_tab or self.automatic_tab

    def watch_tab(self, before: str, now: str) -> None:
        """Show another tab, and keep the focus in the pane."""
        inside = self.has_focus_within
        self.set_class(False, f"-{before}")
        self.set_class(True, f"-{now}")
        self._tell()
        self._tell_values()
        if inside:
            self.main_table().focus()

    @on(PlanTable.Drawn)
    def tell_legend(self) -> None:
        """Say what the signs of another drawing of the plan mean."""
        self._tell()

    # What the lines say

    def on_resize(self) -> None:
        """Say it in the room there is."""
        self._tell()

    def _tell(self) -> None:
        head = self._head()
        self.set_class(len(head) > 2, "-said")
        self.head.show(*head)
        self.tabs.show((self._tabs(), ()))
        state = self._plan_state()
        legend = self.plan_table.legend()
        parts = [*legend, (f"  {state}" if legend else state, "table--dim")]
        self.plan_state.display = bool(state or legend) and self.tab == "steps"
        self.plan_state.show((parts, ()))
        if self.shown and self.tab == "facts":
            self.facts_table.show_run(self.shown, self.now)

    def _head(self) -> Sequence[tuple[Sequence[Part], Sequence[Part]]]:
        run = self.shown
        if run is None:
            return [([("no run", "table--dim")], ())]
        state = (f"{looks.glyph(run.state)} {looks.word(run)}", looks.css_class(run.state))
        stands: list[Part] = [("  ", ""), state]
        took = looks.took(run, self.now)
        if took != looks.NOTHING:
            stands.append((f"  {took}", ""))
        if run.progress is not None and run.active:
            stands.append((f"  {run.progress:.0%}", ""))
        rest = " · ".join(self._circumstances(run)).removeprefix(run.source)
        color = self.source_colors.get(run.source)
        second = named_in(color, run.source, "", rest, ink="table--dim")
        said = run.error or (run.reason if run.state is not State.SUCCEEDED else "")
        below = self.tab == "why" and run.state in (State.FAILED, State.CANCELLED)
        why = self.trouble or ("" if below else said)
        ink = "table--warning" if self.trouble or run.state is not State.FAILED else "state--failed"
        right = expected(self.expectation, run, self.now, short=self.size.width < WIDE)
        first = after_name((run.workflow, "table--strong"), stands, right, self.head.size.width)
        lines: list[tuple[Sequence[Part], Sequence[Part]]] = [first, (second, ())]
        return [*lines, ([(why, ink)], ())] if why else lines

    def _circumstances(self, run: Run) -> Sequence[str]:
        started = looks.started(run, self.now)
        told = [
            f"{run.source}/{run.name or run.id}",
            f"version {shorten(run.version, 12)}" if run.version else "",
            run.trigger or "",
            "not started" if started == looks.NOTHING else f"started {started}",
            f"attempt {run.attempt}" if run.attempt and run.attempt > 1 else "",
        ]
        return [text for text in told if text]

    def _tabs(self) -> Sequence[Part]:
        parts: list[Part] = []
        for name in TABS:
            title = "JSON" if name == "json" else name.capitalize()
            shown = name == self.tab
            parts.append((f"▸{title}  " if shown else f"{title}  ", _TAB_INKS[shown]))
            while shown and len(parts) > 1 and width_of(parts) > self.tabs.size.width > 0:
                parts.pop(0)
        if self.plan and self.plan.steps:
            parts.append((self._counts(self.plan), "table--dim"))
        return parts

    def _counts(self, plan: Plan) -> str:
        states = [step.state for step in plan.wholes]
        done = sum(state is State.SUCCEEDED for state in states)
        failed = sum(state is State.FAILED for state in states)
        return f"{done}/{len(states)} done" + (f", {failed} failed" if failed else "")

    def _plan_state(self) -> str:
        if self.shown is None:
            return ""
        if self.plan is None:
            return "" if self.trouble or self._leaving is not None else "reading the steps…"
        if not self.plan.steps:
            return "This run has told of no steps yet." if self.shown.active else "It has no steps."
        if any(step.derived for step in self.plan.steps.values()):
            return f"{looks.ABOUT} was concluded: this API does not tell it"
        return ""


_TAB_INKS = {True: "table--accent", False: "table--dim"}
