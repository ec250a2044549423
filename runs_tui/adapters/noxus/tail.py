"""The events of a run, in order: its stream, and beside it what looks at the run show."""

import asyncio
from collections.abc import AsyncGenerator
from enum import Enum, auto
from math import inf

from runs_tui.adapters.noxus.account import Account
from runs_tui.adapters.noxus.graph import Graph
from runs_tui.adapters.noxus.listen import Arrived, Failed, Left, Listener, Message, Opened
from runs_tui.adapters.noxus.memory import Seen
from runs_tui.adapters.noxus.pace import Pace
from runs_tui.adapters.noxus.reader import Reader
from runs_tui.adapters.noxus.runs import is_active
from runs_tui.adapters.noxus.steps import judge
from runs_tui.adapters.noxus.wire import WireRun
from runs_tui.model.errors import NotFound, SourceError, Unauthorized
from runs_tui.model.run import Event, Gap
from runs_tui.model.text import clean
from runs_tui.transport.loop import instant, next_of

_MOST_MESSAGES = 256
_MOST_LAGGING = 3  # looks that may still show a run as going on after an event told its end


class Place(Enum):
    """Where the stream stands."""

    OPENING = auto()
    OPEN = auto()
    ENDED = auto()
    BROKEN = auto()
    NONE = auto()


class Tail:
    """Follows one run until it is over; times are the loop's."""

    def __init__(
        self, reader: Reader, run_id: str, account: Account, seen: Seen, pace: Pace
    ) -> None:
        """Tell what an account has not told yet."""
        self._reader = reader
        self._run_id = run_id
        self._account = account
        self._seen = seen
        self._pace = pace
        self._inbox: asyncio.Queue[Message] = asyncio.Queue(_MOST_MESSAGES)
        self._place = Place.OPENING
        self._since = self._quiet = 0.0  # since when the stream stands there, and tells nothing
        self._read = self._looked = -inf  # when the run was read by anybody, and when by this
        self._over: float | None = None  # since when the run is known to be over
        self._told: float | None = None  # since when the stream itself said so
        self._whole = False  # whether the stream was opened after that
        self._final: WireRun | None = None
        self._failures = self._lagging = 0

    async def events(self) -> AsyncGenerator[Event | Gap, None]:
        """Give the events as they come, until the run is over."""
        await self._begin()
        listener = Listener(
            self._reader.client, self._run_id, self._pace, self._inbox, lambda: self._account.etag
        )
        task = asyncio.ensure_future(listener.listen())
        try:
            while not self._is_done:
                while self._account.items:
                    yield self._account.next()
                message = await next_of(self._inbox, self._due)
                self._take(message)
                if self._final is None and self._due <= instant():
                    await self._look()
            self._end()
            while self._account.items:
                yield self._account.next()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _begin(self) -> None:
        known = await self._reader.known(self._run_id)
        now = instant()
        self._since = self._quiet = now
        if known.over:
            self._over = now
        if self._account.narrator.over:
            self._told = now
        if now - known.at < self._pace.poll:
            self._read = known.at

    def _take(self, message: Message | None) -> None:
        match message:
            case Opened():
                self._enter(Place.OPEN)
                self._account.connected()
                self._whole = self._over is not None
            case Arrived():
                for frame in message.frames:
                    if self._account.hear(frame):
                        self._quiet = instant()
            case Left(how="missing"):
                self._enter(Place.NONE)
                self._lose()
            case Left(how=how):
                self._enter(Place.BROKEN if how == "broken" else Place.ENDED)
            case Failed(error=error):
                raise error
        if self._told is None and self._account.narrator.over:
            self._told = instant()

    async def _look(self) -> None:
        """Look at the run, and tell what that shows where the stream does not."""
        try:
            told = await self._reader.whole(self._run_id)
        except (NotFound, Unauthorized):
            raise
        except SourceError:
            self._failures += 1
            if self._failures >= self._pace.looks:
                raise
            self._looked = self._read = instant()
            return
        self._failures = 0
        self._looked = self._read = now = instant()
        if not is_active(told):
            self._over = now if self._over is None else self._over
            self._final = told
        elif self._told is not None:
            self._lagging += 1
            self._final = told if self._lagging >= _MOST_LAGGING else None
        elif self._place is Place.NONE or now - self._quiet >= self._pace.silence:
            self._show(told, last=False)

    def _end(self) -> None:
        """Tell what is left when the stream tells nothing more."""
        assert self._final is not None
        if self._place is Place.BROKEN:
            self._lose()
        self._show(self._final, last=True)

    def _show(self, told: WireRun, *, last: bool) -> None:
        self._account.look(
            judge(told, Graph(), self._seen), clean(told.status), told.finished_at, last=last
        )

    def _lose(self) -> None:
        """Note that a stream which has told something is gone before the run's end."""
        if self._account.heard and self._told is None:
            self._account.items.append(self._account.gap(None))

    def _enter(self, place: Place) -> None:
        self._place = place
        self._since = self._quiet = instant()

    @property
    def _is_done(self) -> bool:
        return self._final is not None and self._leaves_at <= instant() and self._inbox.empty()

    @property
    def _due(self) -> float:
        """When there is next something to do, whether or not the stream tells anything."""
        again = self._looked + self._pace.poll
        if self._final is not None:
            return self._leaves_at
        if self._told is not None:
            return again if self._looked >= self._told else self._told
        if self._over is not None:
            return max(self._leaves_at, again)
        match self._place:
            case Place.NONE:
                return again
            case Place.ENDED:
                return max(self._since, again)
            case Place.OPEN:
                return self._beside
            case _:
                return max(self._since + self._pace.settle, self._read + self._pace.poll)

    @property
    def _beside(self) -> float:
        """When to look at a run whose stream is open: rarely, unless the stream is silent."""
        pace = self._pace
        if self._read == -inf:
            return self._quiet + pace.settle
        return min(
            self._read + pace.beside, max(self._quiet + pace.silence, self._read + pace.poll)
        )

    @property
    def _leaves_at(self) -> float:
        """When to leave the stream of a run that is over."""
        if self._told is not None or self._place is Place.NONE:
            return -inf
        if self._place is Place.OPEN:
            return self._quiet + self._pace.settle
        if self._place is Place.ENDED and self._whole:
            return self._since
        return max(self._since, self._over or 0.0) + self._pace.patience
