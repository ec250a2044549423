"""Telling what is watched: JSON, a line a change, or a tree that stands on the terminal."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from runs_tui import looks
from runs_tui.cli.options import accessible
from runs_tui.cli.output import Output, say
from runs_tui.cli.table import painted
from runs_tui.cli.watch_ledger import Ledger
from runs_tui.cli.watcher import Lost, Seen
from runs_tui.model import shapes
from runs_tui.model.clock import Clock
from runs_tui.model.run import Run
from runs_tui.model.text import one_line

if TYPE_CHECKING:
    from rich.live import Live

Form = Literal["text", "json"]


class Telling(Protocol):
    """Tells what is watched, from its beginning to its end."""

    steps: bool
    """Whether it shows the steps of runs."""

    def __enter__(self) -> object:
        """Begin."""
        ...

    def __exit__(self, *why: object) -> None:
        """End, and leave on the terminal what was told last."""
        ...

    def tell(self, told: Seen | Lost, ledger: Ledger, *, news: bool) -> None:
        """Tell what is known now; `news` where a run stands otherwise than before."""
        ...

    def tick(self, ledger: Ledger) -> None:
        """Let a second pass."""
        ...


def telling(form: Form, output: Output, clock: Clock) -> Telling:
    """Choose how to tell: for a person at a terminal, for a pipe, or for a program."""
    if form == "text" and output.colored and not accessible():
        return Tree(clock)
    return Lines(form, output, clock)


class Lines:
    """One line for each change."""

    steps = False

    def __init__(self, form: Form, output: Output, clock: Clock) -> None:
        """Write to an output."""
        self._form = form
        self._output = output
        self._clock = clock

    def __enter__(self) -> object:
        """Begin."""
        return self

    def __exit__(self, *why: object) -> None:
        """End; every line is written already."""

    def tell(self, told: Seen | Lost, ledger: Ledger, *, news: bool) -> None:
        """Write a line if there is news."""
        if not news:
            return
        if isinstance(told, Lost):
            if not told.final:
                say(f"{told.key}: {told.error.sentence}; trying again")
            return
        now = self._clock.now()
        if self._form == "json":
            at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._output.json({"at": at, "run": shapes.of_run(told.run, now)})
        else:
            self._output.line(line_of(told.run, now, self._output))

    def tick(self, ledger: Ledger) -> None:
        """Write nothing: time alone is no news."""


def line_of(run: Run, now: datetime, output: Output) -> str:
    """Write how a run stands in one line."""
    state = f"{looks.glyph(run.state)} {looks.word(run)}"
    parts = [
        f"{now.astimezone(UTC):%H:%M:%S}",
        str(run.key),
        run.workflow,
        painted(state, run.state) if output.colored else state,
        looks.took(run, now) if run.started_at else None,
        f"attempt {run.attempt}" if run.attempt and run.attempt > 1 else None,
        one_line(run.error) if run.error else None,
    ]
    return "  ".join(part for part in parts if part)


class Tree:
    """The runs with their steps, drawn anew in their place; the last drawing stays."""

    steps = True

    def __init__(self, clock: Clock) -> None:
        """Draw on standard output."""
        self._clock = clock
        self._live: Live | None = None

    def __enter__(self) -> object:
        """Begin to draw."""
        from rich.console import Console
        from rich.live import Live

        console = Console(highlight=False, markup=False, emoji=False)
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="crop")
        self._live.start()
        return self

    def __exit__(self, *why: object) -> None:
        """Leave the last drawing on the terminal."""
        if self._live is not None:
            self._live.stop()

    def tell(self, told: Seen | Lost, ledger: Ledger, *, news: bool) -> None:
        """Draw what is known now."""
        self.tick(ledger)

    def tick(self, ledger: Ledger) -> None:
        """Draw how things stand at this second."""
        from runs_tui.cli.watch_tree import tree

        if self._live is not None:
            size = self._live.console.size
            self._live.update(tree(ledger, self._clock.now(), size.height - 1), refresh=True)
