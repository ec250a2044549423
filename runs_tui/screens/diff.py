"""Two runs held against each other: what is different this time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.getters import query_one

from runs_tui.adapters.base import Source
from runs_tui.adapters.partners import Side, diff_of, last_good, read_side
from runs_tui.keys import key, quiet
from runs_tui.model.clock import Clock
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run
from runs_tui.model.step_diff import StepDiff
from runs_tui.screens.aside import GOING, Aside
from runs_tui.screens.diff_told import copied, heads, titles, verdict
from runs_tui.screens.log_diff import LogDiffScreen
from runs_tui.screens.log_reading import LogPace
from runs_tui.screens.partner import ask_partner
from runs_tui.widgets.diff_tables import SIGNS, FactDiffTable, Folded, StepDiffTable
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.parts_line import Parts, PartsLine
from runs_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from runs_tui.model.diff import Diff


AGAIN = 5.0
"""After how many seconds a run that goes on is read again."""


class DiffScreen(Aside, inherit_bindings=False):
    """Shows what differs between a run and another one, the last good one unless it is told."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("L", "log", "diff.log", "whole log", "The whole log of both runs"),
        key("c", "choose_partner", "diff.partner", "other run", "Choose the run to compare with"),
        key("x", "swap", "diff.swap", "swap", "Swap the two runs"),
        key("y", "copy", "diff.copy", "copy", "Copy what differs as text"),
        quiet("o", "browse", "run.browse", "browser", "Open the web address of the run"),
        quiet("r,ctrl+r", "read_again", "diff.again", "read again", "Read both runs again now"),
        *GOING,
    ]

    head = query_one("#diff-head", PartsLine)
    facts = query_one("#diff-facts", FactDiffTable)
    steps = query_one("#diff-steps", StepDiffTable)

    def __init__(
        self,
        run: Run,
        other: Run | None,
        *,
        plan: Plan | None = None,
        sources: Mapping[str, Source],
        known: Callable[[], Sequence[Run]],
        clock: Clock,
        log_pace: LogPace | None = None,
        again: float = AGAIN,
    ) -> None:
        """Hold a run, of which the plan may be known, against another; None for the last good.

        What goes on is read again every so many seconds.
        """
        super().__init__()
        self._sources = sources
        self._known = known
        self._clock = clock
        self._log_pace = log_pace or LogPace()
        self._again = again
        self._run = Side(run, plan)
        self._other = Side(other) if other else None
        self._turned = False
        self._against = "another run" if other else "its last good run"
        self._lines: Sequence[Parts] = ()
        self.diff: Diff | None = None
        """What differs; None before both runs were read."""

    def compose(self) -> ComposeResult:
        """Lay out the head, the facts and the steps."""
        yield PartsLine(id="diff-head")
        with Vertical(id="diff-body"):
            yield FactDiffTable(id="diff-facts")
            yield StepDiffTable(id="diff-steps")
        yield PartsLine(id="position")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Begin to read."""
        self._show()
        self.read()

    # Reading

    @work(group="diff", exclusive=True, exit_on_error=False)
    async def read(self) -> None:
        """Find the other run if there is none yet, and read both."""
        if self._other is None:
            if self._run.run.workflow_id is None:
                self._run = await self._read_side(self._run)
            run = self._run.run
            self.say((f" Looking for the last good run of {run.workflow}…", "table--dim"))
            found = await last_good(run, self._known(), self._sources[run.source])
            if isinstance(found, str):
                self.say((f" {found} c chooses another run", "table--warning"))
                return
            self._other = Side(found)
            if any(found is run for run in self._known()):
                self._against = "its last good run on the board"
            self._show()
        self.say((" Reading both runs…", "table--dim"))
        other = self._other
        while True:
            self._run, other = await asyncio.gather(
                self._read_side(self._run), self._read_side(other)
            )
            self._other = other
            going = [sign for sign, side in zip(SIGNS, self.sides, strict=True) if side.run.active]
            told = f" Followed while it goes on: {' and '.join(going)}" if going else ""
            self.say((told, "table--dim"))
            self._show()
            if not going:
                return
            await asyncio.sleep(self._again)

    async def _read_side(self, side: Side) -> Side:
        if side.plan is not None and not side.run.active and not side.trouble:
            return side
        return await read_side(self._sources[side.run.source], side)

    # What it shows

    @property
    def sides(self) -> Sequence[Side]:
        """Give the two runs as they stand here, the one that is held against first."""
        told = [side for side in (self._other, self._run) if side is not None]
        return told[::-1] if self._turned else told

    def _show(self) -> None:
        sides, now, was_read = self.sides, self._clock.now(), self.diff is not None
        colors = {name: source.connection.color for name, source in self._sources.items()}
        first: Parts = [
            (f" {self._run.run.workflow}", "table--strong"),
            (f" against {self._against}", "table--dim"),
        ]
        lines = [first, *heads(sides, now, colors)]
        read = len(sides) == 2 and all(side.plan is not None or side.trouble for side in sides)
        if read:
            before, after = sides
            self.diff = diff_of(before, after, now)
            lines.insert(1, verdict(self.diff))
            called = titles(self.diff.before, self.diff.after)
            self.facts.show_diff(self.diff, *called)
            self.steps.show_diff(self.diff, *called)
        else:
            self.diff = None
            lines.insert(1, [(" …", "table--dim")])
        self.facts.display = bool(self.diff and self.diff.facts)
        self.steps.display = bool(self.diff and self.diff.steps)
        self._lines = lines
        self.head.styles.height = len(lines)
        self.head.show(*((line, ()) for line in lines))
        if self.diff is not None and not was_read:
            (self.steps if self.steps.display else self.facts).focus()
        self.refresh_bindings()

    # What can be done

    def why_not(self, action: str) -> str | None:
        """Say why an action cannot be done now; None where it can."""
        if action in ("log", "copy", "swap") and self.diff is None:
            return "the other run is not read yet"
        if action == "browse" and not self._run.run.url:
            return "this API tells no web address"
        return None

    def _cannot(self, action: str) -> bool:
        why = self.why_not(action)
        if why:
            self.flash(f"Cannot do that: {why}")
        return why is not None

    def action_swap(self) -> None:
        """Swap the two runs."""
        if not self._cannot("swap"):
            self._turned = not self._turned
            self._show()

    @on(VirtualTable.Chosen, "#diff-steps")
    def choose_step(self) -> None:
        """Hold the logs of a step against each other, or unfold the steps that are alike."""
        row = self.steps.row
        if isinstance(row, Folded) and self.diff is not None:
            self.steps.unfolded = True
            self._show()
        elif isinstance(row, StepDiff):
            self._compare_logs(row)

    def action_log(self) -> None:
        """Hold the whole logs against each other."""
        if not self._cannot("log"):
            self._compare_logs(None)

    def _compare_logs(self, step: StepDiff | None) -> None:
        sides = self.sides
        runs = [(side.run, self._sources[side.run.source]) for side in sides]
        self.app.push_screen(
            LogDiffScreen(runs, step, self._lines[2:4], self._clock, self._log_pace)
        )

    def action_copy(self) -> None:
        """Copy what differs as text."""
        if self.diff is not None and not self._cannot("copy"):
            self.hand_over("what differs", "\n".join(copied(self.diff, self._lines)))

    def action_browse(self) -> None:
        """Open the web address of the run, and show it for those without a browser."""
        url = self._run.run.url
        if url is None or self._cannot("browse"):
            return
        self.browse(url)

    def action_read_again(self) -> None:
        """Read both runs again."""
        self._run = Side(self._run.run)
        self._other = Side(self._other.run) if self._other else None
        self.read()

    def action_choose_partner(self) -> None:
        """Choose the run to compare with."""
        self.choose_partner()

    @work(group="picking", exclusive=True, exit_on_error=False)
    async def choose_partner(self) -> None:
        """Ask for another run, and hold the run against it."""
        chosen = await ask_partner(self, self._run.run, self._known(), self._sources, self._clock)
        if isinstance(chosen, str):
            self.flash(chosen)
        elif chosen is not None:
            self._other, self._against = Side(chosen), "another run"
            self._show()
            self.read()
