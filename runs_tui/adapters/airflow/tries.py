"""The attempts of a run, which Airflow makes in place: concluded from the tries of its tasks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from runs_tui.adapters.airflow.address import RunName, StepName
from runs_tui.adapters.airflow.chapters import MOST_TRIES, Look
from runs_tui.adapters.airflow.client import Client
from runs_tui.adapters.airflow.wire import TaskInstance
from runs_tui.adapters.rewinding import LONG_AGO
from runs_tui.model.kin import Attempt
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.transport.together import together

MOST = 3
"""Of how many task instances the tries are read, a request for each."""
_CONCLUDED = frozenset({"state", "asked_at", "started_at", "finished_at"})


async def attempts_of(client: Client, name: RunName, look: Look, run: Run) -> list[Attempt]:
    """Give the attempts of a run, as many as its most tried task has; none where that is one."""
    count = max((_tried(each) for each in look.tasks), default=0)
    if count < 2:
        return []
    often = [each for each in look.tasks if _tried(each) == count]
    often.sort(key=lambda each: each.end_date or each.start_date or LONG_AGO, reverse=True)
    steps = [StepName(each.task_id, each.map_index) for each in often[:MOST]]
    read = await together([client.tries(name, step) for step in steps])
    tries: dict[int, list[TaskInstance]] = {}
    for each in (each for told in read for each in told):
        tries.setdefault(each.try_number, []).append(each)
    whole = len(often) <= MOST
    numbers = range(max(count - MOST_TRIES, 1), count)
    earlier = [_attempt(number, tries.get(number, ()), whole) for number in numbers]
    return [*earlier, _newest(count, tries, run)]


def _tried(told: TaskInstance) -> int:
    """Give how often it was tried, the try included that it waits for."""
    return told.try_number + (told.state is None and told.try_number > 0)


def _attempt(number: int, tries: Sequence[TaskInstance], whole: bool) -> Attempt:
    """Conclude how an attempt went: whoever clears a run mostly does it since that has failed."""
    well = whole and bool(tries) and all(each.state == "success" for each in tries)
    return Attempt(
        number=number,
        state=State.SUCCEEDED if well else State.FAILED,
        asked_at=_first(each.queued_when for each in tries),
        started_at=_first(each.start_date for each in tries),
        finished_at=max((each.end_date for each in tries if each.end_date), default=None),
        derived=_CONCLUDED,
    )


def _newest(number: int, tries: Mapping[int, Sequence[TaskInstance]], run: Run) -> Attempt:
    own = tries.get(number, ())
    return Attempt(
        number=number,
        state=run.state,
        status=run.status,
        asked_at=_first(each.queued_when for each in own),
        started_at=_first(each.start_date for each in own),
        finished_at=run.finished_at,
        derived=_CONCLUDED - {"state", "finished_at"},
    )


def _first(told: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in told if each is not None), default=None)
