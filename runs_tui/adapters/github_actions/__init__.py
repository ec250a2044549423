"""GitHub Actions: workflow runs of one or several repositories, with their jobs and logs."""

from runs_tui.adapters.github_actions.source import GitHubActions

__all__ = ["GitHubActions"]
