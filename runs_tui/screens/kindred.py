"""The lineage of the open run: read when it is turned up, and kept for coming back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from textual.message import Message

from runs_tui.adapters.base import Relates
from runs_tui.model.errors import SourceError
from runs_tui.model.kin import Kin
from runs_tui.model.latest import Latest
from runs_tui.model.lineage import Lineage
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping, Sequence

    from runs_tui.screens.one_run import OneRun

TAB = "attempts"
"""The tab of the run pane that shows it."""
AGAIN = timedelta(seconds=15)
"""Between two readings while something of the lineage is active, or after one that failed."""
_KEPT = 200


@dataclass
class KinRead(Message):
    """What a run belongs to was read."""

    key: RunKey
    kin: Kin


@dataclass
class KinFailed(Message):
    """What a run belongs to could not be read; what was read of it stays."""

    key: RunKey
    error: SourceError


@dataclass(frozen=True, slots=True)
class _Question:
    """A run whose kin was asked for, and how it stood then."""

    key: RunKey
    state: State
    attempt: int | None

    @staticmethod
    def about(run: Run) -> "_Question":
        """Ask about a run as it is known now."""
        return _Question(run.key, run.state, run.attempt)


@dataclass(frozen=True, slots=True)
class _Answer:
    """When a question was answered, or why it was not."""

    question: _Question
    at: datetime
    error: SourceError | None = None


class Kindred:
    """Knows what runs belong to, and which run was started here to repeat which."""

    def __init__(self, screen: "OneRun") -> None:
        """Begin with nothing known."""
        self._screen = screen
        self._kins: Latest[RunKey, Kin] = Latest(_KEPT)
        self._answers: Latest[RunKey, _Answer] = Latest(_KEPT)
        self._origins: dict[RunKey, str] = {}
        self._asking: _Question | None = None

    def tie(self, again: Run, origin: Run) -> None:
        """Remember for as long as the program runs that a run repeats another one."""
        if again.key != origin.key and not again.retry_of:
            self._origins[again.key] = origin.id
        for run in (again, origin):
            self._answers.pop(run.key, None)

    def forget_source(self, name: str) -> None:
        """Forget the runs of a source that is no longer there."""
        self._asking = None
        known: Iterable[MutableMapping[RunKey, Any]] = (self._kins, self._answers, self._origins)
        for mapping in known:
            for key in [key for key in mapping if key.source == name]:
                del mapping[key]

    def turn_up(self, *, anew: bool = False) -> None:
        """Show the lineage of the open run where its tab is shown, and read it where it is due."""
        run = self._shown
        if run is None:
            return
        if isinstance(self._source(run), Relates) and (anew or self._is_due(run)):
            self._asking = _Question.about(run)
            self._screen.read_kin(run.key)
        self.show()

    def tick(self) -> None:
        """Let time pass: read again what is due."""
        run = self._shown
        if run is not None and isinstance(self._source(run), Relates) and self._is_due(run):
            self.turn_up()

    def take(self, read: KinRead) -> None:
        """Keep what was read."""
        self._kins[read.key] = read.kin
        self._answered(read.key, None)

    def mark(self, failed: KinFailed) -> None:
        """Keep why nothing could be read."""
        self._answered(failed.key, failed.error)

    def _answered(self, key: RunKey, error: SourceError | None) -> None:
        if self._asking is not None and self._asking.key == key:
            self._answers[key] = _Answer(self._asking, self._screen.clock.now(), error)
            self._asking = None
        self.show()

    def show(self) -> None:
        """Show what is known of the lineage of the open run."""
        run = self._shown
        if run is not None:
            lineage = self.lineage(run)
            self._screen.pane.show_lineage(lineage, self._told(run, lineage))

    def lineage(self, run: Run) -> Lineage:
        """Give what is known of the lineage of a run."""
        board, source = self._screen.board, run.source
        repeats = [each for each in board.runs if each.retry_of and each.source == source]
        return Lineage.of(
            run,
            repeats,
            lambda run_id: board.get(RunKey(source, run_id)),
            {key.id: kin for key, kin in self._kins.items() if key.source == source},
            self._screen.opened.plans(source),
            {key.id: origin for key, origin in self._origins.items() if key.source == source},
        )

    @property
    def _shown(self) -> Run | None:
        """Give the open run, where its lineage is what is looked at."""
        pane = self._screen.pane
        return pane.shown if pane.tab == TAB else None

    def _is_due(self, run: Run) -> bool:
        if self._asking is not None and self._asking.key == run.key:
            return False
        answer = self._answers.get(run.key)
        if answer is None or answer.question != _Question.about(run):
            return True
        rests = self._screen.clock.now() - answer.at < AGAIN
        return not rests and (answer.error is not None or self._goes_on(run))

    def _goes_on(self, run: Run) -> bool:
        kin = self._kins.get(run.key)
        others: Sequence[Run] = [each.run for each in kin.relatives] if kin else ()
        return any(each.active for each in (run, *others))

    def _told(self, run: Run, lineage: Lineage) -> str:
        """Say in one line why there is no more to see, or how far what is seen can be trusted."""
        tells = isinstance(self._source(run), Relates)
        answer = self._answers.get(run.key)
        if tells and answer is not None and answer.error is not None:
            return f"The attempts could not be read: {answer.error.sentence}"
        if tells and run.key not in self._kins:
            return "reading the attempts…"
        if not tells:
            return "This API tells no re-runs and no child runs" + (
                "" if lineage.alone else ": these are known from here"
            )
        if not lineage.whole:
            return "There may be more: the API does not tell all of it"
        return "It ran once, and the API tells of no child runs" if lineage.alone else ""

    def _source(self, run: Run) -> object:
        return self._screen.sources.get(run.source)
