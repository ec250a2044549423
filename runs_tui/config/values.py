"""What a configuration says, checked; and what is wrong with one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runs_tui.model.settings import SourceSettings
from runs_tui.model.telling import Telling
from runs_tui.model.view import View


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a configuration, and where."""

    message: str
    """What is wrong, in one sentence."""
    path: Path | None = None
    """The file it stands in; None where it came from the command line."""
    line: int | None = None
    """The line it stands on, from 1."""

    def __str__(self) -> str:
        """Write it with its place, as compilers do."""
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class ConfigError(Exception):
    """A configuration that cannot be used; it names everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take the problems."""
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a configuration says that can be used, and what is wrong with the rest."""

    path: Path
    """The file it was read from, or would be."""
    sources: tuple[SourceSettings, ...] = ()
    """The sources in the order of the file, those with problems left out."""
    views: Mapping[str, View] = field(default_factory=dict)
    """The saved views by name, in the order of the file."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys that replace a binding's own, by its id."""
    theme: str | None = None
    """The name of the theme."""
    ascii: bool = False
    """Whether all is drawn in ASCII."""
    mouse: bool | None = None
    """Whether the mouse works; None for wherever it is not sent over SSH."""
    notify: Telling = field(default_factory=Telling)
    """How it is told that a run has ended."""
    problems: tuple[Problem, ...] = ()
    """What is wrong, in the order of the file."""
