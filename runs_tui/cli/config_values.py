"""`runs-tui config show`: every value in force, as TOML whose comments tell where it comes from."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

from runs_tui.cli.config_file import shape_of
from runs_tui.cli.meant import ad_hoc, narrowed
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output, complain, say
from runs_tui.cli.status import Status
from runs_tui.cli.table import cells
from runs_tui.config import PATH_VARIABLE, Problem, config_path, load
from runs_tui.config.checking import checked
from runs_tui.config.credentials import prospect
from runs_tui.config.in_force import DEFAULT, InForce, Origin, in_force
from runs_tui.config.opening import wrong_options
from runs_tui.config.remembered import STATE_VARIABLE, state_path
from runs_tui.config.settings import OPTIONS, TOKENS

_WIDEST = 44

Chances = Mapping[str, str | None]
"""For each source, whether its credential can be had."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A file of the program, and what says that it is this one."""

    name: str
    path: Path
    origin: Origin


def show_values(choice: Choice, form: Literal["text", "json"]) -> int:
    """Print every value in force, tell what is wrong, and give the exit status."""
    from runs_tui.app import known

    there_is = known()
    config = checked(load(), there_is)
    meant = (ad_hoc(choice),) if choice.ad_hoc else narrowed(config.sources, choice.names)
    wrong = {source.name: wrong_options(source) for source in meant}
    problems = [*config.problems, *(p for name in wrong for p in wrong[name] if p.path is None)]
    sources = [source for source in meant if not wrong[source.name]]
    values = in_force(config, sources, there_is)
    chances = {source.name: prospect(source) for source in sources}
    if form == "json":
        Output().json(_document(values, chances, problems))
    else:
        Output().lines(list(_lines(values, chances)))
        for problem in problems:
            complain(str(problem))
        if not sources and not problems:
            say("no source is configured")
    return Status.USAGE if problems else Status.DONE


def _places() -> list[_Place]:
    return [
        _Place("configuration", config_path(), _told_by(PATH_VARIABLE)),
        _Place("state", state_path(), _told_by(STATE_VARIABLE)),
    ]


def _told_by(variable: str) -> Origin:
    return Origin("variable", variable) if os.environ.get(variable) else DEFAULT


def _document(
    values: Sequence[InForce], chances: Chances, problems: Sequence[Problem]
) -> dict[str, object]:
    places = {
        place.name: {
            "path": str(place.path),
            "exists": place.path.exists(),
            "origin": _shape(place.origin),
        }
        for place in _places()
    }
    return {
        **places,
        "values": [
            {
                "key": ".".join(map(_word, value.key)),
                "value": value.value,
                "origin": _shape(value.origin),
                "about": value.about,
            }
            for value in values
        ],
        "credentials": [{"source": name, "told": told} for name, told in chances.items()],
        "problems": [shape_of(problem) for problem in problems],
    }


def _shape(origin: Origin) -> dict[str, object]:
    return {"kind": origin.kind, "name": origin.name, "line": origin.line}


def _lines(values: Sequence[InForce], chances: Chances) -> Iterator[str]:
    for place in _places():
        missing = "" if place.path.exists() else ", not there"
        yield f"# {place.name}: {place.path} ({place.origin}{missing})"
    for table, told in groupby(values, lambda value: value.key[:-1]):
        yield ""
        if table:
            yield f"[{'.'.join(map(_word, table))}]"
        yield from _aligned([_line(value, chances) for value in told if _matters(value, chances)])
        if table[:1] == ("sources",) and len(table) == 2 and chances[table[1]] is None:
            yield "# no credential"


def _matters(value: InForce, chances: Chances) -> bool:
    """Tell whether a value is worth a line: not the ways to a credential that are not used."""
    return value.value is not None or value.key[-1] not in TOKENS


def _line(value: InForce, chances: Chances) -> tuple[str, str]:
    name = value.key[-1]
    about = f": {value.about}" if OPTIONS in value.key[2:] else ""
    if value.value is None:
        return f"# {name} is not set{about}", ""
    origin = str(value.origin)
    if name in TOKENS:
        origin += f", {chances[value.key[1]]}"
    elif value.key[0] == "keys":
        origin += f": {value.about}"
    return f"{_word(name)} = {_toml(value.value)}", f"# {origin}"


def _aligned(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    widths = [cells(left) for left, right in pairs if right]
    widest = max((width for width in widths if width <= _WIDEST), default=0)
    for left, right in pairs:
        yield f"{left}{' ' * max(widest - cells(left), 0)}  {right}".rstrip()


def _word(name: str) -> str:
    from tomlkit.items import SingleKey

    return SingleKey(name).as_string()


def _toml(value: object) -> str:
    import tomlkit

    return tomlkit.item(value).as_string()
