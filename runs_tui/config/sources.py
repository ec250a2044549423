"""The table of one source in a configuration."""

import re
from typing import Any

from runs_tui.adapters.own import knows_own
from runs_tui.config.settings import OPTIONS, SOURCE, TOKENS
from runs_tui.config.table import Table, named
from runs_tui.model.settings import SourceSettings

NAME = r"\w[\w.-]*"
"""What a source can be called."""


def wrong_name(name: str) -> str | None:
    """Say what is wrong with the name of a source; None where it is right."""
    if re.fullmatch(NAME, name):
        return None
    if not name:
        return "a source needs a name"
    return f"a source cannot be called {name!r}: use letters, digits and '.', '_', '-'"


def read_source(table: Table) -> SourceSettings | None:
    """Read the table of one source; None where something is wrong with it."""
    name = table.path[-1]
    told_of_name = wrong_name(name)
    if told_of_name:
        table.wrong(told_of_name)
    told = table.read(SOURCE, OPTIONS)
    if "url" not in table and not knows_own(told.get("api", "")):
        table.wrong(f"{named(table.path)} has no 'url', which it needs")
    if sum(key in table for key in TOKENS) > 1:
        table.wrong(f"{'.'.join(table.path)} has more than one of {', '.join(TOKENS)}")
    options = _options(table.table(OPTIONS))
    if not table.sound:
        return None
    return SourceSettings(name=name, options=options, path=table.file, **told)


def written_source(source: SourceSettings) -> dict[str, Any]:
    """Give the values of the table that means a source, without those that are the default."""
    told = {
        setting.name: setting.kind.write(value)
        for setting in SOURCE
        if (value := getattr(source, setting.name)) not in (None, "", (), setting.default)
    }
    return told | ({OPTIONS: dict(source.options)} if source.options else {})


def option_text(value: object) -> str | None:
    """Give the value of an option as an adapter gets it; None where it can be none."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
    return None


def _options(table: Table) -> dict[str, str]:
    told: dict[str, str] = {}
    for key, value in table.leaves().items():
        text = option_text(value)
        if text is None:
            table.wrong(f"{'.'.join(table.path)}.{key} must be a text in quotes", key)
        else:
            told[key] = text
    return told
