"""Which runs a list has, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runs_tui.demo.runwisp.problems import choice, instant
from runs_tui.demo.runwisp.shapes import camel
from runs_tui.demo.runwisp.words import OLD_REASONS, Generation, exit_code_of, phase_of, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from starlette.requests import Request

    from runs_tui.demo.world import WorldRun

MOST_SEARCHED = 100


class Filters:
    """The filters that the daemon of a generation knows; others are ignored without a word."""

    def __init__(self, generation: Generation, *, late: bool) -> None:
        """Take a generation, and whether it is late enough for lists of words and for times."""
        self._generation = generation
        self._late = late

    @property
    def names(self) -> list[str]:
        """The names that a list takes in its query."""
        known = ["limit", "offset", "status", "task_name", "search", "sort_field", "sort_direction"]
        late = ["triggered_by", "created_after", "created_before", "retries_only"]
        return [self._name(name) for name in [*known, *(late if self._late else [])]]

    def apply(
        self, request: Request, runs: Iterable[WorldRun], task: str | None, now: datetime
    ) -> Sequence[WorldRun]:
        """Give the runs that a request asks for, in its order."""
        tests = [*self._tests(request, task)]
        found = [run for run in runs if all(test(run) for test in tests)]
        return self._sorted(request, found, now)

    def asks(self, request: Request) -> bool:
        """Tell whether a request wants anything but the newest runs."""
        paging = {"limit", "offset"}
        return any(name in request.query_params for name in self.names if name not in paging)

    def _name(self, name: str) -> str:
        return camel(name) if self._generation == "G3" else name

    def _told(self, request: Request, name: str) -> str:
        return request.query_params.get(self._name(name), "")

    def _tests(self, request: Request, task: str | None) -> Iterable[Callable[[WorldRun], bool]]:
        name = task if task is not None else self._told(request, "task_name")
        if name:
            yield lambda run: run.workflow.name == name
        status = self._told(request, "status")
        if status:
            words = frozenset(status.split(",") if self._late else [status])
            yield lambda run: self._has(run, words)
        text = self._told(request, "search").replace("%", "").replace("_", "")[:MOST_SEARCHED]
        if text:
            part = text.casefold()
            yield lambda run: part in run.workflow.name.casefold() or part in run.id.casefold()
        if self._late:
            yield from self._late_tests(request)

    def _late_tests(self, request: Request) -> Iterable[Callable[[WorldRun], bool]]:
        trigger = self._told(request, "triggered_by")
        if trigger:
            yield lambda run: run.trigger == trigger
        after = instant(request, self._name("created_after"))
        if after is not None:
            yield lambda run: run.created >= after
        before = instant(request, self._name("created_before"))
        if before is not None:
            yield lambda run: run.created <= before
        if self._told(request, "retries_only") == "true":
            yield lambda run: run.attempt > 1

    def _has(self, run: WorldRun, words: frozenset[str]) -> bool:
        reason = reason_of(run, self._generation)
        if not self._late and reason not in OLD_REASONS:
            reason = None
        return phase_of(run) in words or reason in words

    def _sorted(
        self, request: Request, runs: Sequence[WorldRun], now: datetime
    ) -> Sequence[WorldRun]:
        keys = self._keys(now)
        field = choice(request, self._name("sort_field"), keys)
        direction = choice(request, self._name("sort_direction"), ("asc", "desc"))
        if not field and direction != "asc":
            return runs
        key = keys[field or self._name("created_at")]
        return sorted(runs, key=key, reverse=direction != "asc")

    def _keys(self, now: datetime) -> dict[str, Callable[[WorldRun], Any]]:
        return {
            self._name("task_name"): lambda run: run.workflow.name,
            "status": phase_of,
            "startedAt" if self._generation == "G3" else "start_at": lambda run: (
                run.started or run.created
            ),
            self._name("exit_code"): lambda run: exit_code_of(
                run, reason_of(run, self._generation)
            ),
            "duration": lambda run: (
                ((run.finished or now) - run.started).total_seconds() if run.started else 0.0
            ),
            self._name("created_at"): lambda run: run.created,
        }
