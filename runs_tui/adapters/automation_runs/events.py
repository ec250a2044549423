"""Events of a run out of values whose names and shapes are not certain."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from pydantic import ValidationError

from runs_tui.adapters.automation_runs.fields import Fields, folded_name, instant_of
from runs_tui.adapters.automation_runs.states import known_state, state_of
from runs_tui.adapters.automation_runs.wire import (
    RUN,
    RUN_STEPS,
    RunSteps,
    WireRun,
    error_of,
)
from runs_tui.model.run import Event
from runs_tui.model.sgr import colored
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value, shorten
from runs_tui.transport.stream import Frame

_IDS = ("id", "eventId", "sequence", "seq", "cursor")
_KINDS = ("eventType", "type", "event", "kind", "name")
_TIMES = ("occurredAt", "timestamp", "createdAt", "ts", "time", "at")
_STATUSES = ("status", "newStatus", "toStatus", "state")
_MESSAGES = ("message", "msg", "text", "log", "line", "description", "detail")
_LISTS = ("events", "items", "data", "steps")
_LEVELS = {
    "trace": "debug", "debug": "debug", "info": "info", "notice": "info", "warn": "warning",
    "warning": "warning", "err": "error", "error": "error", "critical": "error", "fatal": "error",
}  # fmt: skip
_ENTERED = {
    "created": State.QUEUED, "queued": State.QUEUED, "started": State.RUNNING,
    "completed": State.SUCCEEDED, "succeeded": State.SUCCEEDED, "success": State.SUCCEEDED,
    "failed": State.FAILED, "error": State.FAILED, "rejected": State.FAILED,
    "cancelled": State.CANCELLED, "canceled": State.CANCELLED, "stopped": State.CANCELLED,
    "skipped": State.SKIPPED,
}  # fmt: skip
_LOGS = frozenset({"log", "logs", "line", "output", "stdout", "stderr"})
_ALIVE = frozenset({"ping", "heartbeat", "keepalive", "connected", "ready"})
_MARKS = frozenset({"done", "end", "complete", "close", "eof", "streamend", "[done]"})
_RUN_KINDS = frozenset({"run", "automation", "automationrun"})
_SHORT = 200
_PARTS = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and what it means for the stream."""

    event: Event
    """The event; its id may be made up."""
    own_id: bool = True
    """Whether the server gave the id."""
    ends: bool = False
    """Whether the run, and not only a step, seems to be over."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The server says that nothing more comes."""


Heard = Told | Mark | WireRun | RunSteps


class Reader:
    """Reads what the frames of one stream tell."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Take what tells when something without a time is said to have happened."""
        self.steps: Mapping[str, str] = {}
        """The key of the step behind the id of each action run, and behind each key itself."""
        self._now = now
        self._counts: dict[str, int] = {}

    def begin(self) -> None:
        """Begin a new connection, on which everything may come again."""
        self._counts.clear()

    def read(self, frame: Frame) -> list[Heard]:
        """Give what a frame tells: events, snapshots, marks, or nothing but a sign of life."""
        text = frame.text.strip()
        if folded_name(frame.event) in _MARKS or folded_name(text.strip('"')) in _MARKS:
            return [Mark()]
        if folded_name(frame.event) in _ALIVE or text in {"", "{}", "null"}:
            return []
        try:
            return list(self.values(_parsed(frame), frame))
        except RecursionError:
            return [self._line(frame.text, frame, frame.id)]

    def values(self, value: object, frame: Frame) -> Iterator[Heard]:
        """Give what a value tells, and what the values within a batch tell."""
        for index, each in enumerate(_elements(value)):
            snapshot = _snapshot(each)
            yield snapshot or self._heard(each, frame, index)

    def _heard(self, value: object, frame: Frame, index: int) -> Told | Mark:
        told_id = frame.id and (f"{frame.id}#{index}" if index else frame.id)
        if not isinstance(value, Mapping):
            return self._line(str(value), frame, told_id)
        fields = Fields(value)
        kind = _kind(fields, frame)
        step = self._step(fields)
        if folded_name(kind) in _MARKS and step is None:
            return Mark()
        state = _state(fields, kind)
        own_id = told_id or fields.label(*_IDS)
        message, colors = colored(_message(fields, state, value))
        event = Event(
            id=clean(own_id) if own_id else self._made_up(value),
            at=_instant(fields) or self._now(),
            step=step,
            level=_level(fields, state),
            kind=_our_kind(kind, state),
            message=message,
            colors=colors,
            state=state,
            details=_details(value, frame),
        )
        ends = state is not None and state.terminal and _is_of_run(fields, kind, step)
        return Told(event, own_id=own_id is not None, ends=ends)

    def _line(self, text: str, frame: Frame, told_id: str | None) -> Told:
        message, colors = colored(text)
        event = Event(
            id=clean(told_id) if told_id else self._made_up(text),
            at=instant_of(text.partition(" ")[0]) or self._now(),
            level="info",
            kind=clean(frame.event) or "log",
            message=message + ("…" if frame.cut else ""),
            colors=colors,
        )
        return Told(event, own_id=told_id is not None)

    def _made_up(self, value: object) -> str:
        text = json.dumps(value, sort_keys=True, ensure_ascii=True)
        digest = blake2b(text.encode(), digest_size=10).hexdigest()
        self._counts[digest] = count = self._counts.get(digest, 0) + 1
        return f"~{digest}" if count == 1 else f"~{digest}.{count}"

    def _step(self, fields: Fields) -> str | None:
        key = fields.text("stepKey") or fields.text("step")
        inner = fields.inner("step")
        key = key or next((each.text("key") for each in inner), None)
        key = key or _within(fields, "stepKey")
        if key:
            return clean(key)
        named = fields.text("key")
        if named and clean(named) in self.steps:
            return clean(named)
        action = fields.label("actionRunId") or _within(fields, "actionRunId")
        if _resource(fields)[0] == "actionrun":
            action = action or _resource(fields)[1]
        return self.steps.get(action or "")


