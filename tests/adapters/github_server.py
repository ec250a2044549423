"""A GitHub that says what a test tells it, request by request, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.github_actions import GitHubActions
from runs_tui.model.clock import SetClock
from runs_tui.transport.http import Patience
from tests.adapters.github_world import QUICK
from tests.adapters.sources import closing
from tests.transport.script import Asked, reply, serving

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
RUN = 15500000001
ONE = f"/repos/acme/widgets/actions/runs/{RUN}"
SHA = "8f2d4c1b0a9e7d6c5b4a39281706f5e4d3c2b1a0"
SECRET = "ghp_s3cretS3cret"

RUNNING: dict[str, Any] = {
    "id": RUN,
    "name": "CI",
    "display_title": "Speed up the cache",
    "run_number": 812,
    "run_attempt": 1,
    "path": ".github/workflows/ci.yml@main",
    "workflow_id": 9001,
    "event": "push",
    "status": "in_progress",
    "conclusion": None,
    "head_branch": "main",
    "head_sha": SHA,
    "created_at": "2026-05-04T09:12:31Z",
    "run_started_at": "2026-05-04T10:01:00Z",
    "updated_at": "2026-05-04T10:03:12Z",
    "actor": {"login": "mlopes", "id": 501, "type": "User"},
    "triggering_actor": {"login": "jdoe", "id": 502, "type": "User"},
    "referenced_workflows": [],
    "repository": {"id": 7001, "full_name": "acme/widgets"},
    "html_url": f"https://github.com/acme/widgets/actions/runs/{RUN}",
}
"""The run of the contract's example."""


def run(conclusion: str | None = None, **more: Any) -> dict[str, Any]:
    """Give a run, over where it has a conclusion."""
    status = {"status": "completed", "conclusion": conclusion} if conclusion else {}
    return {**RUNNING, **status, **more}


def job(number: int, name: str, conclusion: str | None = "success", **more: Any) -> dict[str, Any]:
    """Give a job, at work where it has no conclusion."""
    over = conclusion is not None
    return {
        "id": number,
        "run_id": RUN,
        "run_attempt": 1,
        "name": name,
        "status": "completed" if over else "in_progress",
        "conclusion": conclusion,
        "created_at": "2026-05-04T10:01:01Z",
        "started_at": "2026-05-04T10:01:09Z",
        "completed_at": "2026-05-04T10:02:40Z" if over else None,
        "steps": [step(1, "Set up job"), step(2, "Run tests", conclusion)],
        "labels": ["ubuntu-latest"],
        "runner_name": "GitHub Actions 11",
        **more,
    }


def step(number: int, name: str, conclusion: str | None = "success") -> dict[str, Any]:
    return {
        "number": number,
        "name": name,
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "started_at": f"2026-05-04T10:01:{9 + number:02}Z",
        "completed_at": f"2026-05-04T10:01:{10 + number:02}Z" if conclusion else None,
    }


def said(status: int, message: str) -> bytes:
    """Write a refusal."""
    return reply(status, json.dumps({"message": message, "status": str(status)}))


Answer = bytes | dict[str, Any] | str | Callable[[Asked], bytes]


@dataclass
class GitHub:
    """What it answers, by path, and what it was asked."""

    answers: dict[str, Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def jobs(self, *jobs: dict[str, Any]) -> None:
        self.answers[f"{ONE}/jobs"] = {"total_count": len(jobs), "jobs": list(jobs)}

    def runs(self, *runs: dict[str, Any], total: int | None = None) -> None:
        found = {"total_count": len(runs) if total is None else total, "workflow_runs": list(runs)}
        self.answers["/repos/acme/widgets/actions/runs"] = found

    def log(self, number: int, answer: Answer) -> None:
        self.answers[f"/repos/acme/widgets/actions/jobs/{number}/logs"] = answer

    def file(self, text: str) -> None:
        self.answers["/repos/acme/widgets/contents/.github/workflows/ci.yml"] = text

    def paths(self, method: str = "") -> list[str]:
        return [each.path for each in self.asked if method in ("", each.method)]

    def params(self) -> list[Mapping[str, str]]:
        """Give what the requests with a query asked for."""
        queries = [parse_qs(urlsplit(each.target).query) for each in self.asked]
        return [{name: values[0] for name, values in query.items()} for query in queries if query]

    def talk(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        answer = self.answers.get(unquote(asked.path))
        if answer is None:
            writer.write(said(404, "Not Found"))
        elif isinstance(answer, bytes):
            writer.write(answer)
        elif callable(answer):
            writer.write(answer(asked))
        else:
            writer.write(reply(200, answer if isinstance(answer, str) else json.dumps(answer)))


@asynccontextmanager
async def github(**options: str) -> AsyncIterator[tuple[GitHub, GitHubActions, SetClock]]:
    """Serve, with a source over it whose clock stands."""
    hub = GitHub({ONE: RUNNING})
    clock = SetClock(NOON)
    async with serving(hub.talk) as script:
        hub.url = script.url
        source = GitHubActions(
            Connection(
                name="ci",
                url=hub.url,
                credential=Credential(SECRET, "GITHUB_TOKEN"),
                options={"repository": "acme/widgets", **options},
            ),
            clock,
        )
        source.pace = QUICK
        source.patience = Patience(first_delay=0.01, longest_delay=0.1, read=5, whole=5, fresh=0)
        async with closing(source):
            yield hub, source, clock
