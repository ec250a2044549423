"""Adding a source that a person describes: what is wrong with it, opening it, keeping it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from runs_tui.config import words
from runs_tui.config.kinds import COMMAND, KEYRING_ENTRY, WrongValue
from runs_tui.config.opening import open_source, unusable, wrong_options
from runs_tui.config.reading import load
from runs_tui.config.sources import wrong_name
from runs_tui.config.values import ConfigError
from runs_tui.config.writing import Draft
from runs_tui.model.errors import Refused
from runs_tui.model.settings import SourceSettings

if TYPE_CHECKING:
    from runs_tui.adapters.base import Source
    from runs_tui.model.clock import Clock


def wrong(source: SourceSettings) -> Mapping[str, str]:
    """Say what is wrong with each of its settings, by their names; the options count as one."""
    told = {
        "name": wrong_name(source.name),
        "url": words.wrong_url(source.url),
        "token": _wrong_token(source),
    }
    if not any(told.values()):
        problems = wrong_options(source)
        told["options"] = problems[0].message if problems else None
    return {name: complaint for name, complaint in told.items() if complaint}


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


def opened(source: SourceSettings, clock: "Clock | None" = None) -> "Source":
    """Open a source; one that is wrong answers every request with what is wrong with it."""
    try:
        return open_source(source, clock)
    except ConfigError as error:
        return unusable(source, Refused(error.problems[0].message))


def completed(path: Path, source: SourceSettings) -> SourceSettings:
    """Give a source with what the one of its name in a file says of colour and refresh."""
    known = next((known for known in load(path).sources if known.name == source.name), source)
    return replace(source, color=known.color, refresh=known.refresh)


def keep_source(path: Path, source: SourceSettings) -> str:
    """Write a source into a file, and say where it is kept, as the end of a sentence."""
    try:
        Draft.read(path).with_source(source).write()
    except ConfigError as error:
        return f"for as long as this program runs; {error.problems[0]}"
    return f"in {path}"
