"""What a daemon of a generation calls things, and where it has them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runs_tui.transport.http import segment

LIST = "/api/runs"
TASKS = "/api/tasks"
RERUN = "/api/runs/bulk/rerun"
CHALLENGE = "/api/auth/challenge"
AUTH_STATUS = "/api/auth/status"
DOCUMENT = "/openapi.json"
LOGIN = {"newer": "/api/auth/login", "older": "/api/auth"}
_OLD_FILTERS = frozenset({"status", "search", "sort_field", "sort_direction"})
_EVENTS = ("/api/events/stream", "/api/runs/stream", "/api/stream")
_RENAMED = {"start_at": "startedAt"}


@dataclass(frozen=True, slots=True)
class Generation:
    """How a daemon speaks; each feature is looked for by itself, since no version tells them."""

    camel: bool
    """Whether it writes names in camel case, which is also how it reads them."""
    paths: frozenset[str] = frozenset()
    """The paths that it has, `{}` for each name within; empty where it does not tell."""
    filters: frozenset[str] | None = None
    """What its list takes, in its own casing; None where it does not tell."""

    def name(self, name: str) -> str:
        """Write a name as it does."""
        return (_RENAMED.get(name) or _camel(name)) if self.camel else name

    def asked(self, filters: Mapping[str, str]) -> dict[str, str]:
        """Write filters as it reads them; the field to sort by is a name as well."""
        return {
            self.name(name): self.name(value) if name == "sort_field" else value
            for name, value in filters.items()
        }

    def filters_by(self, name: str) -> bool:
        """Tell whether its list knows a filter; one that it does not know is ignored in silence."""
        if self.filters is not None:
            return self.name(name) in self.filters
        return self.camel or name in _OLD_FILTERS

    def by_id_alone(self, suffix: str = "") -> bool:
        """Tell whether a run is found without the name of its task."""
        told = suffix.removesuffix("/stream")
        alone, below = f"{LIST}/{{}}{told}", f"{TASKS}/{{}}/runs/{{}}{told}"
        if alone in self.paths or below in self.paths:
            return alone in self.paths
        return self.camel

    def path_of(self, task: str, run_id: str, suffix: str = "") -> str:
        """Give the path of a run, or of something that belongs to it."""
        if self.by_id_alone(suffix):
            return f"{LIST}/{segment(run_id)}{suffix}"
        return f"{TASKS}/{segment(task)}/runs/{segment(run_id)}{suffix}"

    def list_of(self, task: str | None) -> tuple[str, dict[str, str]]:
        """Give the path of the list, of one task or of all, and what names the task there."""
        if task is None:
            return LIST, {}
        if self.camel or (self.filters and self.filters_by("task_name")):
            return LIST, {self.name("task_name"): task}
        return f"{TASKS}/{segment(task)}/runs", {}

    @property
    def events(self) -> Iterable[str]:
        """Where its changes may be announced."""
        told = [path for path in _EVENTS if path in self.paths]
        return told or (_EVENTS[:1] if self.camel else _EVENTS[1:])


def described(document: Mapping[str, Any]) -> Generation | None:
    """Read the description that a daemon publishes of its API; None where it is of another one."""
    try:
        paths = {re.sub(r"\{[^}]*\}", "{}", path): each for path, each in document["paths"].items()}
        run = document["components"]["schemas"]["Run"]["properties"]
        told = paths[LIST]["get"].get("parameters") or ()
        filters = frozenset(each["name"] for each in told if "name" in each)
        if "taskName" not in run and "task_name" not in run:
            return None
        return Generation("taskName" in run, frozenset(paths), filters or None)
    except (AttributeError, KeyError, TypeError):
        return None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
