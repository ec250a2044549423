"""The shapes of GitHub's answers: of each the fields that are read, and no others."""

from pydantic import TypeAdapter

from runs_tui.transport.shapes import Instant, Shape


class WireUser(Shape):
    """A person or a bot."""

    login: str | None = None


class WireCommit(Shape):
    """The commit that a run works on."""

    message: str | None = None


class WireRepository(Shape):
    """A repository, as a run names it."""

    full_name: str | None = None


class WireReferenced(Shape):
    """A reusable workflow that a run calls."""

    path: str | None = None


class WireRun(Shape):
    """A workflow run; its id is the same in all its attempts."""

    id: int
    created_at: Instant
    updated_at: Instant | None = None
    run_started_at: Instant | None = None
    name: str | None = None
    display_title: str | None = None
    run_number: int | None = None
    run_attempt: int | None = None
    workflow_id: int | None = None
    path: str | None = None
    event: str | None = None
    status: str | None = None
    conclusion: str | None = None
    head_branch: str | None = None
    head_sha: str | None = None
    head_commit: WireCommit | None = None
    actor: WireUser | None = None
    triggering_actor: WireUser | None = None
    repository: WireRepository | None = None
    referenced_workflows: list[WireReferenced] | None = None
    html_url: str | None = None

    @property
    def attempt(self) -> int:
        """Which attempt it is told of, from 1."""
        return max(self.run_attempt or 1, 1)


class WireStep(Shape):
    """A step of a job."""

    number: int
    name: str
    status: str | None = None
    conclusion: str | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None


class WireJob(Shape):
    """A job of one attempt of a run."""

    id: int
    name: str
    run_attempt: int | None = None
    status: str | None = None
    conclusion: str | None = None
    created_at: Instant | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    steps: list[WireStep] | None = None
    labels: list[str] | None = None
    runner_name: str | None = None
    runner_group_name: str | None = None
    html_url: str | None = None

    @property
    def attempt(self) -> int:
        """Which attempt of its run it belongs to, from 1."""
        return max(self.run_attempt or 1, 1)


class RunList(Shape):
    """A page of runs, newest first."""

    total_count: int
    workflow_runs: list[WireRun]


class JobList(Shape):
    """A page of jobs."""

    total_count: int
    jobs: list[WireJob]


RUN_LIST = TypeAdapter(RunList)
JOB_LIST = TypeAdapter(JobList)
RUN = TypeAdapter(WireRun)
