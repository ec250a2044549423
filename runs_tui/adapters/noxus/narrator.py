"""What a run and its nodes do, told by events and by lists: changes of state and lines of text."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from runs_tui.adapters.noxus.logs import LogLine, Pieces, lines_of, text_of
from runs_tui.adapters.noxus.memory import Seen
from runs_tui.adapters.noxus.progress import Judge, progress_of
from runs_tui.adapters.noxus.states import state_of, state_of_node
from runs_tui.model.run import Event
from runs_tui.model.sgr import Stretch
from runs_tui.model.state import State
from runs_tui.model.text import clean, one_line

_ALIVE = frozenset({"heartbeat", "ping", "keepalive"})
_SHORT = 200
_MOST_NODES = 5_000
_WORK = frozenset({State.RUNNING, State.WAITING})


@dataclass(frozen=True, slots=True)
class Said:
    """Something that is to be told, before it has a place."""

    message: str
    """What it says."""
    node: str | None = None
    """The node it belongs to."""
    state: State | None = None
    """The state that was entered."""
    word: str = ""
    """The server's word for that."""
    level: str = "info"
    """How grave it is."""
    kind: str = "log"
    """`log`, `state` or the server's own word."""
    colors: tuple[Stretch, ...] = ()
    """How stretches of the message look."""

    @property
    def name(self) -> str:
        """What names it among all that looks at one run can show."""
        return clean(f"{self.node or ''}|{self.word if self.state else one_line(self.message, 80)}")

    @property
    def ends_run(self) -> bool:
        """Whether it says that the run is over."""
        return self.node is None and self.state is not None and self.state.terminal

    def event(self, event_id: str | None, at: datetime | None) -> Event:
        """Tell it as an event."""
        return Event(
            id=event_id,
            at=at,
            step=clean(self.node) if self.node else None,
            level=self.level,
            kind=self.kind,
            message=self.message,
            colors=self.colors,
            state=self.state,
            details={"status": self.word} if self.word else {},
        )


