"""One module for each run API; third parties add theirs by the entry points `runs_tui.adapters`."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from runs_tui.model.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

    from runs_tui.adapters.base import Source

GROUP = "runs_tui.adapters"
_SHARED = frozenset(
    {
        "acts",
        "base",
        "commands",
        "desk_source",
        "filling",
        "finding",
        "instants",
        "intents",
        "opening",
        "origins",
        "own",
        "previews",
        "partners",
        "rewinding",
        "starts",
        "unopened",
        "unusable",
        "writes",
    }
)


@cache
def api_names() -> tuple[str, ...]:
    """Give the names of all APIs that are spoken, without importing any adapter."""
    return tuple(sorted({*_own(), *(point.name for point in _points())}))


def source_type(api: str) -> type["Source"]:
    """Import the adapter of one API; raise LookupError, with the nearest right name."""
    if api in _own():
        return _source_in(f"{__name__}.{api}")
    for point in _points():
        if point.name == api:
            found: type[Source] = point.load()
            return found
    raise LookupError(f"there is no API {api!r}: {did_you_mean(api, api_names())}")


def about(api: str) -> str:
    """Give the sentence that an adapter says of its API, and import it for that."""
    point = next((point for point in _points() if point.name == api), None)
    name = point.module if point and api not in _own() else f"{__name__}.{api}"
    told = import_module(name).__doc__ or source_type(api).__doc__ or ""
    return told.strip().partition("\n")[0]


def _own() -> frozenset[str]:
    modules = iter_modules(__path__)
    return frozenset(m.name for m in modules if m.name not in _SHARED and m.name[0] != "_")


def _points() -> "Iterable[EntryPoint]":
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def _source_in(module_name: str) -> type["Source"]:
    from runs_tui.adapters.base import Source

    module = import_module(module_name)
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Source) and "api" in vars(value)
    ]
    if len(own) != 1:
        raise LookupError(f"{module_name} must define one Source with an `api`, not {len(own)}")
    return own[0]
