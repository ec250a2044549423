"""Runs that keep equal texts and equal details once, for a board may hold very many of them."""

from collections.abc import Mapping
from dataclasses import replace
from sys import intern
from typing import TYPE_CHECKING, Any

from runs_tui.model.run import Details, Run

if TYPE_CHECKING:
    from datetime import datetime

_TEXTS = (
    "source", "workflow_id", "workflow_name", "version", "status", "reason", "trigger", "error",
)  # fmt: skip
"""The texts that many runs have in common."""
_TIMES = ("created_at", "started_at", "finished_at", "updated_at", "listed_at")
_MOST = 4096


class Sharing:
    """Gives each run with what it has in common with others before it."""

    def __init__(self) -> None:
        """Begin with nothing in common."""
        self._details: dict[str, Details] = {}

    def share(self, run: Run) -> Run:
        """Give an equal run that holds nothing twice."""
        common: dict[str, Any] = {name: _interned(getattr(run, name)) for name in _TEXTS}
        common |= _times(run) | {"details": self._shared(run.details)}
        changed = {name: own for name, own in common.items() if own is not getattr(run, name)}
        return replace(run, **changed) if changed else run

    def _shared(self, details: Details) -> Details:
        if len(self._details) >= _MOST:
            self._details.clear()
        name = repr(details)
        known = self._details.get(name)
        if known is None:
            known = self._details[name] = _interned(details)
        return known


def _times(run: Run) -> dict[str, Any]:
    """Give one object for all instants that are equal."""
    once: dict[datetime | None, datetime | None] = {}
    told = ((name, getattr(run, name)) for name in _TIMES)
    return {name: once.setdefault(at, at) for name, at in told}


def _interned(value: Any) -> Any:  # noqa: ANN401
    match value:
        case str():
            return intern(str(value))
        case Mapping():
            return {_interned(name): _interned(each) for name, each in value.items()}
        case list() | tuple():
            return type(value)(_interned(each) for each in value)
        case _:
            return value
