"""Handing a run over to the rest of the terminal: copies of it, and its web address."""

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import work
from textual.screen import Screen

from runs_tui import looks
from runs_tui.adapters.commands import command_of
from runs_tui.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runs_tui.screens.copy_menu import Offer
    from runs_tui.screens.one_run import OneRun


class HandsOver(Screen[None], inherit_bindings=False):
    """A screen that hands texts and addresses over to the rest of the terminal."""

    def flash(self, sentence: str) -> None:
        """Say something for a few seconds."""
        raise NotImplementedError

    @work(group="handing over", exit_on_error=False)
    async def hand_over(self, name: str, text: str, *, in_sight: bool = False) -> None:
        """Copy a text, and show it where that may not have worked and it is not in sight."""
        await hand_over(self, name, text, in_sight=in_sight)

    @work(group="handing over", exit_on_error=False)
    async def browse(self, address: str) -> None:
        """Open a web address; where no browser can be seen, copy it and show it."""
        from runs_tui.screens.browser import open_address

        self.flash(f"Opening {address}")
        if await open_address(address):
            self.flash(f"Opened {address}")
        else:
            await hand_over(self, "address", address, shown=True)


async def hand_over(
    screen: HandsOver, name: str, text: str, *, in_sight: bool = False, shown: bool = False
) -> None:
    """Copy a text, and show it where that may not have worked and it is not in sight.

    `shown` for one that is wanted on the screen anyhow.
    """
    from runs_tui.screens.clipboard import Copied, copy
    from runs_tui.screens.reading_text import TextScreen

    copied = await copy(screen.app, text)
    short = f"Copied {text}" + (" into the buffer of tmux" if copied is Copied.IN_TMUX else "")
    if "\n" not in text and copied is not Copied.TOO_LARGE and _fits(screen, short):
        screen.flash(short)
    elif copied is Copied.IN_TMUX and not shown:
        size = looks.counted(len(text), "character")
        screen.flash(f"Copied {name}, {size}, into the buffer of tmux")
    elif in_sight and copied is Copied.SENT:
        screen.flash(f"Copied {name}")
    else:
        screen.app.push_screen(TextScreen(name, text, copied))


def _fits(screen: HandsOver, sentence: str) -> bool:
    return len(sentence) < screen.size.width and cell_len(sentence) < screen.size.width


async def choose_and_copy(screen: "OneRun", run: Run) -> None:
    """Ask what of a run to copy, and copy it."""
    from runs_tui.screens.copy_menu import CopyScreen

    offers = list(offers_of(screen, run))
    offer = await screen.app.push_screen_wait(CopyScreen(f"Copy of {run.key}", offers))
    if offer is not None:
        await hand_over(screen, offer.name, offer.text)


def offers_of(screen: "OneRun", run: Run) -> "Iterator[Offer]":
    """Give what can be copied: what is under the cursor first, then what names the run."""
    from runs_tui.model import shapes
    from runs_tui.model.value_text import written
    from runs_tui.screens.copy_menu import Offer

    command = command_of(screen.sources[run.source], run)
    yield from _under_cursor(screen, command)
    if run.url:
        yield Offer("address", run.url)
    yield Offer("id", run.id)
    yield Offer("source/id", str(run.key))
    yield Offer("command", command)
    if run.error:
        yield Offer("error", run.error)
    plan = screen.pane.plan
    steps = list(plan.steps.values()) if plan else []
    yield Offer("JSON", written(shapes.of_run_and_steps(run, steps, screen.clock.now())))


def _under_cursor(screen: "OneRun", command: str) -> "Iterator[Offer]":
    import shlex

    from runs_tui.model.value_text import written
    from runs_tui.screens.copy_menu import Offer

    table, step = screen.pane.value_table, screen.pane.step
    if table is not None and table.row is not None:
        yield Offer("value", written(table.value_of(table.row)))
        if table.path:
            yield Offer("path", table.path)
            yield Offer("command for it", f"{command} --json | jq {shlex.quote(table.path)}")
    elif screen.pane.tab == "steps" and step is not None:
        yield Offer("step", step.key)
        if step.error:
            yield Offer("its error", step.error)
