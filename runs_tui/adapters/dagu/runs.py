"""Runs, translated."""

from collections.abc import Mapping
from typing import Any

from runs_tui.adapters.dagu.instants import created_at, listed_at
from runs_tui.adapters.dagu.place import Place, page_of
from runs_tui.adapters.dagu.states import state_of
from runs_tui.adapters.dagu.wire import WholeRun, WireRun
from runs_tui.adapters.origins import Origins
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value, one_line

_TAIL = "recent stderr (tail):"
_EXECUTING = 'failed to execute step "'
_LEFT_OUT = frozenset({"status"})
_PARTIALLY = "partially_succeeded"


class Translator:
    """Says of a run what the server tells of it, and of which run it is the repetition."""

    def __init__(self, source: str, base: str) -> None:
        """Take the name of the source, and the address of its pages."""
        self.source = source
        """The name of the source."""
        self._base = base
        self.origins = Origins()
        """Which runs were repeated by others that were started here."""

    def run(self, told: WireRun) -> Run:
        """Translate a run."""
        place = place_in(told)
        run_id = clean(place.run_id)
        state = state_of(told.label)
        created = created_at(told)
        origin = self.origins.get(run_id)
        error = error_in(told) if state is State.FAILED else None
        name = clean(told.name)
        derived = {"created_at": created, "retry_of": origin, "error": error}
        return Run(
            source=self.source,
            id=run_id,
            workflow_id=name,
            workflow_name=name,
            state=state,
            status=clean(told.label),
            reason="partially succeeded" if told.label == _PARTIALLY else None,
            created_at=created,
            started_at=told.started_at,
            finished_at=None if state.active else told.finished_at,
            listed_at=None if created else listed_at(told),
            retry_of=origin,
            error=error,
            url=clean(page_of(self._base, place)),
            details=_details(told),
            derived=frozenset(field for field, value in derived.items() if value is not None),
        )


def place_in(told: WireRun) -> Place:
    """Give where a run is, by what it tells itself."""
    if told.root_id and told.root_id != told.id:
        return Place(told.root_id, told.root_name, told.id)
    return Place(told.id, told.name)


def error_in(told: WireRun) -> str | None:
    """Give why a run failed, by its first step that did; lists do not tell the steps."""
    if not isinstance(told, WholeRun):
        return None
    failed = (node for node in told.nodes if state_of(node.label) is State.FAILED)
    node = next(failed, None)
    return f"{clean(node.step.name)}: {reason_of(node.error)}" if node and node.error else None


def reason_of(error: str) -> str:
    """Fold what is told of a failure into one line: how it ended, and what it said at last."""
    head, _, said = error.partition(_TAIL)
    head = one_line(head)
    if head.startswith(_EXECUTING):
        head = head.partition('": ')[2] or head
    last = [line for line in said.split("\n") if line.strip()][-1:]
    return one_line(": ".join([part for part in (head, *last) if part.strip()]))


def _details(told: WireRun) -> Mapping[str, Any]:
    rest = (told.model_extra or {}).items()
    return {
        clean(name): clean_value(value)
        for name, value in rest
        if name not in _LEFT_OUT and value not in (None, "", [], {})
    }
