"""Adding a source that a person describes: what is wrong with it, opening it, keeping it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runs_tui.config import words
from runs_tui.config.credentials import prospect
from runs_tui.config.kinds import COMMAND, KEYRING_ENTRY, WrongValue
from runs_tui.config.opening import open_source, source_kind, unusable, wrong_options
from runs_tui.config.reading import load
from runs_tui.config.sources import wrong_name
from runs_tui.config.values import ConfigError, Problem
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.settings import Api, SourceSettings

if TYPE_CHECKING:
    from runs_tui.adapters.base import Source


@dataclass(frozen=True, slots=True)
class Adding:
    """Adds sources to one configuration file."""

    path: Path
    """The file."""
    clock: Clock
    """What the sources tell time by."""

    def apis(self) -> Sequence[Api]:
        """Give every API that a source can be of."""
        from runs_tui.adapters import api_names

        return [_api(name) for name in api_names()]

    def taken(self) -> Sequence[str]:
        """Give the names of the sources in the file."""
        return [source.name for source in load(self.path).sources]

    def wrong(self, source: SourceSettings) -> Mapping[str, str]:
        """Say what is wrong with each of its settings, by name, as `url` or `options.auth`."""
        told = {
            "name": wrong_name(source.name),
            "url": words.wrong_url(source.url),
            "token": _wrong_token(source),
        }
        problems = () if any(told.values()) else wrong_options(source)
        if problems:
            told[_to_blame(source, problems)] = problems[0].message
        return {name: complaint for name, complaint in told.items() if complaint}

    def prospect(self, source: SourceSettings) -> str | None:
        """Say whether its credential can be had, without telling it or running a command."""
        return prospect(source)

    def open(self, source: SourceSettings) -> "Source":
        """Open it; one that is wrong answers every request with what is wrong with it."""
        settings = self._completed(source)
        try:
            return open_source(settings, self.clock)
        except ConfigError as error:
            return unusable(settings, Refused(error.problems[0].message))

    def keep(self, source: SourceSettings) -> str:
        """Write it into the file, and say where it is kept, as the end of a sentence."""
        from runs_tui.config.writing import Draft

        try:
            Draft.read(self.path).with_source(self._completed(source)).write()
        except ConfigError as error:
            return f"for as long as this program runs; {error.problems[0]}"
        return f"in {self.path}"

    def _completed(self, source: SourceSettings) -> SourceSettings:
        """Give it as one of the file, with what that says of colour and refresh."""
        known = (known for known in load(self.path).sources if known.name == source.name)
        before = next(known, source)
        return replace(source, color=before.color, refresh=before.refresh, path=before.path)


def _api(name: str) -> Api:
    from runs_tui.adapters import about

    try:
        kind = source_kind(SourceSettings(name=name, api=name, url=""))
    except ConfigError as error:
        return Api(name, error.problems[0].message)
    return Api(name, about(name), kind.options)


def _wrong_token(source: SourceSettings) -> str | None:
    if source.token_env:
        return words.wrong_variable(source.token_env)
    try:
        if source.token_command:
            COMMAND.read(list(source.token_command))
        if source.token_keyring:
            KEYRING_ENTRY.read(source.token_keyring)
    except WrongValue as error:
        return f"this{error}"
    return None


def _to_blame(source: SourceSettings, problems: Sequence[Problem]) -> str:
    """Give the option without which there would be no such problem; else all of them."""
    for name in source.options:
        others = {other: value for other, value in source.options.items() if other != name}
        if wrong_options(replace(source, options=others)) != problems:
            return f"options.{name}"
    return "options"