def _parsed(frame: Frame) -> object:
    try:
        value = json.loads(frame.text)
    except (ValueError, RecursionError):
        return frame.text
    return value if isinstance(value, dict | list) else frame.text


def _elements(value: object) -> Iterator[object]:
    """Give a value, or one by one what is in a list or a batch."""
    if isinstance(value, list):
        for each in value:
            yield from _elements(each)
        return
    name = _batch(value)
    if name is None or not isinstance(value, dict):
        yield value
        return
    outer = {key: each for key, each in value.items() if key != name and key not in _IDS}
    for each in value[name]:
        yield from _elements({**outer, **each})


def _batch(value: object) -> str | None:
    if not isinstance(value, dict) or _looks_like_steps(value):
        return None
    for name in _LISTS:
        found = value.get(name)
        if not isinstance(found, list) or not (found or name in {"events", "items"}):
            continue
        if all(isinstance(each, dict) for each in found):
            return name
    return None


def _looks_like_steps(value: object) -> bool:
    return isinstance(value, dict) and "steps" in value and "automationRunId" in value


def _snapshot(value: object) -> WireRun | RunSteps | None:
    if not isinstance(value, dict):
        return None
    try:
        if _looks_like_steps(value):
            return RUN_STEPS.validate_python(value)
        if {"id", "automationId", "status"} <= value.keys():
            return RUN.validate_python(value)
    except ValidationError:
        pass
    return None


def _kind(fields: Fields, frame: Frame) -> str:
    named = frame.event if frame.event != "message" else ""
    return named or fields.text(*_KINDS) or "message"


def _words(kind: str) -> list[str]:
    return [part for part in _PARTS.split(kind.lower()) if part]


def _our_kind(kind: str, state: State | None) -> str:
    if state is not None:
        return "state"
    if kind == "message" or not _LOGS.isdisjoint(_words(kind)[-1:]):
        return "log"
    return clean(kind)


def _state(fields: Fields, kind: str) -> State | None:
    words = _words(kind)
    last = words[-1] if words else ""
    if last in _LOGS:
        return None
    told = fields.text(*_STATUSES)
    for inner in fields.inner("payload", "data", "step", "run"):
        told = told or inner.text(*_STATUSES)
    if told is not None and (known_state(told) or not fields.text(*_MESSAGES)):
        return state_of(told)
    return _ENTERED.get(last) or known_state("_".join(words[1:]) or last)


def _instant(fields: Fields) -> datetime | None:
    found = fields.instant(*_TIMES)
    inner = fields.inner("payload", "data")
    return found or next((each for each in (f.instant(*_TIMES) for f in inner) if each), None)


def _level(fields: Fields, state: State | None) -> str:
    told = fields.text("level", "severity") or _within(fields, "level", "severity") or ""
    if told.strip().lower() in _LEVELS:
        return _LEVELS[told.strip().lower()]
    return "error" if state is State.FAILED else "info"


def _message(fields: Fields, state: State | None, value: Mapping[object, object]) -> str:
    told = fields.text(*_MESSAGES) or error_of(fields["error"]) or _within(fields, *_MESSAGES)
    if told:
        return told
    for inner in fields.inner("payload", "data"):
        told = told or error_of(inner["error"])
    if told or state is not None:
        return told or f"is {state}"
    return shorten(clean(json.dumps(value, separators=(",", ":"), ensure_ascii=False)), _SHORT)


def _within(fields: Fields, *names: str) -> str | None:
    found = (inner.text(*names) for inner in fields.inner("payload", "data"))
    return next((each for each in found if each), None)


def _resource(fields: Fields) -> tuple[str, str | None]:
    kind, name = fields.text("resourceType"), fields.label("resourceId")
    for entity in fields.inner("entity"):
        kind, name = kind or entity.text("type"), name or entity.label("id")
    return folded_name(kind or ""), name


def _is_of_run(fields: Fields, kind: str, step: str | None) -> bool:
    if step is None or _resource(fields)[0] == "automationrun":
        return True
    words = _words(kind)
    return folded_name("".join(words[:-1])) in _RUN_KINDS


def _details(value: Mapping[object, object], frame: Frame) -> dict[str, object]:
    cleaned = clean_value(dict(value))
    assert isinstance(cleaned, dict)
    return {"event": clean(frame.event), **cleaned} if frame.event else cleaned
