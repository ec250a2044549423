"""What only the adapters and the dashboard can find wrong with a configuration."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from runs_tui.config.known import Known
from runs_tui.config.opening import wrong_options
from runs_tui.config.places import Path, line_of, places_of
from runs_tui.config.reading import content_of, text_of
from runs_tui.config.values import Config, Problem
from runs_tui.model.words import did_you_mean

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})


def checked(config: Config, known: Known) -> Config:
    """Give a configuration that also has the problems which its reader cannot find."""
    found = [problem for source in config.sources for problem in wrong_options(source)]
    told = [*_wrong_theme(config, known), *_wrong_keys(config, known)]
    if told:
        places = places_of(text_of(config.path, content_of(config.path) or b""))
        found += [Problem(what, config.path, line_of(places, path)) for path, what in told]
    problems = sorted((*config.problems, *found), key=lambda problem: problem.line or 0)
    return replace(config, problems=tuple(problems))


def _wrong_theme(config: Config, known: Known) -> Iterator[tuple[Path, str]]:
    if config.theme is not None and config.theme not in known.themes:
        meant = did_you_mean(config.theme, known.themes)
        yield ("theme",), f"there is no theme {config.theme!r}: {meant}"


def _wrong_keys(config: Config, known: Known) -> Iterator[tuple[Path, str]]:
    for id, text in config.keys.items():
        told = _wrong_binding(id, text, known) or _clash(id, text, config, known)
        if told:
            yield ("keys", id), told


def _wrong_binding(id: str, text: str, known: Known) -> str | None:
    if id not in known.bindings:
        return f"there is nothing to bind under {id!r}: {did_you_mean(id, known.bindings)}"
    try:
        keys = known.keys_of(text)
    except ValueError:
        return f'the keys of {id!r} must be named, with a comma between two, as "X,ctrl+x"'
    strange = next((key for key in keys if not _is_key(key, known)), None)
    if strange is None:
        return None
    names = sorted(name for name in known.key_names if not name[-1].isdigit())
    hint = did_you_mean(strange.split("+")[-1], ["X", *names])
    return f"there is no key {strange!r} to bind {id!r} to: {hint}"


def _is_key(key: str, known: Known) -> bool:
    *modifiers, last = key.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return False
    if len(last) == 1 or last in known.key_names:
        return True
    try:
        return bool(unicodedata.lookup(last.replace("_", " ")))
    except KeyError:
        return False


def _clash(id: str, text: str, config: Config, known: Known) -> str | None:
    """Say which other binding of the same place has one of the keys that are new for this one."""
    new = set(known.keys_of(text)).difference(known.bindings[id].keys)
    for place in known.together:
        for other in sorted(place - {id}) if id in place else ():
            both = new.intersection(_keys_of(other, config, known))
            if both:
                return f"{id!r} takes the key {min(both)!r}, which {other!r} has"
    return None


def _keys_of(id: str, config: Config, known: Known) -> tuple[str, ...]:
    text = config.keys.get(id)
    if text is None:
        return known.bindings[id].keys
    try:
        return known.keys_of(text)
    except ValueError:
        return ()
