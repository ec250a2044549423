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
        self._resumed = Resumption.read(after) if after is not None else None
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
        """Take in an event of the stream; tell whether it brought any news."""
        if frame.event not in {"", "message"}:
            return False
        value = _object(frame.text)
        if value is None:
            if frame.cut:
                self.items.append(self.gap(None))
            return False
        before = len(self.items)
        etag = value.get("redisId")
        number = number_of(etag)
        if number is not None and isinstance(etag, str):
            self._numbered(number, etag.strip(), value)
        elif self._is_new(frame.text):
            at = self._clock.now()
            self._add(said.event(None, at) for said in self.narrator.hear(value, at))
        self.heard = True
        return len(self.items) > before

    def look(self, judge: Judge, status: str, ended: datetime | None, *, last: bool) -> None:
        """Take in what a look shows; after the last one nothing more is told."""
        self._lost_before(None)
        now = self._clock.now()
        at = max(ended or now, self._latest or ended or now)
        found = [(self._key(said), said) for said in self.narrator.look(judge, status, last=last)]
        if self._resumed and self._resumed.fact is not None:
            keys = [key for key, _ in found]
            told = self._resumed.fact
            found = found[keys.index(told) + 1 :] if told in keys else found
            self._resumed = None
        self._add(said.event(f"{self.etag or ''}~{key}", at) for key, said in found)

    def gap(self, until: datetime | None) -> Gap:
        """Give the stretch from the last event on."""
        since = self._latest or self._begun
        return Gap(since=since, until=until if until and until > since else None)

    def _numbered(self, number: Number, etag: str, value: Mapping[str, object]) -> None:
        if self._number is not None and number <= self._number:
            return
        self._lost_before(number)
        self._number, self.etag = number, etag
        at = instant_of(number) or self._clock.now()
        said = self.narrator.hear(value, at)
        told = self._resumed
        self._add(
            each.event(f"{etag}#{part}" if part else etag, at)
            for part, each in enumerate(said)
            if told is None or not told.covers(number, part)
        )

    def _lost_before(self, number: Number | None) -> None:
        """Note that the stream no longer has, or never had, the event that was told last."""
        told = self._resumed
        if self._number is not None or told is None or told.number is None:
            return
        if number is None or number > told.number:
            since = instant_of(told.number) or self._begun
            self.items.append(Gap(since=since))
        if number is None:
            self._resumed = None

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
            self._latest = max(event.at or self._begun, self._latest or event.at or self._begun)
            self.items.append(event)


def _object(text: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
