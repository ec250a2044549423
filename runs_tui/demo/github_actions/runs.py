"""The JSON of a workflow run, with all that GitHub tells besides."""

from typing import Any

from runs_tui.demo.dice import digest
from runs_tui.demo.github_actions.files import path_of, sha_of
from runs_tui.demo.github_actions.jobs import second
from runs_tui.demo.github_actions.numbers import run_number, workflow_number
from runs_tui.demo.github_actions.words import EVENTS, standing
from runs_tui.demo.world import WorldRun

BRANCH = "main"
_LINKS = (
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare",
    "contents", "contributors", "deployments", "downloads", "events", "forks", "git_commits",
    "git_refs", "git_tags", "hooks", "issue_comment", "issue_events", "issues", "keys", "labels",
    "languages", "merges", "milestones", "notifications", "pulls", "releases", "stargazers",
    "statuses", "subscribers", "subscription", "tags", "teams", "trees",
)  # fmt: skip
_OF_USERS = (
    "avatar", "events", "followers", "following", "gists", "organizations", "received_events",
    "repos", "starred", "subscriptions",
)  # fmt: skip
_ACTORS = ("dana", "mlopes", "jdoe", "release-bot")


def run_of(run: WorldRun, repository: str) -> dict[str, Any]:
    """Show a run; when it ended is when it changed last."""
    number = run_number(run.id)
    status, conclusion = standing(run)
    sha = sha_of(run.workflow)
    url = f"https://api.github.com/repos/{repository}/actions/runs/{number}"
    workflow = workflow_number(run.workflow)
    actor = actor_of(run)
    before = f"{url}/attempts/{run.attempt - 1}" if run.attempt > 1 else None
    return {
        "id": number,
        "name": run.workflow.name,
        "node_id": f"WFR_{number}",
        "head_branch": BRANCH,
        "head_sha": sha,
        "path": f"{path_of(run.workflow)}@{BRANCH}",
        "display_title": run.name,
        "run_number": number % 1000 + 1,
        "event": EVENTS[run.trigger],
        "status": status,
        "conclusion": conclusion,
        "workflow_id": workflow,
        "check_suite_id": number + 1,
        "check_suite_node_id": f"CS_{number + 1}",
        "url": url,
        "html_url": f"https://github.com/{repository}/actions/runs/{number}",
        "pull_requests": [],
        "created_at": second(run.created),
        "updated_at": second(run.updated),
        "actor": user(actor),
        "run_attempt": run.attempt,
        "referenced_workflows": [],
        "run_started_at": second(run.started or run.created),
        "triggering_actor": user(actor),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"https://api.github.com/repos/{repository}/check-suites/{number + 1}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": before,
        "workflow_url": f"https://api.github.com/repos/{repository}/actions/workflows/{workflow}",
        "head_commit": {
            "id": sha,
            "tree_id": digest(sha).hex()[:40],
            "message": run.workflow.description,
            "timestamp": second(run.created),
            "author": {"name": actor, "email": f"{actor}@example.org"},
            "committer": {"name": "GitHub", "email": "noreply@example.org"},
        },
        "repository": _repository(repository),
        "head_repository": _repository(repository),
    }


def actor_of(run: WorldRun) -> str:
    """Give who is said to have caused a run."""
    return _ACTORS[int(run.id[:2], 16) % len(_ACTORS)]


def user(login: str) -> dict[str, Any]:
    """Show a person."""
    url = f"https://api.github.com/users/{login}"
    links = {f"{name}_url": f"{url}/{name}" for name in _OF_USERS}
    return {
        "login": login,
        "id": int.from_bytes(digest(login)[:3]),
        "node_id": f"U_{login}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"https://github.com/{login}",
        "type": "User",
        "site_admin": False,
        **links,
    }


def _repository(full_name: str) -> dict[str, Any]:
    owner, _, name = full_name.partition("/")
    url = f"https://api.github.com/repos/{full_name}"
    return {
        "id": 7001,
        "node_id": "R_7001",
        "name": name,
        "full_name": full_name,
        "owner": user(owner),
        "private": True,
        "html_url": f"https://github.com/{full_name}",
        "description": None,
        "fork": False,
        "url": url,
        **{f"{link}_url": f"{url}/{link}" for link in _LINKS},
    }
