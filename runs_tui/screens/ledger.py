"""What became of each run that something was done to, as the answers come."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from runs_tui import looks
from runs_tui.adapters.acts import Outcome
from runs_tui.adapters.base import Action
from runs_tui.keys import key
from runs_tui.model.run import Run, RunKey
from runs_tui.screens.act_table import ActRow, ActTable
from runs_tui.widgets.inks import INKS

Latest = Callable[[Run], Run]


class Ledger:
    """The outcomes of one action on several runs; those that are not there yet are awaited."""

    def __init__(self, action: Action, runs: Sequence[Run]) -> None:
        """Await the outcome of each run."""
        self.action = action
        self._runs = {run.key: run for run in runs}
        self._outcomes: dict[RunKey, Outcome] = {}

    def take(self, outcome: Outcome) -> None:
        """Learn what became of a run."""
        self._outcomes[outcome.key] = outcome

    @property
    def runs(self) -> Sequence[Run]:
        """Give the runs that it is about."""
        return list(self._runs.values())

    @property
    def failed(self) -> Sequence[Run]:
        """Give the runs that it was not done to, as they are known now."""
        outcomes = self._outcomes.values()
        return [o.run or self._runs[o.key] for o in outcomes if not o.ok]

    @property
    def awaited(self) -> int:
        """Count the runs whose outcome is not known yet."""
        return len(self._runs) - len(self._outcomes)

    def rows(self, latest: Latest) -> Sequence[ActRow]:
        """Give a line for each run; `latest` gives a run as it is known by now."""
        return [self._row(run, self._outcomes.get(key), latest) for key, run in self._runs.items()]

    def _row(self, run: Run, outcome: Outcome | None, latest: Latest) -> ActRow:
        if outcome is None:
            return ActRow(latest(run), f"{_DOING[self.action]}…", "table--accent")
        after = outcome.run or run
        if outcome.error is not None:
            return ActRow(latest(after), f"✗ {outcome.error.sentence}", "state--failed", run)
        told = f"✓ {done(self.action, run, after)}"
        return ActRow(latest(after), told, "state--succeeded", run)

    @property
    def sentence(self) -> str:
        """Say how many went how."""
        went = len(self._outcomes) - len(self.failed)
        told = [f"{looks.counted(went, 'run')} {_DONE[self.action]}"]
        if self.failed:
            told.append(f"{looks.count(len(self.failed))} could not be")
        if self.awaited:
            told.append(f"{looks.count(self.awaited)} awaited")
        return ", ".join(told)


_DOING: Mapping[Action, str] = {"cancel": "cancelling", "retry": "retrying"}
_DONE: Mapping[Action, str] = {"cancel": "asked to stop", "retry": "retried"}


def done(action: Action, before: Run, after: Run) -> str:
    """Say what became of a run that it was done to."""
    if action == "cancel":
        return looks.word_after_cancel(after)
    return f"runs again as {after.key}" if after.key != before.key else "runs again"


class LedgerScreen(ModalScreen[None], inherit_bindings=False):
    """Shows a ledger; leaving it stops nothing that was sent."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q,backspace", "leave", "ledger.leave", "back", "Go back, nothing is stopped"),
        key("R,X", "again", "ledger.again", "the failed again", "Ask for the failed ones again"),
    ]

    lines = query_one("#ledger-lines", ActTable)
    told = query_one("#ledger-told", Static)

    class AgainAsked(Message):
        """Somebody wants to try again what could not be done."""

        def __init__(self, ledger: Ledger) -> None:
            """Name the ledger."""
            super().__init__()
            self.ledger = ledger

    def __init__(self, ledger: Ledger, latest: Latest) -> None:
        """Show a ledger; `latest` gives a run as it is known by now."""
        super().__init__()
        self.ledger = ledger
        self._latest = latest
        self._laid_out = False

    def compose(self) -> ComposeResult:
        """Lay out the sentence, the lines and the keys."""
        with Vertical(id="ledger"):
            yield Static("", id="ledger-told", markup=False)
            yield ActTable(id="ledger-lines")
            yield Static("", id="ledger-keys", markup=False)

    def on_mount(self) -> None:
        """Show what is known."""
        self._laid_out = True
        self.learn()
        self.set_interval(1.0, self.learn)
        self.lines.focus()

    def learn(self) -> None:
        """Show what is known by now."""
        if not (self._laid_out and self.is_attached):
            return
        ledger = self.ledger
        self.lines.set_rows(ledger.rows(self._latest))
        self.told.update(Content(ledger.sentence[:1].upper() + ledger.sentence[1:]))
        again = "X" if ledger.action == "cancel" else "R"
        keys = "Esc goes back"
        if ledger.failed and not ledger.awaited:
            keys = f"{again} asks for the failed ones again, Esc goes back"
        self.query_one("#ledger-keys", Static).update(Content(keys))

    def action_leave(self) -> None:
        """Go back to the board."""
        self.dismiss(None)

    def action_again(self) -> None:
        """Ask for the failed ones again, once all are known."""
        if self.ledger.failed and not self.ledger.awaited:
            self.app.screen_stack[-2].post_message(self.AgainAsked(self.ledger))
            self.dismiss(None)
