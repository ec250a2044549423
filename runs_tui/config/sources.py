"""The table of one source in a configuration."""

import re

from runs_tui.config.table import Table
from runs_tui.config.values import SourceSettings
from runs_tui.config.words import wrong_api, wrong_url, wrong_variable
from runs_tui.model.span import seconds_of
from runs_tui.model.words import did_you_mean

_TOKENS = ("token_env", "token_command", "token_keyring")
_KNOWN = ("api", "url", *_TOKENS, "read_only", "protected", "color", "refresh", "options")
COLORS = (
    *("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "gray", "grey"),
    *("orange", "purple", "pink", "brown", "lime", "teal", "navy", "gold", "violet"),
)
"""The colours that have a name; `#rrggbb` gives any other."""
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_NAME = re.compile(r"\w[\w.-]*")


def read_source(table: Table) -> SourceSettings | None:
    """Read the table of one source; None where something is wrong with it."""
    name = table.path[-1]
    if not _NAME.fullmatch(name):
        table.wrong(f"a source cannot be called {name!r}: use letters, digits and '.', '_', '-'")
    table.only(_KNOWN)
    if sum(key in table for key in _TOKENS) > 1:
        table.wrong(f"{'.'.join(table.path)} has more than one of {', '.join(_TOKENS)}")
    settings = SourceSettings(
        name=name,
        api=table.required("api") or "",
        url=table.required("url") or "",
        token_env=table.text("token_env"),
        token_command=table.texts("token_command") or (),
        token_keyring=_keyring(table),
        read_only=table.truth("read_only"),
        protected=table.truth("protected"),
        color=_color(table),
        refresh=_refresh(table),
        options=_options(table.table("options")),
        path=table.file,
    )
    _check(table, settings)
    return settings if table.sound else None


def _check(table: Table, settings: SourceSettings) -> None:
    found = {
        "api": wrong_api(settings.api) if settings.api else None,
        "url": wrong_url(settings.url) if settings.url else None,
        "token_env": wrong_variable(settings.token_env) if settings.token_env else None,
    }
    for key, complaint in found.items():
        if complaint:
            table.wrong(f"{'.'.join((*table.path, key))}: {complaint}", key)


def _keyring(table: Table) -> str | None:
    entry = table.text("token_keyring")
    if entry is None:
        return None
    service, _, user = entry.rpartition("/")
    if not service or not user:
        table.wrong(
            f'{".".join(table.path)}.token_keyring must be service/user, as "runs-tui/prod"',
            "token_keyring",
        )
    return entry


def _color(table: Table) -> str | None:
    color = table.text("color")
    if color is None or color in COLORS or _HEX.fullmatch(color):
        return color
    table.wrong(f"there is no color {color!r}: {did_you_mean(color, COLORS)}, or #rrggbb", "color")
    return None


def _refresh(table: Table) -> float | None:
    text = table.text("refresh")
    if text is None:
        return None
    seconds = seconds_of(text)
    if not seconds:
        table.wrong(f'{".".join(table.path)}.refresh must be a time, as "5s" or "1m"', "refresh")
    return seconds


def _options(table: Table) -> dict[str, str]:
    told: dict[str, str] = {}
    for key, value in table.leaves().items():
        match value:
            case bool():
                told[key] = "true" if value else "false"
            case str() | int():
                told[key] = str(value)
            case _:
                table.wrong(f"{'.'.join(table.path)}.{key} must be a text in quotes", key)
    return told
