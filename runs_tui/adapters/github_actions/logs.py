"""The logs of jobs: read once, told as events, or told why there is none."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime

from runs_tui.adapters.github_actions.client import Client
from runs_tui.adapters.github_actions.log import LogLine, Parts, event_of, lines_of
from runs_tui.adapters.github_actions.pace import Pace
from runs_tui.adapters.github_actions.wire import WireJob
from runs_tui.model.clock import Clock
from runs_tui.model.errors import BadAnswer, NotFound, Refused, SourceError, Unauthorized
from runs_tui.model.run import Event
from runs_tui.model.text import clean
from runs_tui.transport.together import Turns

_MOST_LINES = 100_000
"""How many lines of one log are told, the last ones."""
_MOST_KEPT = 200_000
"""How many lines are remembered of all logs that were read."""
_LARGE = 256 * 1024
"""From how many bytes on a log is read beside what else goes on."""
_GONE = 410


class NotYet(Exception):
    """The log of a job that has just ended is still on its way."""


class Logs:
    """Reads the logs of jobs that are over, which change no more."""

    def __init__(self, client: Client, clock: Clock, pace: Pace) -> None:
        """Begin with none."""
        self._client = client
        self._clock = clock
        self._pace = pace
        self._known: OrderedDict[int, Sequence[Event]] = OrderedDict()
        self._turns = Turns()

    def knows(self, job: WireJob) -> bool:
        """Tell whether the log of a job costs no request."""
        return job.id in self._known

    async def of(self, repository: str, job: WireJob, *, patient: bool) -> Sequence[Event]:
        """Give the lines of a job's log, or one event that says why there are none.

        Where one is `patient`, NotYet is raised while the log may still come.
        """
        async with self._turns.of(str(job.id)):
            known = self._known.get(job.id)
            if known is not None:
                return known
            try:
                body = await self._client.job_log(repository, job.id)
            except (BadAnswer, NotFound, Refused, Unauthorized) as error:
                if isinstance(error, Unauthorized) and error.status == 401:
                    raise
                if isinstance(error, NotFound) and patient and self._may_come(job):
                    raise NotYet from None
                missing = [_missing(job, error)]
                return self._kept(job, missing) if error.status == _GONE else missing
            if len(body) < _LARGE:
                return self._kept(job, _events_of(job, body))
            return self._kept(job, await asyncio.to_thread(_events_of, job, body))

    def _kept(self, job: WireJob, events: Sequence[Event]) -> Sequence[Event]:
        """Remember the latest logs, as many lines of them as there is room for."""
        self._known[job.id] = events
        while len(self._known) > 1 and sum(map(len, self._known.values())) > _MOST_KEPT:
            self._known.popitem(last=False)
        return events

    def _may_come(self, job: WireJob) -> bool:
        if job.completed_at is None:
            return False
        return (self._clock.now() - job.completed_at).total_seconds() < self._pace.log_late


def _events_of(job: WireJob, body: bytes) -> Sequence[Event]:
    """Give the lines of a log; of one that is too long the last ones, and how many are left out."""
    count, lines, parts = 0, deque[LogLine](maxlen=_MOST_LINES), Parts(job)
    for line in lines_of(body):
        count += 1
        lines.append(line)
    events = [event_of(job, line, parts) for line in lines]
    left_out = count - len(events)
    if left_out:
        said = f"{left_out:,} earlier lines of this log are left out: it has {count:,}"
        events.insert(0, _note(job, events[0].at, said))
    return events


def _note(job: WireJob, at: datetime | None, said: str) -> Event:
    return Event(id=f"{job.id}.0", at=at, step=str(job.id), level="warning", message=said)


def _missing(job: WireJob, error: SourceError) -> Event:
    """Say why there is no log of a job."""
    name = clean(job.name)
    if error.status == _GONE:
        said = (
            f"the log of {name} has expired: GitHub keeps logs for 90 days, if not told otherwise"
        )
    elif isinstance(error, Unauthorized):
        said = f"GitHub does not show the log of {name}: {error.detail}; a token may be needed"
    elif isinstance(error, NotFound):
        said = f"GitHub has no log of {name}"
    else:
        said = f"the log of {name} cannot be read: {error.detail}"
    return _note(job, job.completed_at, said)
