"""The logs of two runs, or of one step of them, held against each other."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.getters import query_one

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.keys import key
from runs_tui.model.clock import Clock
from runs_tui.model.log_diff import MOST, DiffRow, LogDiff, LogLine, lines_of
from runs_tui.model.run import Run, Step
from runs_tui.model.step_diff import StepDiff
from runs_tui.screens.aside import GOING, Aside
from runs_tui.screens.log_reading import LogPace, Told, read_events
from runs_tui.widgets.diff_tables import AFTER, BEFORE, SIGNS
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.log_diff_table import LogDiffTable
from runs_tui.widgets.parts_line import Parts, PartsLine


class LogDiffScreen(Aside, inherit_bindings=False):
    """Shows the lines of a step in one run against those in the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("y", "copy", "diff.copy", "copy", "Copy what differs as text"),
        *GOING,
    ]

    head = query_one("#diff-head", PartsLine)
    table = query_one(LogDiffTable)

    def __init__(
        self,
        runs: Sequence[tuple[Run, Source]],
        step: StepDiff | None,
        heads: Sequence[Parts],
        clock: Clock,
        pace: LogPace,
    ) -> None:
        """Compare two runs in a step of theirs, or as a whole, under a line for each run."""
        super().__init__()
        self._runs = runs
        self._step = step
        self._heads = heads
        self._clock = clock
        self._pace = pace

    def compose(self) -> ComposeResult:
        """Lay out the head and the lines."""
        yield PartsLine(id="diff-head")
        yield LogDiffTable(id="log-diff")
        yield PartsLine(id="position")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Begin to read."""
        self._show([(" Reading the logs…", "table--dim")])
        self.table.focus()
        self.read()

    @work(exit_on_error=False)
    async def read(self) -> None:
        """Read both logs, and show what differs."""
        steps = (self._step.before, self._step.after) if self._step else (None, None)
        told = await asyncio.gather(
            *(self._told(*run, step) for run, step in zip(self._runs, steps, strict=True))
        )
        before, after = lines = [list(lines_of(each.events))[-MOST:] for each in told]
        diff = await asyncio.to_thread(LogDiff.of, before, after)
        self.table.show_diff(diff)
        self._show(_unread(told) or _verdict(diff, lines))
        self.say((" · ".join(_notes(told, lines, diff)), "table--warning"))

    async def _told(self, run: Run, source: Source, step: Step | None) -> Told:
        if self._step is not None and step is None:
            return Told(notes=["it has no such step"])
        return await read_events(source, run, step, self._pace)

    def _show(self, verdict: Parts) -> None:
        what = self._step.name if self._step else "the whole log"
        first = [(f" {what}", "table--strong"), ("  in both runs", "table--dim")]
        lines = [first, verdict, *self._heads]
        self.head.styles.height = len(lines)
        self.head.show(*((line, ()) for line in lines))

    def why_not(self, action: str) -> str | None:
        """Say why an action cannot be done now; None where it can."""
        return "there are no lines" if action == "copy" and not self.table.rows else None

    def action_copy(self) -> None:
        """Copy what differs as text."""
        rows = list(self.table.diff.rows(beside=False))
        if not rows:
            self.flash("Cannot copy: there are no lines")
            return
        self.hand_over("what differs", "\n".join(map(_text, rows)))


def _unread(told: Sequence[Told]) -> Parts:
    """Say which of the logs was not read, so that nothing can be compared; nothing else."""
    unread = [
        f"{sign} {each.unread}" for sign, each in zip(SIGNS, told, strict=True) if each.unread
    ]
    return [(f" Nothing to compare: {'; '.join(unread)}", "table--warning")] if unread else []


def _verdict(diff: LogDiff, lines: Sequence[Sequence[LogLine]]) -> Parts:
    if not any(lines):
        return [(" Neither run has told a line here", "table--dim")]
    if not diff.removed and not diff.added:
        return [(" The logs say the same but for numbers, times and ids", "state--succeeded")]
    counts = [(diff.added, AFTER, "table--accent"), (diff.removed, BEFORE, "")]
    parts = [(" ", "")]
    for count, sign, ink in counts:
        if count:
            told = f"{looks.counted(count, 'line')} only in {sign}"
            parts.append((f", {told}" if len(parts) > 1 else told, ink))
    return [*parts, (" · numbers, times and ids count as alike", "table--dim")]


def _notes(
    told: Sequence[Told], lines: Sequence[Sequence[LogLine]], diff: LogDiff
) -> Sequence[str]:
    notes = [
        f" {sign} {note}"
        for sign, each in zip(SIGNS, told, strict=True)
        for note in each.notes
        if note != each.unread
    ]
    if any(len(each) == MOST for each in lines):
        notes.append(f" the last {MOST:,} lines of each are compared")
    if not diff.aligned:
        notes.append(" too much alike to be aligned to the end")
    return notes


def _text(row: DiffRow) -> str:
    if row.hidden:
        return f"⋯ {looks.counted(row.hidden, 'line')} alike"
    line = row.after or row.before
    sign = " " if row.same else AFTER if row.after else BEFORE
    return f"{sign} {line.text if line else ''}"
