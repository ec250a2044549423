"""What every adapter offers, and what some of them can do besides."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, Protocol, TypeVar, runtime_checkable

from runs_tui.model.clock import Clock, SystemClock
from runs_tui.model.inputs import Inputs, JsonValue
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field, Query, Term
from runs_tui.model.redaction import SECRETS
from runs_tui.model.run import Event, Gap, RetryMode, Run, Step

T = TypeVar("T")

Action = Literal["cancel", "retry"]
"""What a person can do to a run."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One answer of a list, and how to go on."""

    items: Sequence[T]
    """What came, newest first."""
    next: str | None = None
    """An opaque cursor to the page that follows; None at the end."""
    total: int | None = None
    """How many match on the server, where it tells."""
    pushed: frozenset[Term] = frozenset()
    """The terms of the query that the server applied."""
    ordered: bool = False
    """Whether the server ordered them as the query wants."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and where a person can mend it; its text never shows the secret."""

    secret: str | None = field(default=None, repr=False)
    """The secret itself; None where none is configured."""
    origin: str | None = None
    """Where it comes from, such as the name of a variable."""

    def __post_init__(self) -> None:
        """Make the secret known, so that nothing shows it."""
        if self.secret is not None:
            SECRETS.know(self.secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Everything an adapter needs to reach its API."""

    name: str
    """The name of the source."""
    url: str
    """The base address of the API."""
    credential: Credential = Credential()
    """What it is opened with."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What this API needs besides, by the names that the adapter declares."""
    read_only: bool = False
    """Whether nothing may be changed through it."""
    protected: bool = False
    """Whether its name must be typed before anything is changed through it."""
    color: str | None = None
    """The colour that marks its runs."""
    refresh: float | None = None
    """The least seconds between two reads of its list; None leaves it to the program."""
    configured: bool = False
    """Whether a configuration names it, and not a command line or the program itself."""


class Source(ABC):
    """One configured server of one API.

    Only `SourceError` and `CancelledError` leave its methods. Every time is aware and in UTC,
    every foreign text is clean.
    """

    api: ClassVar[str]
    """The name of its API, as written in a configuration; the name of its module."""
    options: ClassVar[Mapping[str, str]] = {}
    """The options it takes: each name with one sentence that says what it is."""

    pushes: ClassVar[frozenset[Field]] = frozenset()
    """The fields of a filter that its server can apply; other terms are applied here."""
    sorts: ClassVar[frozenset[str]] = frozenset()
    """The columns by which its server can order runs, both ways; `runs` heeds no other order."""
    lacks: ClassVar[frozenset[Field]] = frozenset()
    """The fields of a filter that its API never tells, so that nothing can match there."""
    few_left: ClassVar[int] = 20
    """Up to how many requests that its server still allows for a person is told."""
    list_every: ClassVar[float] = 0.0
    """The least seconds between two reads of its list that its rate limit allows for."""

    thorough = False
    """Whether each answer shall be as whole as can be, whatever it costs: for who asks but once."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self.connection = connection
        self.name = connection.name
        self.clock: Clock = clock or SystemClock()

    @abstractmethod
    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        """Give one page of the runs that satisfy the query, in its order or newest first."""

    @abstractmethod
    async def run(self, run_id: str) -> Run:
        """Give one run; raise NotFound where there is none."""

    @abstractmethod
    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the steps of a run, parents named by key."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""

    def until_next_list(self) -> float:
        """Give the least seconds until its list should be read again."""
        return self.list_every

    @property
    def requests_left(self) -> int | None:
        """Give how many requests its server still allows for just now, where it tells."""
        return None

    def objection(self, action: Action, run: Run) -> str | None:
        """Say why the API would not do this to this run; None where it may."""
        if action == "cancel" and not run.active:
            return f"it is already {run.state}"
        if action == "retry" and run.active:
            return f"it is still {run.state}"
        return None

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        return None

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the run that a web address of this source shows; None for any other."""
        return None


@runtime_checkable
class Cancels(Protocol):
    """A source that can stop runs."""

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop and give it as the server tells it; Conflict if it is over."""
        ...


@runtime_checkable
class Retries(Protocol):
    """A source that can run a run again."""

    modes: frozenset[RetryMode]
    """From where its retries can start."""

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Run it again and give the run to look at next, new or the same."""
        ...


@runtime_checkable
class Previews(Protocol):
    """A source that tells what a retry would run again before it is done."""

    async def preview(
        self, run_id: str, mode: RetryMode, step: str | None = None
    ) -> Sequence[Step]:
        """Give the steps that such a retry would run again; nothing is changed."""
        ...


@runtime_checkable
class TakesInputs(Protocol):
    """A source that can start the workflow of a run again with other inputs."""

    async def inputs(self, run_id: str) -> Inputs:
        """Give what a run was started with, and what its workflow takes."""
        ...

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start its workflow with exactly these values, sent once, and give the new run."""
        ...

    def tie(self, run_id: str, origin: str) -> None:
        """Remember which run a run repeats, where the API does not tell that itself."""
        ...


@runtime_checkable
class Tails(Protocol):
    """A source that tells the events of a run."""

    def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event | Gap]:
        """Give the events of a run in order, resuming after an id, until the run ends."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Events of a run that follow one another."""

    events: Sequence[Event]
    """The events, the oldest first."""
    older: bool
    """Whether there are events before them."""


@runtime_checkable
class Rewinds(Protocol):
    """A source that tells the events of a run from their end, whatever came before."""

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest events of a run, or those right before the event of an id.

        They are those that `tail` tells, which goes on after the last of them. What it costs does
        not grow with what came before them.
        """
        ...


@runtime_checkable
class Follows(Protocol):
    """A source that pushes the changes of its runs."""

    def follow(self) -> AsyncIterator[Run | Gap]:
        """Give each run that changes, as it changes."""
        ...


@runtime_checkable
class Relates(Protocol):
    """A source that tells which other runs a run belongs to."""

    async def kin(self, run_id: str) -> Kin:
        """Give its attempts, the run that started it and those that it started."""
        ...
