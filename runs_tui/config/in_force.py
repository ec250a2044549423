"""Every value that holds, and where it comes from; no secret is among them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from runs_tui.config.known import Known
from runs_tui.config.opening import source_kind
from runs_tui.config.places import line_of, places_of
from runs_tui.config.reading import content_of, text_of, values_of
from runs_tui.config.settings import NOTIFY, OPTIONS, SOURCE, TOP, VIEW
from runs_tui.config.sources import written_source
from runs_tui.config.values import Config, ConfigError
from runs_tui.config.views import written_view
from runs_tui.model.settings import SourceSettings
from runs_tui.model.view import View

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from."""

    kind: Literal["file", "default", "variable", "option"]
    """What told it."""
    name: str | None = None
    """The name of the file, the variable or the option."""
    line: int | None = None
    """The line of the file, from 1."""

    def __str__(self) -> str:
        """Write it in a few words."""
        if self.kind == "file":
            name = Path(self.name or "").name
            return f"{name}:{self.line}" if self.line else name
        return f"{self.kind} {self.name}" if self.name else self.kind


DEFAULT = Origin("default")
_TYPED = ("api", "url", "token_env")


@dataclass(frozen=True, slots=True)
class InForce:
    """One value that holds."""

    key: Key
    """The path of its key in the file."""
    value: Any
    """The value as TOML has it; None where nothing holds."""
    origin: Origin
    """Where it comes from."""
    about: str
    """What it is for, in one sentence."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a file says, and where."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    places: dict[Key, int] = field(default_factory=dict)

    def origin(self, *key: str) -> Origin:
        """Give where a key is told; a dotted name may be one word or a path of tables."""
        for path in (key, (*key[:-1], *key[-1].split("."))):
            if self._has(path):
                return Origin("file", str(self.path), line_of(self.places, path))
        return DEFAULT

    def _has(self, path: Key) -> bool:
        value: Any = self.values
        for part in path:
            if not isinstance(value, dict) or part not in value:
                return False
            value = value[part]
        return True


def in_force(config: Config, sources: Sequence[SourceSettings], known: Known) -> list[InForce]:
    """Give every value that holds: of some sources whose options are right, views, and keys."""
    said = _said(config.path)
    values = [_theme(config, known, said), _ascii(config, said)]
    if config.mouse is not None:
        values.append(InForce(("mouse",), config.mouse, said.origin("mouse"), TOP[2].about))
    for source in sources:
        values += _of_source(source, said)
    for view in config.views.values():
        values += _of_view(view, said)
    values += _of_notify(config, said)
    for id, binding in known.bindings.items():
        key = config.keys.get(id) or ",".join(binding.keys)
        values.append(InForce(("keys", id), key, said.origin("keys", id), binding.about))
    return values


def _said(path: Path) -> _Said:
    try:
        text = text_of(path, content_of(path) or b"")
        return _Said(path, values_of(path, text), places_of(text))
    except ConfigError:
        return _Said()


def _theme(config: Config, known: Known, said: _Said) -> InForce:
    about = TOP[0].about
    if config.theme in known.themes:
        return InForce(("theme",), config.theme, said.origin("theme"), about)
    return InForce(("theme",), known.themes[0], DEFAULT, about)


def _ascii(config: Config, said: _Said) -> InForce:
    return InForce(("ascii",), config.ascii, said.origin("ascii"), TOP[1].about)


def _of_source(source: SourceSettings, said: _Said) -> Iterator[InForce]:
    table = ("sources", source.name)
    told = written_source(source)
    if command := told.get("token_command"):
        told["token_command"] = [command[0], *("…" for _ in command[1:])]  # they may hold a secret
    for setting in SOURCE:
        name = setting.name
        origin = said.origin(*table, name) if source.path else _typed(told, name)
        yield InForce((*table, name), told.get(name, setting.default), origin, setting.about)
    for name, about in source_kind(source).options.items():
        origin = said.origin(*table, OPTIONS, name) if source.path else _typed(source.options, name)
        yield InForce((*table, OPTIONS, name), source.options.get(name), origin, about)


def _typed(told: Mapping[str, Any], name: str) -> Origin:
    if name not in told:
        return DEFAULT
    return Origin("option", f"--{name.replace('_', '-')}" if name in _TYPED else "--option")


def _of_notify(config: Config, said: _Said) -> Iterator[InForce]:
    for setting in NOTIFY:
        key = ("notify", setting.name)
        told = getattr(config.notify, setting.name)
        if setting.name == "command":
            told = [told[0], *("…" for _ in told[1:])] if told else None  # they may hold a secret
        yield InForce(key, told, said.origin(*key), setting.about)


def _of_view(view: View, said: _Said) -> Iterator[InForce]:
    told = written_view(view)
    for setting in VIEW:
        key = ("views", view.name, setting.name)
        yield InForce(key, told.get(setting.name), said.origin(*key), setting.about)
