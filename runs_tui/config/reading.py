"""Reading the configuration file: what is right in it, and everything that is wrong."""

import os
import tomllib
from pathlib import Path
from typing import Any

from runs_tui.config.places import places_of, syntax_error
from runs_tui.config.settings import NOTIFY, TABLES, TOP
from runs_tui.config.sources import read_source
from runs_tui.config.table import File, Table
from runs_tui.config.values import Config, ConfigError, Problem
from runs_tui.config.views import read_view
from runs_tui.model.telling import Telling

PATH_VARIABLE = "RUNS_TUI_CONFIG"
"""The variable that names another configuration file."""


def config_path() -> Path:
    """Give the file that the configuration is read from."""
    told = os.environ.get(PATH_VARIABLE)
    if told:
        return Path(told).expanduser()
    from platformdirs import user_config_path

    return user_config_path("runs-tui", appauthor=False) / "config.toml"


def load(path: Path | None = None) -> Config:
    """Read the configuration; where there is no file it is empty, unless a path was named."""
    named = path is not None or bool(os.environ.get(PATH_VARIABLE))
    path = path or config_path()
    try:
        content = content_of(path)
        if content is None and named:
            raise ConfigError([Problem("there is no such file", path)])
        return parsed(path, text_of(path, content or b""))
    except ConfigError as error:
        return Config(path=path, problems=error.problems)


def content_of(path: Path) -> bytes | None:
    """Give what stands in a file; None where there is none. Raise ConfigError for any other end."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ConfigError([Problem(f"it cannot be read: {reason}", path)]) from None


def text_of(path: Path, content: bytes) -> str:
    """Decode what stands in a file; raise ConfigError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([Problem("the file is not text in UTF-8", path)]) from None


def values_of(path: Path, text: str) -> dict[str, Any]:
    """Give what a text says, unchecked; raise ConfigError where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        why, line = syntax_error(error, text)
        raise ConfigError([Problem(f"this is not TOML: {why}", path, line)]) from None
    except RecursionError:
        raise ConfigError([Problem("the file is nested too deeply", path)]) from None


def parsed(path: Path, text: str) -> Config:
    """Read a configuration that stands in a file, or is about to; raise ConfigError if no TOML."""
    values = values_of(path, text)
    file = File(path, places_of(text))
    top = Table(file, (), values)
    told = top.read(TOP, *TABLES)
    sources = [read_source(table) for table in top.table("sources").tables()]
    views = [read_view(table) for table in top.table("views").tables()]
    return Config(
        path=path,
        sources=tuple(source for source in sources if source),
        views={view.name: view for view in views if view},
        keys=_keys(top.table("keys")),
        theme=told.get("theme"),
        ascii=told.get("ascii", False),
        mouse=told.get("mouse"),
        notify=Telling(**top.table("notify").read(NOTIFY)),
        problems=tuple(sorted(file.problems, key=lambda problem: problem.line or 0)),
    )


def _keys(table: Table) -> dict[str, str]:
    keys = {}
    for binding, value in table.leaves().items():
        if isinstance(value, str) and value.strip():
            keys[binding] = value
        else:
            table.wrong(f'the key of {binding!r} must be a text in quotes, as "X"', binding)
    return keys
