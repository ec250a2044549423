"""What is told of one run: what its stream says and what looks show, each thing once."""

import json
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b

from runs_tui.adapters.noxus.narrator import Narrator, Said
from runs_tui.adapters.noxus.places import Number, Resumption, instant_of, number_of
from runs_tui.adapters.noxus.progress import Judge
from runs_tui.model.clock import Clock
from runs_tui.model.run import Event, Gap
from runs_tui.transport.resume import Continuity
from runs_tui.transport.stream import Frame


class Account:
    """Turns the events of a stream and the looks beside it into what was not told yet."""

    def __init__(self, after: str | None, narrator: Narrator, clock: Clock) -> None:
        """Begin behind an event of an earlier account, or with nothing told."""
        self.items: deque[Event | Gap] = deque()
        """What is to be told."""
        self.last = after
        """The id of the last event that was told."""
        self.etag: str | None = None
        """The id of the last event of the stream, to resume after."""
        self.narrator = narrator
        """What the run and its nodes are known to have done."""
        self.heard = False
        """Whether the stream has told anything."""
        self._clock = clock
        self._begun = clock.now()
        self._latest: datetime | None = None
        self._resumed = Resumption.read(after) if after is not None else Resumption()
        self._fact = self._resumed.fact
        self._lost = False
        self._looked = False
        self._number: Number | None = None
        self._unnumbered = Continuity()
        self._counts: Counter[str] = Counter()
        self._facts: Counter[str] = Counter()

    def next(self) -> Event | Gap:
        """Give the next thing to be told."""
        item = self.items.popleft()
        if isinstance(item, Event) and item.id is not None:
            self.last = item.id
        return item

    def connected(self) -> None:
        """Begin a connection: events without a number may come again on it."""
        self._counts.clear()
        self._unnumbered.connected()

    def hear(self, frame: Frame) -> bool:
        """Take in an event of the stream; tell whether the stream went on with it."""
        if frame.event not in {"", "message"}:
            return False
        value = _object(frame.text)
        if value is None:
            if frame.cut:
                self.items.append(self.gap(None))
            return False
        self.heard = True
        etag = value.get("redisId")
        number = number_of(etag)
        if number is not None and isinstance(etag, str):
            return self._numbered(number, etag.strip(), value)
        before = len(self.items)
        if self._is_new(frame.text):
            at = self._clock.now()
            self._add(said.event(None, at) for said in self.narrator.hear(value, at))
        return len(self.items) > before

    def look(self, judge: Judge, status: str, ended: datetime | None, *, last: bool) -> None:
        """Take in what a look shows; after the last one nothing more is told.

        When it happened is not known, but that it was since the look before.
        """
        self._lose_before(None)
        now = ended or self._clock.now()
        at = max(now, self._latest or now)
        since = None if self._latest is None and not self._looked else at
        self._looked = True
        found = [(self._key(said), said) for said in self.narrator.look(judge, status, last=last)]
        keys = [key for key, _ in found]
        if self._fact in keys:
            found = found[keys.index(self._fact) + 1 :]
        self._fact = None
        self._add(
            said.event(f"{self.etag or ''}~{key}", at if said.ends_run else since)
            for key, said in found
        )

    def gap(self, until: datetime | None) -> Gap:
        """Give the stretch from the last event on."""
        since = self._latest or self._begun
        return Gap(since=since, until=until if until and until > since else None)

    def _numbered(self, number: Number, etag: str, value: Mapping[str, object]) -> bool:
        if self._number is not None and number <= self._number:
            return False
        self._lose_before(number)
        self._number, self.etag = number, etag
        at = instant_of(number) or self._clock.now()
        self._latest = max(at, self._latest or at)
        said = self.narrator.hear(value, at)
        self._add(
            each.event(f"{etag}#{part}" if part else etag, at)
            for part, each in enumerate(said)
            if not self._resumed.covers(number, part)
        )
        return True

    def _lose_before(self, number: Number | None) -> None:
        """Note it where the first that is heard comes after the event to resume after."""
        told = self._resumed.number
        if self._number is None and told is not None and not self._lost:
            self._lost = number is None or number > told
            if self._lost:
                self.items.append(Gap(since=instant_of(told) or self._begun))

    def _is_new(self, text: str) -> bool:
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=10).hexdigest()
        self._counts[digest] += 1
        verdict = self._unnumbered.judge(f"~{digest}.{self._counts[digest]}", resumable=False)
        if verdict == "hole":
            self.items.append(self.gap(None))
        return verdict != "repeat"

    def _key(self, said: Said) -> str:
        """Name what was found out beside the stream, alike at each reading."""
        name = said.name
        self._facts[name] += 1
        return name if self._facts[name] == 1 else f"{name}.{self._facts[name]}"

    def _add(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.at is not None:
                self._latest = max(event.at, self._latest or event.at)
            self.items.append(event)


def _object(text: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
