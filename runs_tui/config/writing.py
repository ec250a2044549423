"""Writing a source, a view or the theme into the configuration file; all else stays as it is.

A secret is never written: a source only says where its credential comes from.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runs_tui.config.editing import added, edited, reset, topped
from runs_tui.config.places import line_of, places_of
from runs_tui.config.reading import content_of, parsed, text_of, values_of
from runs_tui.config.settings import SOURCE, VIEW, Setting
from runs_tui.config.sources import written_source
from runs_tui.config.values import Config, ConfigError, Problem
from runs_tui.config.views import written_view
from runs_tui.config.whole import write_whole
from runs_tui.model.query import Query
from runs_tui.model.settings import SourceSettings
from runs_tui.model.view import View

_MARK = b"\xef\xbb\xbf"
_GIVING_UP = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What tomlkit raises for a text that it cannot change so."""


def keep_view(path: Path, view: View) -> str:
    """Write a view into the file, and say where it is kept, as the end of a sentence."""
    return _kept(path, lambda draft: draft.with_view(view))


def keep_theme(path: Path, name: str) -> str:
    """Write the name of the theme into the file, and say where, as the end of a sentence."""
    return _kept(path, lambda draft: draft.with_theme(name))


def _kept(path: Path, change: "Callable[[Draft], Draft]") -> str:
    try:
        change(Draft.read(path)).write()
    except ConfigError as error:
        return f"for as long as this program runs; {error.problems[0]}"
    return f"in {path}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A configuration file as it was read, and as it is about to be written."""

    path: Path
    """The file."""
    before: bytes | None
    """What stands in it; None where there is no file."""
    text: str
    """What is about to stand in it."""

    @staticmethod
    def read(path: Path) -> "Draft":
        """Read a file to change it; raise ConfigError where it is none that can be changed."""
        before = content_of(path)
        text = text_of(path, before or b"")
        values_of(path, text)
        return Draft(path, before, text)

    def with_source(self, source: SourceSettings) -> "Draft":
        """Add a source, or replace the one of its name; raise ConfigError where that cannot be."""
        wanted = replace(source, path=self.path)
        change = _Change("sources", source.name, written_source(source), SOURCE)
        return self._with(change, lambda config: wanted in config.sources)

    def with_view(self, view: View) -> "Draft":
        """Add a view, or replace the one of its name; raise ConfigError where that cannot be."""
        wanted = replace(view, query=replace(view.query, limit=Query().limit))
        change = _Change("views", view.name, written_view(view), VIEW)
        return self._with(change, lambda config: config.views.get(view.name) == wanted)

    def with_theme(self, name: str) -> "Draft":
        """Name the theme; raise ConfigError where that cannot be."""
        return self._with(_Top("theme", name), lambda config: config.theme == name)

    def write(self) -> None:
        """Put it in the place of the file, whole; raise ConfigError where that cannot be."""
        mark = _MARK if (self.before or b"").startswith(_MARK) else b""
        try:
            content = mark + self.text.encode("utf-8")
            if content != self.before:
                write_whole(self.path, content, self._check_unchanged)
        except UnicodeEncodeError:
            raise ConfigError([Problem("half a character cannot be written", self.path)]) from None
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise ConfigError([Problem(f"it cannot be written: {reason}", self.path)]) from None

    def _check_unchanged(self) -> None:
        if content_of(self.path) != self.before:
            changed = "the file was changed since it was read, so nothing was written: try again"
            raise ConfigError([Problem(changed, self.path)])

    def _with(self, change: "_Change | _Top", fulfilled: Callable[[Config], bool]) -> "Draft":
        told = None
        for text in change.ways(self.text):
            try:
                config = parsed(self.path, text)
            except ConfigError:
                continue
            if fulfilled(config) and change.spares(self.text, text):
                return replace(self, text=text)
            told = told or self._new_problems(config)
        raise ConfigError(told or [self._stuck(change)])

    def _new_problems(self, config: Config) -> list[Problem]:
        """Give what is wrong with what was to be written; the file has no such lines yet."""
        before = {problem.message for problem in parsed(self.path, self.text).problems}
        new = [problem.message for problem in config.problems if problem.message not in before]
        return [Problem(message) for message in new]

    def _stuck(self, change: "_Change | _Top") -> Problem:
        line = line_of(places_of(self.text), change.place)
        told = f"{change} cannot be written into this file: do it by hand"
        return Problem(told, self.path, line)


@dataclass(frozen=True, slots=True)
class _Change:
    """One table that is to say something."""

    group: str
    name: str
    told: Mapping[str, Any]
    settings: Sequence[Setting]

    @property
    def place(self) -> tuple[str, ...]:
        """Give where it stands in the file."""
        return self.group, self.name

    def __str__(self) -> str:
        """Name it as the file does."""
        return f"[{self.group}.{self.name}]"

    def ways(self, text: str) -> Iterator[str]:
        """Give the texts that may say it, the one that touches least first."""
        if self.name not in _table(tomllib.loads(text), self.group):
            yield added(text, self.group, self.name, self.told)
        with suppress(*_GIVING_UP):
            yield edited(text, self.group, self.name, self.told, self.settings)

    def spares(self, before: str, after: str) -> bool:
        """Tell whether everything else says the same in the same order."""
        return self._others(before) == self._others(after)

    def _others(self, text: str) -> str:
        values = tomllib.loads(text)
        tables = _table(values, self.group)
        tables.pop(self.name, None)
        if not tables:
            values.pop(self.group, None)
        return repr(values)


@dataclass(frozen=True, slots=True)
class _Top:
    """One setting before the first table that is to say something."""

    name: str
    value: str

    @property
    def place(self) -> tuple[str, ...]:
        """Give where it stands in the file."""
        return (self.name,)

    def __str__(self) -> str:
        """Name it as the file does."""
        return self.name

    def ways(self, text: str) -> Iterator[str]:
        """Give the texts that may say it, the one that touches least first."""
        if self.name not in tomllib.loads(text):
            yield topped(text, self.name, self.value)
        with suppress(*_GIVING_UP):
            yield reset(text, self.name, self.value)

    def spares(self, before: str, after: str) -> bool:
        """Tell whether everything else says the same in the same order."""
        return self._others(before) == self._others(after)

    def _others(self, text: str) -> str:
        values = tomllib.loads(text)
        values.pop(self.name, None)
        return repr(values)


def _table(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = values.get(name)
    return table if isinstance(table, dict) else {}
