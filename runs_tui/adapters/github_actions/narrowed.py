"""What the options of a source narrow it to."""

from dataclasses import dataclass, field

from runs_tui.adapters.base import Connection
from runs_tui.adapters.github_actions.address import repositories_of
from runs_tui.adapters.github_actions.client import Params


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The runs that a source is about."""

    repositories: tuple[str, ...]
    """The repositories, each as `owner/name`."""
    workflow: str | None = None
    """The one workflow whose runs are listed, by its file name or its number."""
    params: Params = field(default_factory=dict)
    """What else the server is asked for in every list."""


def narrowed_by(connection: Connection) -> Narrowed:
    """Read the address and the options of a source; raise Refused for what cannot be."""
    options = connection.options
    return Narrowed(
        repositories_of(connection.url, options.get("repository")),
        options.get("workflow") or None,
        {name: options[name] for name in ("branch", "actor") if options.get(name)},
    )
