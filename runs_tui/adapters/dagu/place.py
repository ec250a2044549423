"""Where runs are on a server: their ids here, their paths there, and their pages for people."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from runs_tui.transport.http import segment

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_API = re.compile(r"/api/v\d+$")
_PAGE = re.compile(r"/dag-runs/([^/]+)/([^/]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run is: within which root run, and of which DAG that is."""

    root: str
    """The id of the root run, which is the run itself where no other one started it."""
    name: str | None = None
    """The name of the root run's DAG, where it is known."""
    sub: str | None = None
    """The id of the run, where another one started it."""

    @property
    def path(self) -> str:
        """The path of a run whose DAG is known."""
        own = f"/dag-runs/{segment(self.name or '')}/{segment(self.root)}"
        return own if self.sub is None else f"{own}/sub-dag-runs/{segment(self.sub)}"

    @property
    def run_id(self) -> str:
        """The id of the run here; an id that people chose is unique within its DAG only."""
        root = self.root if is_uuid(self.root) else f"{self.name}/{self.root}"
        return root if self.sub is None else f"{root}/{self.sub}"


def place_of(run_id: str) -> Place:
    """Read an id: that of a run, after its DAG's name where that is needed, then of a sub-run."""
    parts = run_id.split("/")
    if is_uuid(parts[0]):
        return Place(parts[0], sub="/".join(parts[1:]) or None)
    if len(parts) == 1:
        return Place(run_id)
    return Place(parts[1], parts[0], "/".join(parts[2:]) or None)


def is_uuid(text: str) -> bool:
    """Tell whether a text is an id that the server makes, and not one that people choose."""
    return _UUID.fullmatch(text) is not None


def base_of(url: str) -> str:
    """Give the address below which the API and the pages are."""
    return _API.sub("", url.strip().rstrip("/"))


def web_of(url: str) -> str:
    """Give the address below which the pages are, without the user and the password it may have."""
    scheme, mark, rest = base_of(url).partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def api_of(url: str) -> str | None:
    """Give the path of the API that an address ends with, if it does."""
    found = _API.search(url.strip().rstrip("/"))
    return found[0] if found else None


def page_of(base: str, place: Place) -> str:
    """Give the address of the page that shows a run, or the one that started it."""
    return f"{base}/dag-runs/{segment(place.name or '')}/{segment(place.root)}"


def run_id_in(address: str, base: str) -> str | None:
    """Give the id of the run that a page shows."""
    page = address.strip().partition("#")[0].partition("?")[0].rstrip("/")
    if not base or not page.startswith(base):
        return None
    found = _PAGE.fullmatch(page[len(base) :])
    if found is None:
        return None
    return Place(unquote(found[2]), unquote(found[1])).run_id
