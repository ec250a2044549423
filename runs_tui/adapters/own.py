"""The server that an engine's own command line is set to use, for a source without an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import runs_tui.adapters as adapters
from runs_tui.transport.address import address_of

if TYPE_CHECKING:
    from runs_tui.adapters.base import Credential


@dataclass(frozen=True, slots=True)
class Own:
    """What an engine's own settings say of its server."""

    url: str
    """Its address."""
    credential: "Credential | None" = None
    """What it is opened with, where that is told."""


def knows_own(api: str) -> bool:
    """Tell whether settings of this API's engine are read: its package has a module `own`."""
    places = (Path(place) / api / "own.py" for place in adapters.__path__)
    return api.isidentifier() and any(place.is_file() for place in places)


def own_of(api: str, environ: Mapping[str, str]) -> Own | None:
    """Give the server that an engine's own command line uses; None where it is told none.

    A user and a password in its address are its credential where there is no other: addresses are
    shown. Raise Unreachable for an address that cannot be.
    """
    from runs_tui.adapters.base import Credential

    told: Own | None = _module(api).own(environ)
    if told is None:
        return None
    address = address_of(told.url)
    if address.userinfo is None:
        return told
    return Own(str(address), told.credential or Credential(address.userinfo, told_where(api)))


def told_where(api: str) -> str:
    """Say where an engine's own command line is told its server."""
    told: str = _module(api).WHERE
    return told


def home_of(environ: Mapping[str, str]) -> Path:
    """Give the folder of the person whose variables these are."""
    told = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(told) if told else Path("~").expanduser()


def _module(api: str) -> Any:  # noqa: ANN401
    return import_module(f"{adapters.__name__}.{api}.own")
