"""Choosing the run to compare with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.adapters.finding import find_run
from runs_tui.adapters.partners import recent
from runs_tui.keys import key, quiet
from runs_tui.model.clock import Clock
from runs_tui.model.run import Run, RunKey
from runs_tui.model.text import one_line
from runs_tui.screens.aside import Aside
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.virtual_table import VirtualTable


class PartnerTable(VirtualTable[Run]):
    """Runs of one workflow, the newest first."""

    show_head = False

    def __init__(self, clock: Clock) -> None:
        """Begin empty."""
        now = clock.now()
        columns: Sequence[Column[Run]] = [
            Column("state", "", _state, 12),
            Column("run", "", _run, 16, grows=True, cap=36),
            Column("version", "", lambda run: [(run.version or "", "table--dim")], 6, rank=2),
            Column("started", "", lambda run: [(looks.started(run, now), "")], 8, right=True),
            Column("took", "", lambda run: [(looks.took(run, now), "")], 7, right=True, rank=1),
        ]
        super().__init__(columns, id="partners")

    def key_of(self, row: Run) -> RunKey:
        """Give the key of the run."""
        return row.key


def _state(run: Run) -> Cell:
    return [(f"{looks.glyph(run.state)} {looks.word(run)}", looks.css_class(run.state))]


def _run(run: Run) -> Cell:
    return [(f"{run.source}/{run.name or run.id}", "table--dim")]


class PartnerScreen(ModalScreen[Run | str | None], inherit_bindings=False):
    """Asks which run to compare with; gives a run, what was typed, or None for no other."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        quiet("tab", "app.focus_next", "aside.next", "next table", "Next table"),
        quiet("shift+tab", "app.focus_previous", "aside.previous", "table before", "Table before"),
        key("escape", "leave", "partner.leave", "leave it", "Compare with no other run"),
    ]

    table = query_one(PartnerTable)

    def __init__(
        self, run: Run, ask: Callable[[], Awaitable[tuple[Sequence[Run], str]]], clock: Clock
    ) -> None:
        """Offer the runs that are asked for, and any that is typed."""
        super().__init__()
        self._run = run
        self._ask = ask
        self._clock = clock

    def compose(self) -> ComposeResult:
        """Lay out the runs and the line to type in."""
        run = self._run
        with Vertical(id="picker"):
            yield Static(
                Content(f"Compare {run.workflow}, {run.source}/{run.name or run.id}, with"),
                id="picker-about",
            )
            yield PartnerTable(self._clock)
            yield LineInput("or type any source/id or web address", id="partner-typed")
            yield Static(Content("Reading the runs of the workflow…"), id="picker-keys")

    def on_mount(self) -> None:
        """Read the runs."""
        self.query_one("#picker").border_subtitle = "Esc goes back"
        self.table.focus()
        self.read()

    @work(exit_on_error=False)
    async def read(self) -> None:
        """Show the runs once they are told."""
        runs, trouble = await self._ask()
        self.table.set_rows(runs)
        told = "Enter compares with the marked run, Tab goes to the line to type in"
        if not runs:
            told = "No other run of this workflow is known: type one"
            self.query_one(LineInput).focus()
        self.query_one("#picker-keys", Static).update(Content(f"{trouble}\n{told}".strip()))

    @on(VirtualTable.Chosen)
    def choose(self) -> None:
        """Give the run under the cursor."""
        if self.table.row is not None:
            self.dismiss(self.table.row)

    @on(Input.Submitted)
    def take(self, typed: Input.Submitted) -> None:
        """Give what was typed."""
        if typed.value.strip():
            self.dismiss(typed.value.strip())

    def action_leave(self) -> None:
        """Compare with no other run."""
        self.dismiss(None)


async def ask_partner(
    screen: Aside,
    run: Run,
    known: Sequence[Run],
    sources: Mapping[str, Source],
    clock: Clock,
) -> Run | str | None:
    """Ask which run to compare with; a sentence says why what was typed is none."""
    ask = partial(recent, run, known, sources[run.source])
    chosen = await screen.app.push_screen_wait(PartnerScreen(run, ask, clock))
    if not isinstance(chosen, str):
        return chosen
    screen.flash(f"Asking for {one_line(chosen.partition('?')[0], 80)}…")
    return await find_run(chosen, sources)
