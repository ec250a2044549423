"""A source as a person describes it, and what it can be of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Api:
    """An API that a source can be of."""

    name: str
    """What a configuration calls it."""
    about: str
    """One sentence about it."""
    options: Mapping[str, str] = field(default_factory=dict)
    """The options that a source of it takes, each with one sentence that says what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One source as it is configured, with nothing opened and no secret read."""

    name: str
    """What people call it."""
    api: str
    """The name of its API."""
    url: str = ""
    """The base address of the API; empty for the one that its engine's own programs use."""
    token_env: str | None = None
    """The variable that holds its credential."""
    token_command: tuple[str, ...] = ()
    """The command that prints its credential."""
    token_keyring: str | None = None
    """The entry of the system's keyring that holds its credential, as `service/user`."""
    read_only: bool = False
    """Whether nothing may be changed through it."""
    protected: bool = False
    """Whether its name must be typed before anything is changed through it."""
    color: str | None = None
    """The colour that marks its runs."""
    refresh: float | None = None
    """The least seconds between two reads of its list."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What its API needs besides."""
    path: Path | None = None
    """The file it is configured in; None for one from the command line."""
