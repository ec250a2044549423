"""Ids and addresses of a Lightning server."""

import re
from urllib.parse import urlsplit

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_RUN = re.compile(rf"/projects/(?:{_UUID.pattern})/runs/({_UUID.pattern})/?", re.IGNORECASE)


def is_id(text: str) -> bool:
    """Tell whether a text can be an id: a UUID, written out."""
    return _UUID.fullmatch(text) is not None


def base_of(url: str) -> str:
    """Give the address of a server, of which that of its API may be given."""
    return url.strip().rstrip("/").removesuffix("/api")


def page_of(url: str, project_id: str, run_id: str) -> str | None:
    """Give the page of a run for people; None where there is no telling."""
    base = base_of(url)
    try:
        parts = urlsplit(base)
    except ValueError:
        return None
    place = parts.netloc.rpartition("@")[2] + parts.path
    return f"{parts.scheme}://{place}/projects/{project_id}/runs/{run_id}"


def run_id_in(address: str, url: str) -> str | None:
    """Give the id of the run that a page of a server shows."""
    page = address.strip().partition("#")[0].partition("?")[0]
    found = _RUN.search(page)
    if found is None or found.end() != len(page):
        return None
    try:
        shown, base = urlsplit(page[: found.start()]), urlsplit(base_of(url))
    except ValueError:
        return None
    ours = base.scheme, base.netloc.rpartition("@")[2], base.path
    return found[1].lower() if (shown.scheme, shown.netloc, shown.path) == ours else None
