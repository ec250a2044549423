"""The facts and the steps of two runs, beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from runs_tui import looks
from runs_tui.keys import key
from runs_tui.model.diff import Diff
from runs_tui.model.fact_diff import FactDiff
from runs_tui.model.state import State
from runs_tui.model.step_diff import StepDiff
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.virtual_table import VirtualTable

SIGNS = BEFORE, AFTER = "-", "+"
"""The signs of the two runs."""
SIDE = 19
"""The cells of where a step stood in one run."""
NAMES = (14, 26)
"""The fewest and the most cells of the names of facts and steps."""
_KEPT = 12


@dataclass(frozen=True, slots=True)
class Folded:
    """Stands for the steps of which nothing differs."""

    count: int
    """How many they are."""
    open: bool
    """Whether some of them are not over."""


class FactDiffTable(VirtualTable[FactDiff]):
    """The facts that differ, one a line."""

    opens = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without facts."""
        super().__init__(_fact_columns("", "", 0), id=id)
        self.show_cursor = False

    def key_of(self, row: FactDiff) -> str:
        """Give the name of the fact."""
        return row.name

    def show_diff(self, diff: Diff, before: str, after: str) -> None:
        """Show the facts that differ, under what the two runs are called."""
        self.set_columns(_fact_columns(before, after, _longest_name(diff)))
        self.set_rows(list(diff.facts))

    def on_focus(self) -> None:
        """Mark the fact under the cursor only while that can be moved."""
        self.mark_cursor(True)

    def on_blur(self) -> None:
        """Mark none."""
        self.mark_cursor(False)


def _longest_name(diff: Diff) -> int:
    """Give the cells of the longest name of a fact or step, so that both tables have as many."""
    names = [fact.name for fact in diff.facts] + [step.name for step in diff.steps]
    return min(max(map(cell_len, names), default=0), NAMES[1])


def _fact_columns(before: str, after: str, longest: int) -> Sequence[Column[FactDiff]]:
    return [
        Column("name", "FACT", _name, NAMES[0], grows=True, cap=longest),
        Column("before", before, _before, 12, grows=True, cap=60),
        Column("after", after, _after, 12, grows=True),
    ]


def _name(fact: FactDiff) -> Cell:
    return [(fact.name, "table--dim")]


def _before(fact: FactDiff) -> Cell:
    return _value(fact, fact.before, "table--dim")


def _after(fact: FactDiff) -> Cell:
    return _value(fact, fact.after, "")


def _value(fact: FactDiff, value: str | None, ink: str) -> Cell:
    if value is None:
        return [(looks.NOTHING, "table--dim")]
    if fact.name == "state":
        return [(f"{looks.glyph(State(value))} {value}", looks.css_class(State(value)))]
    alike = _alike(fact)
    return [("…" if alike else "", "table--dim"), (looks.flat(value[alike:]), ink)]


def _alike(fact: FactDiff) -> int:
    """Give how much of the beginning of two long values is left out, since it is the same."""
    one, other = fact.before or "", fact.after or ""
    same = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    return same - _KEPT if same > 2 * _KEPT else 0


class StepDiffTable(VirtualTable[StepDiff | Folded]):
    """The steps of two runs, the largest change first; those without any are folded to one line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "diff.step", "its log", "The log of this step in both runs"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without steps."""
        self.unfolded = False
        super().__init__(_step_columns("", "", 0), id=id)

    def key_of(self, row: StepDiff | Folded) -> object:
        """Give the keys of the pair."""
        return row.key if isinstance(row, StepDiff) else Folded

    def show_diff(self, diff: Diff, before: str, after: str) -> None:
        """Show the steps of both runs, under what the two runs are called."""
        self.set_columns(_step_columns(before, after, _longest_name(diff)))
        same: Sequence[StepDiff | Folded] = diff.unchanged
        if same and not self.unfolded:
            same = [Folded(len(same), any(step.open for step in diff.unchanged))]
        self.set_rows([*diff.changed, *same])


def _step_columns(before: str, after: str, longest: int) -> Sequence[Column[StepDiff | Folded]]:
    return [
        Column("step", "STEP", _step, NAMES[0], grows=True, cap=longest),
        Column("before", before, lambda row: _side(row, 0), SIDE, rank=2),
        Column("after", after, lambda row: _side(row, 1), SIDE, rank=1),
        Column("change", "CHANGE", _change, 20),
        Column("note", "", _note, 16, grows=True, rank=3),
    ]


def _step(row: StepDiff | Folded) -> Cell:
    if isinstance(row, Folded):
        return [(f"{looks.count(row.count)} alike{' so far' if row.open else ''}", "table--dim")]
    return [(row.name, "table--strong" if row.changed else "table--dim")]


def _side(row: StepDiff | Folded, side: int) -> Cell:
    if isinstance(row, Folded):
        return [] if side else [("Enter shows them", "table--dim")]
    step = (row.before, row.after)[side]
    if step is None:
        return [(looks.NOTHING, "table--dim")]
    seconds = (row.seconds_before, row.seconds_after)[side]
    parting = looks.ABOUT if "state" in step.derived else " "
    took = looks.duration(seconds) if seconds is not None else ""
    state = f"{looks.glyph(step.state)}{parting}{step.state}"
    return [(f"{state:<12}", looks.css_class(step.state)), (f"{took:>7}", "")]


def _change(row: StepDiff | Folded) -> Cell:
    if isinstance(row, Folded):
        return []
    parts: list[tuple[str, str]] = []
    if row.alone:
        parts = [(f"only in {AFTER if row.before is None else BEFORE}", "table--warning")]
    elif row.turned and row.after:
        parts = [(f"→ {row.after.state}", looks.css_class(row.after.state))]
    elif row.fails_otherwise:
        parts = [("another error", "state--failed")]
    if row.matters and row.change is not None:
        longer = row.change > 0
        told = f"{AFTER if longer else BEFORE}{looks.duration(abs(row.change))}"
        times = f"  {row.ratio:.1f}×" if row.ratio and not parts else ""
        parts.append((f" {told}" if parts else told, "table--warning" if longer else ""))
        parts.append((times, "table--dim"))
    elif row.tried_otherwise and not parts:
        tries = [str(step.attempt or 1) for step in (row.before, row.after) if step]
        parts = [(f"attempts {' → '.join(tries)}", "")]
    return parts


def _note(row: StepDiff | Folded) -> Cell:
    if isinstance(row, Folded):
        return []
    failed = [step for step in (row.after, row.before) if step and step.state is State.FAILED]
    error = failed[0].error if failed else None
    return [(error, "state--failed")] if error and row.changed else []
