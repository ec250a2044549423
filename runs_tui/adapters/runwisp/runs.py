"""Runs, translated."""

from collections.abc import Mapping
from typing import Any

from runs_tui.adapters.origins import Origins
from runs_tui.adapters.runwisp.states import error_of, state_of
from runs_tui.adapters.runwisp.tasks import Tasks
from runs_tui.adapters.runwisp.wire import WireRun
from runs_tui.model.run import Run, Step
from runs_tui.model.text import clean, clean_value

_PRIVATE = frozenset({"params", "env", "$schema"})
_OF_SERVICE = "service"


class Translator:
    """Says of a run what the daemon tells of it, and of which run it is the repetition."""

    def __init__(self, source: str, tasks: Tasks) -> None:
        """Take the name of the source, and the tasks that are known."""
        self._source = source
        self._tasks = tasks
        self.origins = Origins()
        """Which runs were repeated by others that were started here."""

    def belongs_to_service(self, told: WireRun) -> bool:
        """Tell whether a run is one of a service."""
        return told.trigger == _OF_SERVICE or self._tasks.is_service(told.task)

    def run(self, told: WireRun, *, camel: bool) -> Run:
        """Translate a run of a daemon that writes names in camel case or not."""
        state = state_of(told.status, told.reason)
        origin = None if told.retry_of else self.origins.get(told.id)
        retry_of = told.retry_of or origin
        task = clean(told.task)
        return Run(
            source=self._source,
            id=clean(told.id),
            workflow_id=task,
            workflow_name=task,
            name=self._instance(told),
            state=state,
            status=clean(told.status),
            reason=_cleaned(told.reason),
            created_at=told.created_at,
            started_at=told.started_at,
            finished_at=told.ended_at,
            trigger=_cleaned(told.trigger),
            attempt=None if told.retry is None else told.retry + 1,
            retry_of=_cleaned(retry_of),
            error=error_of(state, told.reason, told.exit_code),
            details=_details(told, camel=camel),
            derived=frozenset({"retry_of"} if origin else ()),
        )

    def step(self, told: WireRun, parent: str | None, *, camel: bool) -> Step:
        """Translate a run that is one of the attempts of a task, or of the instances of a service.

        It waits for its parent, which the daemon tells only where it names the retried run.
        """
        run = self.run(told, camel=camel)
        service = self.belongs_to_service(told)
        attempt = run.attempt or 1
        return Step(
            key=run.id,
            name=f"instance {_number(told)}" if service else f"attempt {attempt}",
            state=run.state,
            status=run.status,
            depends_on=(clean(parent),) if parent else (),
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            attempt=run.attempt,
            error=run.error,
            child_run=run.id,
            details=run.details if run.reason is None else {**run.details, "reason": run.reason},
            derived=frozenset({"depends_on"} if parent and parent != told.retry_of else ()),
        )

    def _instance(self, told: WireRun) -> str | None:
        """Name the place of a run among the instances of its service, where there are several."""
        task = self._tasks.known(told.task)
        several = bool(told.instance) or (task is not None and (task.instances or 1) > 1)
        return f"#{_number(told)}" if several else None


def _number(told: WireRun) -> int:
    return (told.instance or 0) + 1


def _cleaned(text: str | None) -> str | None:
    return clean(text) if text else None


def _details(told: WireRun, *, camel: bool) -> Mapping[str, Any]:
    """Give what else is told; the exit code means nothing before the end."""
    named: dict[str, Any] = {}
    if told.ended_at is not None or told.reason is not None:
        named["exitCode" if camel else "exit_code"] = told.exit_code
    if told.instance:
        named["instanceIndex" if camel else "instance_index"] = told.instance
    rest = {name: value for name, value in (told.model_extra or {}).items() if name not in _PRIVATE}
    return {
        clean(name): clean_value(value)
        for name, value in (named | rest).items()
        if value not in (None, "", [], {})
    }
