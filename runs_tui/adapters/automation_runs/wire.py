"""The JSON shapes of the automation-runs API, and what they mean in our words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from pydantic import ConfigDict, Field, TypeAdapter, model_validator
from pydantic.alias_generators import to_camel

from runs_tui.adapters.automation_runs.states import folded, state_of
from runs_tui.model.run import Run, Step
from runs_tui.model.text import clean, clean_value, one_line
from runs_tui.transport.shapes import Instant, OpenShape

_TELLING = frozenset({"awaiting_approval", "rejected", "timed_out", "timeout", "abandoned"})
_ERROR_WORDS = ("message", "detail", "error", "reason", "title", "code", "type")


class _Shape(OpenShape):
    """An object of the API: every field but the named ones may be null or absent."""

    model_config = ConfigDict(alias_generator=to_camel, coerce_numbers_to_str=True)

    @property
    def rest(self) -> dict[str, Any]:
        """What was told besides, cleaned, by the API's own names."""
        told = {name: each for name, each in (self.model_extra or {}).items() if each is not None}
        cleaned = clean_value(told)
        assert isinstance(cleaned, dict)
        return cleaned


class WireRun(_Shape):
    """A run."""

    id: str = Field(min_length=1)
    status: str
    automation_id: str | None = None
    version_number: int | str | None = None
    trigger_type: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    duration_seconds: float | None = None
    error: Any = None

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: object) -> object:
        return unwrapped(value, "id", "status")


class WireStep(_Shape):
    """A step of a run."""

    key: str
    name: str | None = None
    depends_on: list[str] | None = None
    status: str
    started_at: Instant | None = None
    completed_at: Instant | None = None
    duration_seconds: float | None = None
    error: Any = None
    action_run_id: str | None = None


class RunList(_Shape):
    """A page of runs."""

    items: list[WireRun]
    total: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: object) -> object:
        return _page(value)


class RunSteps(_Shape):
    """The steps of a run."""

    steps: list[WireStep]

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: object) -> object:
        return unwrapped(value, "steps")


class Automation(_Shape):
    """What is run."""

    id: str
    name: str | None = None


class AutomationList(_Shape):
    """A page of automations."""

    items: list[Automation]
    total: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: object) -> object:
        return _page(value)


class AuditList(_Shape):
    """A page of audit events, each of any shape."""

    events: list[dict[str, Any]]

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: object) -> object:
        return unwrapped(value, "events")


RUN = TypeAdapter(WireRun)
RUN_LIST = TypeAdapter(RunList)
RUN_STEPS = TypeAdapter(RunSteps)
AUTOMATION_LIST = TypeAdapter(AutomationList)
AUDIT_LIST = TypeAdapter(AuditList)


def unwrapped(value: object, *expected: str) -> object:
    """Take an object out of its envelope, where it lies in one."""
    if isinstance(value, dict) and "data" in value and not any(key in value for key in expected):
        return value["data"]
    return value


def _page(value: object) -> object:
    inner = unwrapped(value, "items")
    if isinstance(inner, list) and isinstance(value, dict):
        meta = value.get("meta")
        return {"items": inner, "total": meta.get("total") if isinstance(meta, dict) else None}
    return inner


def run_of(wire: WireRun, source: str, names: Mapping[str, str]) -> Run:
    """Translate a run."""
    status = clean(wire.status)
    details = wire.rest
    if wire.error:
        details["error"] = clean_value(wire.error)
    return Run(
        source=source,
        id=clean(wire.id),
        workflow_id=_cleaned(wire.automation_id),
        workflow_name=names.get(wire.automation_id or ""),
        version=None if wire.version_number is None else clean(str(wire.version_number)),
        state=state_of(status),
        status=status,
        reason=status if folded(status) in _TELLING else None,
        created_at=wire.created_at,
        started_at=wire.started_at,
        finished_at=wire.completed_at,
        updated_at=wire.updated_at,
        took=_took(wire.duration_seconds),
        trigger=_cleaned(wire.trigger_type),
        error=error_of(wire.error),
        details=details,
    )


def step_of(wire: WireStep) -> Step:
    """Translate a step."""
    status = clean(wire.status)
    details = wire.rest
    if wire.action_run_id:
        details["actionRunId"] = clean(wire.action_run_id)
    if wire.error:
        details["error"] = clean_value(wire.error)
    key = clean(wire.key)
    return Step(
        key=key,
        name=_cleaned(wire.name) or key,
        state=state_of(status),
        status=status,
        depends_on=tuple(clean(parent) for parent in wire.depends_on or ()),
        started_at=wire.started_at,
        finished_at=wire.completed_at,
        took=_took(wire.duration_seconds),
        error=error_of(wire.error),
        details=details,
    )


def newest_first(runs: Sequence[Run]) -> list[Run]:
    """Order runs by their creation; those without one come last."""
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(runs, key=lambda run: run.instant or oldest, reverse=True)


def repeating(run: Run, earlier: str) -> Run:
    """Give a run with a link to the one that it repeats, if that is another one."""
    return run if run.id == earlier or run.retry_of else replace(run, retry_of=earlier)


def error_of(error: object) -> str | None:
    """Say in one line what went wrong."""
    if not error:
        return None
    found = error if isinstance(error, str) else None
    if isinstance(error, dict):
        told = (error.get(name) for name in _ERROR_WORDS)
        found = next((word for word in told if isinstance(word, str) and word.strip()), None)
    return one_line(found or json.dumps(error, separators=(",", ":"), ensure_ascii=False)) or None


def _cleaned(text: str | None) -> str | None:
    return clean(text) if text else None


def _took(seconds: float | None) -> float | None:
    """Give a duration; 0 is also what the API tells where it does not know yet."""
    return seconds if seconds and isfinite(seconds) and seconds > 0 else None
