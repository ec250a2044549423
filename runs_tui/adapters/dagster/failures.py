"""Why steps and runs failed, which only their logs tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.events import run_error, step_error
from runs_tui.adapters.dagster.pace import Pace
from runs_tui.adapters.dagster.wire import WireEvent
from runs_tui.model.latest import Latest

_MOST_RUNS = 200
_MOST_PAGES = 2
"""How many pages of a log are read at once in search of a failure."""


@dataclass(slots=True)
class Told:
    """What was found in the log of one run so far."""

    steps: dict[str, str] = field(default_factory=dict)
    """Why each step failed, the latest time it did."""
    run: str | None = None
    """Why the run failed, in the words of its own end."""
    number: int = 0
    """How many events were read."""
    cursor: str | None = None
    """Where the log goes on."""

    @property
    def error(self) -> str | None:
        """Why the run failed: as its first failed step did, where one did."""
        return next(iter(self.steps.values()), self.run)


class Failures:
    """Remembers what the logs of runs say of their failures."""

    def __init__(self, client: Client, pace: Pace) -> None:
        """Begin with nothing known."""
        self._client = client
        self._pace = pace
        self._known: Latest[str, Told] = Latest(_MOST_RUNS)

    def learn(self, run_id: str, number: int, events: Iterable[WireEvent], cursor: str) -> Told:
        """Take in events of a log that come after so many others."""
        told = self._known.get(run_id) or Told()
        self._known[run_id] = told
        if number == told.number:
            for event in events:
                _note(told, event)
                told.number += 1
            told.cursor = cursor
        return told

    async def of(self, run_id: str, failed: Iterable[str]) -> Told:
        """Give what is known, and read on in the log while these steps' failures are not."""
        told = self._known.get(run_id) or Told()
        wanted = set(failed)
        for _ in range(_MOST_PAGES):
            if told.run is not None or (wanted and wanted <= told.steps.keys()):
                break
            answer = await self._client.log(run_id, told.cursor, self._pace.page)
            page = self._client.told(answer.log)
            told = self.learn(run_id, told.number, page.events, page.cursor)
            if not page.more:
                break
        return told


def _note(told: Told, event: WireEvent) -> None:
    found = step_error(event)
    if found is not None and event.step:
        told.steps[event.step] = found
    told.run = run_error(event) or told.run


def errors_of(told: Told) -> Mapping[str, str]:
    """Give why each step failed."""
    return told.steps
