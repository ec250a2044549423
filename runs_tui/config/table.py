"""One table of a configuration file, read with care for what is wrong in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runs_tui.config.kinds import WrongValue
from runs_tui.config.places import line_of
from runs_tui.config.settings import Setting
from runs_tui.config.values import Problem
from runs_tui.model.words import did_you_mean

_SECRETS = {"token", "password", "secret", "api_key", "apikey", "key", "credential"}


@dataclass(frozen=True)
class File:
    """A file under examination."""

    path: Path
    """Where it is."""
    places: dict[tuple[str, ...], int]
    """The line of each of its keys."""
    problems: list[Problem] = field(default_factory=list)
    """What was found to be wrong."""


class Table:
    """A table that hands out its values by type and notes what is wrong."""

    def __init__(
        self,
        file: File,
        path: tuple[str, ...],
        values: Mapping[str, Any],
        around: "Table | None" = None,
    ) -> None:
        """Take the table of a file at a path, and the table around it."""
        self.path = path
        self._file = file
        self._values = values
        self._around = around
        self.sound = True
        """Whether nothing wrong was found, in it or in the tables inside it."""

    def __contains__(self, key: str) -> bool:
        """Tell whether a key stands in it, right or wrong."""
        return key in self._values

    @property
    def file(self) -> Path:
        """Give the file it stands in."""
        return self._file.path

    def wrong(self, message: str, *keys: str) -> None:
        """Note that something is wrong with this table, or with one of its keys."""
        path = (*self.path, *keys)
        line = line_of(self._file.places, path)
        self._file.problems.append(Problem(message, self._file.path, line))
        self._spoil()

    def only(self, names: Sequence[str]) -> None:
        """Note every key that is none of these."""
        for key in self._values:
            if key not in names:
                self.wrong(self._stranger(key, names), key)

    def read(self, settings: Sequence[Setting], *besides: str) -> dict[str, Any]:
        """Give what is said, by key; note what is wrong, what is missing, and every other key."""
        self.only([*(setting.name for setting in settings), *besides])
        told = {}
        for setting in settings:
            name = setting.name
            if name not in self._values:
                if setting.need:
                    self.wrong(f"{named(self.path)} has no {name!r}, which it needs")
                continue
            try:
                told[name] = setting.kind.read(self._values[name])
            except WrongValue as wrong:
                self.wrong(f"{self._of(name)}{wrong}", name)
        return told

    def table(self, key: str) -> "Table":
        """Give a table inside this one; an empty one where there is none."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            path = ".".join(_quoted(part) for part in (*self.path, key))
            self.wrong(f"{self._of(key)} must be a table, as [{path}]", key)
            value = {}
        return Table(self._file, (*self.path, key), value, self)

    def tables(self) -> "Iterable[Table]":
        """Give every table inside this one; nothing else may be inside."""
        told = [(key, self.table(key)) for key in self._values]
        return [table for key, table in told if isinstance(self._values[key], dict)]

    def leaves(self) -> Mapping[str, Any]:
        """Give every value that is no table, by its dotted name."""
        return dict(_leaves(self._values, ""))

    def _spoil(self) -> None:
        self.sound = False
        if self._around is not None:
            self._around._spoil()

    def _of(self, key: str) -> str:
        return ".".join((*self.path, key))

    def _stranger(self, key: str, names: Sequence[str]) -> str:
        if "token_env" in names and key.casefold() in _SECRETS:
            return (
                f"{self._of(key)}: a credential does not stand in the file; name the variable that "
                "holds it with token_env, or use token_command or token_keyring"
            )
        return f"there is no setting {key!r} in {named(self.path)}: {did_you_mean(key, names)}"


def named(path: tuple[str, ...]) -> str:
    """Write the header of a table as a sentence names it."""
    return f"[{'.'.join(_quoted(part) for part in path)}]" if path else "the configuration"


def _quoted(part: str) -> str:
    plain = part.replace("-", "").replace("_", "")
    return part if plain.isascii() and plain.isalnum() else f'"{part}"'


def _leaves(values: Mapping[str, Any], before: str) -> Iterable[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
