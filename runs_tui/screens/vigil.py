"""Waiting for runs to end and for views to gain runs, and telling a person of it."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from textual.app import App

from runs_tui import looks
from runs_tui.model.errors import NotFound, SourceError
from runs_tui.model.passthrough import wrapped
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run, RunKey
from runs_tui.model.telling import KEEP_TITLE, TITLE_BACK, Telling, sequences
from runs_tui.model.view import View
from runs_tui.screens.reading import RunsChanged

if TYPE_CHECKING:
    from runs_tui.screens.runs import RunsScreen

NEWEST = 50
"""How many of the newest runs of a view are looked at in each source."""
PATIENCE = 30.0
"""The seconds that the command of a person may take."""


@dataclass
class Awaited:
    """A view of which it is told when it gains a run, with the runs that it has."""

    view: View
    known: set[RunKey] = field(default_factory=set)
    looked: set[str] = field(default_factory=set)
    """The sources that have been looked at before."""


class Vigil:
    """What is waited for."""

    def __init__(self, screen: "RunsScreen", telling: Telling) -> None:
        """Wait for nothing yet."""
        self._screen = screen
        self._telling = telling
        self.runs: dict[RunKey, Run] = {}
        """The runs whose end is told, as they are known."""
        self.views: dict[str, Awaited] = {}
        """The views whose new runs are told, by their names."""
        self._titled = False

    def turn_run(self, run: Run) -> bool:
        """Wait for the end of a run, or no longer; tell whether it is waited for now."""
        if self.runs.pop(run.key, None) is not None:
            return False
        self.runs[run.key] = run
        return True

    def turn_view(self, view: View) -> bool:
        """Wait for a view to gain a run, or no longer; tell whether it is waited for now."""
        if self.views.pop(view.name, None) is not None:
            return False
        self.views[view.name] = Awaited(view)
        return True

    def forget_source(self, name: str) -> None:
        """Wait for nothing of a source that is no longer there; look at its successor anew."""
        self.runs = {key: run for key, run in self.runs.items() if key.source != name}
        for awaited in self.views.values():
            awaited.looked.discard(name)

    def look(self) -> None:
        """Tell of the runs that have ended by now."""
        for key in list(self.runs):
            run = self._screen.board.get(key)
            if run is not None and not run.active:
                del self.runs[key]
                self._tell_end(run)

    async def keep(self, pause: float) -> None:
        """Read what is waited for, again and again, until nothing is."""
        while self.runs or self.views:
            await asyncio.sleep(pause)
            for key in list(self.runs):
                await self._read(key)
            for awaited in list(self.views.values()):
                await self._look_at(awaited)

    def close(self) -> None:
        """Give the terminal back the title that it had."""
        if self._titled:
            self._titled = False
            write(self._screen.app, wrapped(TITLE_BACK, os.environ))

    async def _read(self, key: RunKey) -> None:
        """Read one run, for no list may show it any more."""
        source = self._screen.sources.get(key.source)
        if source is None:
            self.runs.pop(key, None)
            return
        try:
            with asking("show", key.id):
                self._screen.post_message(RunsChanged([await source.run(key.id)]))
        except NotFound:
            run = self.runs.pop(key, None)
            if run is not None:
                self._tell(f"{run.workflow} is gone", f"{key} is no longer there", run)
        except SourceError:
            return

    async def _look_at(self, awaited: Awaited) -> None:
        query = replace(awaited.view.query, sort=None, limit=NEWEST)
        for source in list(self._screen.sources.values()):
            if not query.admits_source(source.name):
                continue
            with suppress(SourceError), asking("list", str(query)):
                page = await source.runs(query)
                new = [run for run in page.items if run.key not in awaited.known]
                awaited.known.update(run.key for run in page.items)
                if source.name in awaited.looked and new:
                    self._tell_gain(awaited.view, new)
                awaited.looked.add(source.name)

    # Telling

    def _tell_end(self, run: Run) -> None:
        took = looks.took(run, self._screen.clock.now())
        after = "" if took == looks.NOTHING else f" after {took}"
        why = f": {run.error}" if run.error else ""
        title = f"{looks.glyph(run.state)} {run.workflow} {looks.word(run)}"
        self._tell(title, f"{run.key}{after}{why}", run)

    def _tell_gain(self, view: View, new: Sequence[Run]) -> None:
        run = new[0]
        more = f" and {len(new) - 1} more" if len(new) > 1 else ""
        told = f"{run.workflow} {looks.word(run)}, {run.key}{more}"
        self._tell(f"{view.name} gained {looks.counted(len(new), 'run')}", told, run)

    def _tell(self, title: str, text: str, run: Run) -> None:
        self._screen.flash(f"{title}  {text}", stays=True)
        if self._telling.title and not self._titled:
            self._titled = True
            write(self._screen.app, wrapped(KEEP_TITLE, os.environ))
        for sequence in sequences(self._telling, title, text, os.environ):
            write(self._screen.app, sequence)
        if self._telling.command:
            self._screen.run_told_command(self._telling.command, about(title, text, run))


def about(title: str, text: str, run: Run) -> Mapping[str, str]:
    """Give what a command finds in its environment."""
    return {
        "RUNS_TUI_TITLE": title,
        "RUNS_TUI_TEXT": text,
        "RUNS_TUI_RUN": str(run.key),
        "RUNS_TUI_WORKFLOW": run.workflow,
        "RUNS_TUI_STATE": run.state.value,
        "RUNS_TUI_URL": run.url or "",
    }


def write(app: App[Any], sequence: str) -> None:
    """Write a sequence to the terminal that draws nothing."""
    driver = app._driver
    if driver is not None:
        driver.write(sequence)
        driver.flush()


async def run_command(command: Sequence[str], told: Mapping[str, str]) -> str | None:
    """Run a command of a person without this terminal; give one sentence where it failed."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            env={**os.environ, **told},
            start_new_session=True,
        )
    except OSError as error:
        return f"notify.command could not be run: {error.strerror}"
    try:
        async with asyncio.timeout(PATIENCE):
            status = await process.wait()
    except TimeoutError:
        return f"notify.command did not end within {PATIENCE:g} seconds"
    finally:  # also where the program ends before it
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return f"notify.command ended with status {status}" if status else None
