"""What the line mode knows between two commands: the list, its numbers, and the open run."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from runs_tui.adapters.base import Source
from runs_tui.adapters.finding import find_run, keys_meant, without_query
from runs_tui.choices import UNDO
from runs_tui.cli.event_lines import StepNames
from runs_tui.cli.plain.telling import run_words, short_ids
from runs_tui.cli.plain.transcript import Transcript
from runs_tui.cli.plain.typed import Typed
from runs_tui.cli.status import Failure, Status
from runs_tui.model.clock import Clock, SystemClock
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking
from runs_tui.model.query import Query
from runs_tui.model.run import Run, RunKey
from runs_tui.model.view import View

T = TypeVar("T")
PAGE = 20
"""How many runs are listed at once."""
ENOUGH = 4
"""How many characters of an id, at its beginning, are enough to name a run that was told."""
_SPAN = re.compile(r"(\d+)-(\d+)")


class Terminated(KeyboardInterrupt):
    """Somebody wants the program to end."""


@dataclass
class Opened:
    """The run that commands without a number are about."""

    run: Run
    """The run as it was read last."""
    names: StepNames
    """What its steps are called."""
    plan: Plan | None = None
    """Its steps, once they were read."""
    first: str | None = None
    """The id of the oldest event that was told."""
    last: str | None = None
    """The id of the newest event that was told."""
    older: bool = False
    """Whether there are events before those that were told."""


@dataclass
class Session:
    """One conversation in the line mode."""

    sources: Mapping[str, Source]
    """The sources by their names."""
    transcript: Transcript
    """What is said."""
    typed: Typed
    """What is typed."""
    runner: asyncio.Runner
    """Does what waits for a network."""
    views: Sequence[View] = ()
    """The saved views."""
    undo: float = UNDO
    """For how many seconds an answer can be taken back."""
    clock: Clock = field(default_factory=SystemClock)
    """Tells the time."""
    query: Query = field(default_factory=Query)
    """What the list shows."""
    limit: int = PAGE
    """How many runs the list shows at most."""
    runs: dict[int, Run] = field(default_factory=dict)
    """The runs that were told, by the numbers that name them until the next list."""
    listed: set[RunKey] = field(default_factory=set)
    """Those of them that are in the list."""
    opened: Opened | None = None
    """The open run."""
    before: list[Query] = field(default_factory=list)
    """What the list showed before, the latest last."""
    more: Callable[["Session"], None] | None = None
    """What `more` goes on with."""
    rest: Callable[["Session"], None] | None = None
    """What gives the rest of the list; None where it is whole."""
    origins: dict[RunKey, str] = field(default_factory=dict)
    """The ids of the runs that others were started here to repeat."""
    done: list[str] = field(default_factory=list)
    """What was done, in lines."""
    over: bool = False
    """Whether it was asked to end."""
    _waits: bool = False
    """Whether something is waited for, which an interrupt cancels."""
    _task: "asyncio.Task[Any] | None" = None
    """What is waited for, once it has begun."""
    _stopped: KeyboardInterrupt | None = None
    """The interrupt that came while it was waited for."""

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do what waits for a network; what `interrupt` is told of cancels it, and is raised."""

        async def doing() -> T:
            self._task = asyncio.current_task()
            try:
                if self._stopped is not None:
                    raise asyncio.CancelledError
                return await work
            finally:
                self._task = None

        self._stopped, self._waits = None, True
        try:
            # What a command says that its requests are for goes with them.
            return self.runner.run(doing(), context=copy_context())
        except asyncio.CancelledError:
            raise Terminated from None
        finally:
            self._waits = False
            work.close()
            if self._stopped is not None:
                raise self._stopped

    def interrupt(self, interrupt: KeyboardInterrupt) -> None:
        """End what waits for a network, from its beginning on; raise it where nothing does."""
        if not self._waits:
            raise interrupt
        if not isinstance(self._stopped, Terminated):
            self._stopped = interrupt
        if self._task is not None:
            self.runner.get_loop().call_soon_threadsafe(self._task.cancel)

    def say(self, text: str = "") -> None:
        """Write a line."""
        self.transcript.say(text)

    def note(self, text: str) -> None:
        """Remember what was done."""
        self.done.append(f"{self.clock.now():%H:%M:%S}  {text}")

    def leave_or_go_on(self, interrupt: KeyboardInterrupt) -> None:
        """Raise an interrupt that ends the program: a script's, or a wish to end."""
        if isinstance(interrupt, Terminated) or not self.typed.person:
            raise interrupt

    # Runs and their numbers

    def number(self, run: Run) -> int:
        """Give the number of a run; a new one where it has none."""
        known = self.numbers.get(run.key)
        number = known or len(self.runs) + 1
        self.runs[number] = run
        return number

    @property
    def numbers(self) -> Mapping[RunKey, int]:
        """Give the numbers of runs."""
        return {run.key: number for number, run in self.runs.items()}

    def say_runs(self, runs: Iterable[Run], lead: str = "") -> None:
        """Write a numbered line for each run."""
        told = [(self.number(run), run) for run in runs]
        whole = not self.transcript.output.terminal
        short = {} if whole else short_ids(list(self.runs.values()))
        now = self.clock.now()
        for number, run in told:
            name = f"{run.source}/{short.get(run.key, run.id)}"
            words = run_words(run, now, name)
            first = words.partition("  ")[0]
            self.transcript.say(f"{lead}{number}  {words}", state=run.state, word=first)

    def meant(self, words: Sequence[str]) -> list[Run]:
        """Give the runs of numbers, of `2-5`, of `source/id` and of addresses, each once."""
        if not words:
            return [self.open_run().run]
        found: dict[RunKey, Run] = {}
        for word in " ".join(words).replace(",", " ").split():
            for run in self._runs_of(word):
                found[run.key] = run
        return list(found.values())

    def names_run(self, text: str) -> bool:
        """Tell whether a text names a run: by a number, its source, an address, or a known id."""
        if text.isdecimal() or ("://" in text and " " not in text):
            return True
        if text.partition("/")[0] in self.sources and "/" in text:
            return True
        return " " not in text and any(text in (r.id, r.name) for r in self.runs.values())

    def open_run(self) -> Opened:
        """Give the open run; raise Failure where there is none."""
        if self.opened is None:
            raise Failure(Status.USAGE, "no run is open: type the number of one, or name it")
        return self.opened

    def renew(self, run: Run) -> None:
        """Take it that something was done to a run, so that its steps are not those that were."""
        if self.opened is not None and self.opened.run.key == run.key:
            self.opened.run, self.opened.plan = run, None

    def _runs_of(self, word: str) -> Sequence[Run]:
        span = _SPAN.fullmatch(word)
        if span:
            low, high = int(span[1]), int(span[2])
            if low in self.runs and high in self.runs and low <= high:
                return [self.runs[number] for number in range(low, high + 1)]
        elif word.isdecimal() and int(word) in self.runs:
            return [self.runs[int(word)]]
        if (span or word.isdecimal()) and len(word) < 6:
            there = f"1 to {len(self.runs)}" if self.runs else "none"
            raise Failure(Status.NOT_FOUND, f"there is no run number {word}: there are {there}")
        return [self._named(word)]

    def _named(self, text: str) -> Run:
        exact = [run for run in self.runs.values() if text in (run.id, str(run.key), run.url)]
        if exact:
            return exact[0]
        called = [run for run in self.runs.values() if text == run.name]
        if len(called) > 1:
            raise Failure(Status.USAGE, f"{len(called)} runs are called {text}: type a number")
        if called:
            return called[0]
        found = [run for run in self.runs.values() if _begins(run, text.removesuffix("…"))]
        if len(found) > 1:
            raise Failure(Status.USAGE, f"{text} may be {len(found)} runs: write more of the id")
        return found[0] if found else self._asked(text)

    def _asked(self, text: str) -> Run:
        keys = keys_meant(text, self.sources)
        if len(keys) == 1:
            (key,) = keys

            async def read() -> Run:
                with asking("show", key.id):
                    return await self.sources[key.source].run(key.id)

            return self.wait(read())
        found = self.wait(find_run(text, self.sources))
        if isinstance(found, str):
            plain = without_query(text)
            raise Failure(Status.NOT_FOUND, found if plain in found else f"{plain}: {found}")
        return found


def _begins(run: Run, text: str) -> bool:
    """Tell whether a text is enough of the beginning of an id, with its source or without."""
    start = text.removeprefix(f"{run.source}/")
    return len(start) >= ENOUGH and run.id.startswith(start)