class Narrator:
    """Follows a run, and says what is new."""

    def __init__(self, seen: Seen) -> None:
        """Begin with nothing known; what only events tell of nodes is noted for others."""
        self.over = False
        """Whether an event told that the run is over."""
        self._seen = seen
        self._states: dict[str | None, tuple[State, str]] = {}
        self._failed: set[str] = set()
        self._shown: set[tuple[str | None, State]] = set()
        self._pieces = Pieces()
        self._said: dict[str, str] = {}
        self._logged: Counter[tuple[str | None, LogLine]] = Counter()

    def hear(self, value: Mapping[str, object], at: datetime) -> list[Said]:
        """Say what an event of the stream tells anew."""
        kind, data = value.get("type"), value.get("data")
        if not isinstance(data, Mapping):
            return list(self._other(kind, data))
        if kind == "content" or isinstance(data.get("id"), str):
            return list(self._content(data, at))
        if kind == "state" or "progress_details" in data or "status" in data:
            return list(self._standing(data, at))
        return list(self._other(kind, data))

    def look(self, judge: Judge, status: str, *, last: bool) -> list[Said]:
        """Say what a look shows and no event has told."""
        said: list[Said] = []
        if last:
            for node in self._pieces.open:
                said += self._lines(node, self._pieces.end(node), "info")
        fresh = [*self._lists(judge, None), *self._logs(judge), *self._enter_run(status, None)]
        self._shown |= {(each.node, each.state) for each in fresh if each.state}
        return said + fresh

    def _content(self, data: Mapping[str, object], at: datetime) -> Iterator[Said]:
        told = data.get("id")
        node = told.strip() if isinstance(told, str) else ""
        word = _word(data.get("status"))
        state = state_of_node(word) if word else None
        ends = state is not None and state.terminal
        run_word = _word(data.get("workflow_status"))
        run_over = bool(run_word) and state_of(run_word).terminal
        if run_word and not run_over:
            yield from self._enter_run(run_word, at)
        if node and state and not ends:
            yield from self._enter(node, state, word, at)
        lines = self._pieces.add(node, text_of(data.get("content")))
        lines += self._pieces.end(node) if ends or run_over else []
        yield from self._lines(node, lines, "error" if state is State.FAILED else "info")
        if node and state and ends:
            yield from self._enter(node, state, word, at)
        if run_over:
            yield from self._enter_run(run_word, at)

    def _standing(self, data: Mapping[str, object], at: datetime) -> Iterator[Said]:
        word = _word(data.get("status"))
        run = state_of(word)
        progress = progress_of(data.get("progress_details"))
        judge = Judge(progress, run, over=run.terminal, failed=self._failed)
        if not run.terminal:
            yield from self._enter_run(word, at)
        yield from self._lists(judge, at)
        yield from self._logs(judge)
        if run.terminal:
            yield from self._enter_run(word, at)

    def _other(self, kind: object, data: object) -> Iterator[Said]:
        name = _word(kind)
        if name and name.lower() not in _ALIVE:
            told = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
            yield Said(one_line(told, _SHORT), kind=name)

    def _lists(self, judge: Judge, at: datetime | None) -> Iterator[Said]:
        """Say which nodes began or ended by the lists; only looks may conclude a failure."""
        for node, standing in judge.standings(judge.progress.nodes).items():
            concluded = at is None and standing.state is State.FAILED
            waits = self._states.get(node, (None, ""))[0] is State.WAITING
            if (standing.told or concluded) and not (waits and standing.state is State.RUNNING):
                yield from self._enter(node, standing.state, standing.word, at)

    def _logs(self, judge: Judge) -> Iterator[Said]:
        counts: Counter[tuple[str | None, LogLine]] = Counter()
        for line in lines_of(judge.progress.logs, self._known(judge)):
            counts[line] += 1
            if counts[line] > self._logged[line]:
                self._logged[line] = counts[line]
                yield from self._lines(line[0] or "", [line[1]], "info")

    def _known(self, judge: Judge) -> Set[str]:
        return {*judge.progress.nodes, *(node for node in self._states if node)}

    def _lines(self, node: str, lines: list[LogLine], level: str) -> Iterator[Said]:
        for line in lines:
            if node:
                self._said[node] = line.text
            yield Said(line.text, node or None, level=level, colors=line.colors)

    def _enter_run(self, word: str, at: datetime | None) -> Iterator[Said]:
        if word:
            state = state_of(word)
            self.over = self.over or (state.terminal and at is not None)
            yield from self._enter(None, state, word, at)

    def _enter(
        self, node: str | None, state: State, word: str, at: datetime | None
    ) -> Iterator[Said]:
        """Say that a state was entered; `at` is known where an event tells it."""
        before = self._states.get(node)
        after = state, word if state is State.UNKNOWN else ""
        at_rest = before is None and node is not None and state is State.QUEUED
        if before == after or at_rest or (len(self._states) >= _MOST_NODES and before is None):
            return
        self._states[node] = after
        if node is not None:
            self._note(node, before[0] if before else None, state, at)
        if at is not None and (node, state) in self._shown:
            self._shown.discard((node, state))
            return
        level = "error" if state is State.FAILED else "info"
        yield Said(f"is {word}", node, state, word, level, "state")

    def _note(self, node: str, before: State | None, state: State, at: datetime | None) -> None:
        """Keep what steps cannot tell by themselves: times, and which node failed."""
        seen = self._seen
        if state is not State.FAILED:
            self._failed.discard(node)
        elif at is not None:
            self._failed.add(node)
        if at is None:
            return
        if state in _WORK and before not in _WORK:
            seen.begun[node] = at
            seen.ended.pop(node, None)
            seen.failed.pop(node, None)
        elif state.terminal and state is not State.SKIPPED:
            seen.ended[node] = at
        if state is State.FAILED:
            seen.failed[node] = self._said.get(node, "")


def _word(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""
