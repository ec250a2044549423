"""Reading single runs and their jobs, and remembering for a moment what was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runs_tui.adapters.github_actions.client import Client
from runs_tui.adapters.github_actions.pace import Pace
from runs_tui.adapters.github_actions.states import COMPLETED
from runs_tui.adapters.github_actions.wire import WireJob, WireRun
from runs_tui.model.errors import BadAnswer, NotFound
from runs_tui.model.latest import Latest
from runs_tui.transport.loop import instant
from runs_tui.transport.together import Turns

_MOST_PLACES = 20_000
_MOST_READ = 256
_MOST_DIGITS = 19


@dataclass(frozen=True, slots=True)
class _Read:
    run: WireRun
    at: float


@dataclass(frozen=True, slots=True)
class _Jobs:
    jobs: Sequence[WireJob]
    attempt: int
    at: float
    """When they were read; kept only of runs that are over, with the jobs of every attempt."""


class Reader:
    """Reads runs by their ids, which are the same in no two repositories."""

    def __init__(self, client: Client, repositories: Sequence[str], pace: Pace) -> None:
        """Begin with no run known."""
        self._client = client
        self._repositories = repositories
        self._pace = pace
        self._places: Latest[str, str] = Latest(_MOST_PLACES)
        self._runs: Latest[str, _Read] = Latest(_MOST_READ)
        self._jobs: Latest[str, _Jobs] = Latest(_MOST_READ)
        self._turns = Turns()

    def know(self, repository: str, runs: Iterable[WireRun]) -> None:
        """Remember runs as a list tells them."""
        for run in runs:
            self._know(repository, run)

    def forget(self, run_id: str) -> None:
        """Forget what was read of a run, for it is changed."""
        run_id = checked(run_id)
        self._runs.pop(run_id, None)
        self._jobs.pop(run_id, None)

    async def run(self, run_id: str) -> WireRun:
        """Give a run; one that is over may have been read a moment ago."""
        run_id = checked(run_id)
        async with self._turns.of(run_id):
            known = self._runs.get(run_id)
            if known is not None and self._lingers(known):
                return known.run
            return await self._read(run_id)

    async def jobs_now(self, run: WireRun) -> Sequence[WireJob]:
        """Give the jobs that count now: of a run that goes on, those of its latest attempt."""
        if run.status == COMPLETED or run.attempt == 1:
            return latest_of(await self.jobs(run))
        return await self._client.jobs(await self.place(str(run.id)), str(run.id), every=False)

    async def jobs(self, run: WireRun) -> Sequence[WireJob]:
        """Give the jobs of all attempts of a run, those of one that is over as read before."""
        run_id = str(run.id)
        async with self._turns.of(f"{run_id} jobs"):
            known = self._jobs.get(run_id)
            if known is not None and self._still_holds(known, run):
                return known.jobs
            repository = await self.place(run_id)
            jobs = await self._client.jobs(repository, run_id, every=run.attempt > 1)
            if run.status == COMPLETED:
                self._jobs[run_id] = _Jobs(jobs, run.attempt, instant())
            return jobs

    async def place(self, run_id: str) -> str:
        """Give the repository of a run."""
        run_id = checked(run_id)
        if run_id not in self._places:
            await self._read(run_id)
        return self._places[run_id]

    async def _read(self, run_id: str) -> WireRun:
        known = self._places.get(run_id)
        wanted = [known] if known else self._repositories
        missing: NotFound | None = None
        for repository in wanted:
            try:
                run = await self._client.run(repository, run_id)
            except NotFound as error:
                missing = error
                continue
            if str(run.id) != run_id:
                raise BadAnswer(f"asked for run {run_id}, {repository} tells of run {run.id}")
            self._know(repository, run)
            return run
        raise missing or NotFound("there is no such run")

    def _know(self, repository: str, run: WireRun) -> None:
        self._places[str(run.id)] = repository
        self._runs[str(run.id)] = _Read(run, instant())

    def _lingers(self, read: _Read) -> bool:
        return read.run.status == COMPLETED and instant() - read.at < self._pace.linger

    def _still_holds(self, read: _Jobs, run: WireRun) -> bool:
        over = run.status == COMPLETED and read.attempt == run.attempt
        return over and instant() - read.at < self._pace.linger


def latest_of(jobs: Sequence[WireJob]) -> Sequence[WireJob]:
    """Give of the jobs of a run that is over those that counted last: the latest of each name."""
    newest: dict[str, int] = {}
    for job in jobs:
        newest[job.name] = max(job.attempt, newest.get(job.name, 0))
    return [job for job in jobs if job.attempt == newest[job.name]]


def checked(run_id: str) -> str:
    """Give the id of a run as GitHub writes it; raise NotFound for what cannot be one."""
    if run_id.isascii() and run_id.isdecimal() and len(run_id) <= _MOST_DIGITS:
        return str(int(run_id))
    raise NotFound("there is no such run", "its id is a number")
