"""One table of a TOML text, added or replaced; comments and everything else stay as they are."""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Table

from runs_tui.config.kinds import WrongValue
from runs_tui.config.settings import Setting
from runs_tui.config.sources import option_text

Told = Mapping[str, Any]
"""The values of a table as TOML has them."""


def added(text: str, group: str, name: str, told: Told) -> str:
    """Write a table behind everything that stands there."""
    before = _ended(text)
    table = tomlkit.dumps({group: {name: told}})
    return before + _with_ends_of(text, f"\n{table}" if text.strip() else table)


def edited(text: str, group: str, name: str, told: Told, settings: Sequence[Setting]) -> str:
    """Make a table say this; what means the same already is not touched."""
    document = tomlkit.parse(_ended(text))
    tables: Any = document[group]
    if name in tables:
        _fit(tables[name], told, {setting.name: setting for setting in settings})
    else:
        tables[name] = told
    return _with_ends_of(text, tomlkit.dumps(document))


def topped(text: str, name: str, value: Any) -> str:  # noqa: ANN401
    """Write a setting before everything else, though behind a comment on the whole file."""
    about = re.match(r"(?:#[^\n]*\n)+\r?\n", text)
    at = about.end() if about else 0
    gap = "\n" if text[at : at + 1] in {"#", "["} else ""
    return text[:at] + _with_ends_of(text, tomlkit.dumps({name: value}) + gap) + text[at:]


def reset(text: str, name: str, value: Any) -> str:  # noqa: ANN401
    """Make a setting that stands there say something else."""
    document = tomlkit.parse(text)
    document[name] = value
    return _with_ends_of(text, tomlkit.dumps(document))


def _ended(text: str) -> str:
    ended = not text or text.endswith("\n")
    return text if ended else text + _with_ends_of(text, "\n")


def _with_ends_of(text: str, changed: str) -> str:
    """End the lines as the text does, where it ends all of them alike."""
    foreign = "\r\n" in text and not re.search(r"(?<!\r)\n", text)
    return re.sub(r"(?<!\r)\n", "\r\n", changed) if foreign else changed


def _fit(table: Any, told: Told, settings: Mapping[str, Setting]) -> None:  # noqa: ANN401
    for key in [*table]:
        if isinstance(table[key], MutableMapping):
            _fit(table[key], told.get(key, {}), {})  # emptied, and its comments stay
        elif key in told and not _means(settings.get(key), _plain(table[key]), told[key]):
            table[key] = told[key]
        elif key not in told and not _is_default(settings.get(key), _plain(table[key])):
            del table[key]
    for key in told:
        if key not in table:
            _add(table, key, told[key])


def _add(table: Any, key: str, value: Any) -> None:  # noqa: ANN401
    """Add a key behind the others, but before the comments that lead to the next table."""
    body = table.value.body if isinstance(table, Table) else []
    behind: list[Any] = []
    while body and body[-1][0] is None:
        behind.insert(0, body.pop())
    table[key] = _in_line(value) if isinstance(value, Mapping) else value
    body += behind


def _in_line(told: Told) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(told)
    return table


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value.unwrap() if hasattr(value, "unwrap") else value


def _is_default(setting: Setting | None, value: Any) -> bool:  # noqa: ANN401
    return setting is not None and setting.default is not None and value == setting.default


def _means(setting: Setting | None, one: Any, other: Any) -> bool:  # noqa: ANN401
    """Tell whether two values of a setting, or of an option, mean the same."""
    if setting is None:
        return option_text(one) == option_text(other)
    try:
        return bool(setting.kind.read(one) == setting.kind.read(other))
    except WrongValue:
        return False
