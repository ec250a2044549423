"""The calls of GitHub's API, answered in checked shapes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from runs_tui.adapters.base import Connection
from runs_tui.adapters.github_actions import wire
from runs_tui.adapters.github_actions.address import place_of
from runs_tui.model.clock import Clock
from runs_tui.model.errors import BadAnswer, NotFound, SourceError
from runs_tui.transport.auth import bearer
from runs_tui.transport.budget import Budget
from runs_tui.transport.http import Answer, Http, Patience, decode, segment

Params = Mapping[str, str | int]

MOST = 100
"""The most rows that a page can have."""
MOST_FOUND = 1000
"""The most results that GitHub gives of one search, however many match."""
_MOST_JOB_PAGES = 20
_MOST_FILE = 1024 * 1024
_HOUR = 3600.0
_WITH_TOKEN, _WITHOUT = 5000, 60
_ACCEPT = "application/vnd.github+json, application/json;q=0.9"
_RAW = {"Accept": "application/vnd.github.raw+json"}
_VERSION = "2022-11-28"
_UNSEEN = "GitHub says so too of what the credential may not see"


class Client:
    """One GitHub, asked one request after another."""

    def __init__(self, connection: Connection, patience: Patience, clock: Clock) -> None:
        """Remember how to reach it; nothing is sent before the first call."""
        secret = connection.credential.secret
        self.budget = Budget(
            _WITHOUT if secret is None else _WITH_TOKEN,
            _HOUR,
            unchanged_is_free=secret is not None,
        )
        """What may be asked in an hour; what is unchanged is free to who is known."""
        self._http = Http(
            place_of(connection.url).base,
            auth=None if secret is None else bearer(secret),
            credential_origin=connection.credential.origin,
            patience=patience,
            headers={"Accept": _ACCEPT, "X-GitHub-Api-Version": _VERSION},
            clock=clock,
            budget=self.budget,
            source=connection.name,
        )

    async def runs(self, repository: str, workflow: str | None, params: Params) -> wire.RunList:
        """Read a page of the runs of a repository, or of one workflow of it."""
        of_one = f"workflows/{segment(workflow)}/" if workflow else ""
        what = f"{repository} is not there" + (
            f", or has no workflow {workflow}" if workflow else ""
        )
        with _missing(what):
            answer = await self._http.get(
                f"{_repository(repository)}/actions/{of_one}runs",
                {**params, "exclude_pull_requests": "true"},
            )
        return decode(answer, wire.RUN_LIST)

    async def run(self, repository: str, run_id: str, attempt: int | None = None) -> wire.WireRun:
        """Read a run, as its latest attempt or another one left it."""
        of_one = f"/attempts/{attempt}" if attempt is not None else ""
        with _missing(f"{repository} has no such run"):
            answer = await self._http.get(
                f"{_run(repository, run_id)}{of_one}", {"exclude_pull_requests": "true"}
            )
        return decode(answer, wire.RUN)

    async def jobs(self, repository: str, run_id: str, *, every: bool) -> list[wire.WireJob]:
        """Read the jobs of a run's latest attempt, or of `every` one."""
        found: list[wire.WireJob] = []
        for page in range(1, _MOST_JOB_PAGES + 1):
            params: Params = {
                "filter": "all" if every else "latest",
                "per_page": MOST,
                "page": page,
            }
            with _missing(f"{repository} has no such run"):
                answer = await self._http.get(f"{_run(repository, run_id)}/jobs", params)
            told = decode(answer, wire.JOB_LIST)
            found += told.jobs
            if len(told.jobs) < MOST or len(found) >= told.total_count:
                break
        return found

    async def job_log(self, repository: str, job_id: int) -> bytes:
        """Read the log of a job that is over, wherever GitHub keeps it."""
        path = f"{_repository(repository)}/actions/jobs/{job_id}/logs"
        return (await self._http.get_elsewhere(path)).body

    async def file(self, repository: str, path: str, commit: str) -> str:
        """Read a file as it is at a commit."""
        parts = "/".join(segment(part) for part in path.split("/"))
        answer = await self._http.get(
            f"{_repository(repository)}/contents/{parts}", {"ref": commit}, _RAW
        )
        if len(answer.body) > _MOST_FILE:
            raise BadAnswer(f"{path} is larger than a workflow can be")
        return answer.body.decode("utf-8", "replace")

    async def ask(self, repository: str, path: str) -> Answer:
        """Ask for a change: sent once."""
        with _missing(f"{repository} has no such run or job"):
            return await self._http.send(f"{_repository(repository)}/actions/{path}")

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()


def _repository(name: str) -> str:
    owner, _, rest = name.partition("/")
    return f"/repos/{segment(owner)}/{segment(rest)}"


def _run(repository: str, run_id: str) -> str:
    return f"{_repository(repository)}/actions/runs/{segment(run_id)}"


@contextmanager
def _missing(what: str) -> Iterator[None]:
    """Say of an answer 404 what is not there, or may only not be seen."""
    try:
        yield
    except NotFound as error:
        missing: SourceError = NotFound(what, _UNSEEN)
        missing.status = error.status
        raise missing from None
