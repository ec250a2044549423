"""Addresses of GitHub and of its repositories, as people have them at hand."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from runs_tui.model.errors import Refused

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_IN_API = re.compile(r"^(?P<base>.*)/repos/(?P<name>[^/]+/[^/]+)/?$")
_ON_PAGE = re.compile(r"^/(?P<name>[^/]+/[^/]+?)(?:\.git)?/?$")
_RUN = re.compile(r"^/(?P<name>[^/]+/[^/]+)/actions/runs/(?P<id>[0-9]{1,19})(?:/.*)?$")
_CLOUD = "github.com"


@dataclass(frozen=True, slots=True)
class Place:
    """An API, and the repository that its address may name."""

    base: str
    """The address of the API."""
    repository: str | None = None
    """`owner/name`."""


def place_of(url: str) -> Place:
    """Read the address of an API, of a repository in it, or of a repository's page."""
    url = url.strip().rstrip("/")
    found = _IN_API.match(url)
    if found is not None:
        return Place(found["base"], found["name"])
    try:
        parts = urlsplit(url)
    except ValueError:
        return Place(url)
    if parts.netloc.lower() not in (_CLOUD, f"www.{_CLOUD}"):
        return Place(url)
    page = _ON_PAGE.match(parts.path)
    return Place(f"https://api.{_CLOUD}", page["name"] if page else None)


def repositories_of(url: str, option: str | None) -> tuple[str, ...]:
    """Give the repositories that are named, each once; raise Refused for what cannot be one."""
    named = [each.strip() for each in (option or "").split(",") if each.strip()]
    own = place_of(url).repository
    every = dict.fromkeys([own, *named] if own else named)
    for name in every:
        if not _REPOSITORY.fullmatch(name) or {".", ".."} & set(name.split("/")):
            raise Refused(f"a repository is written as OWNER/NAME, not {name!r}")
    return tuple(every)


def run_id_in(address: str, url: str, repositories: tuple[str, ...]) -> str | None:
    """Give the id of the run that a page shows, where it is of one of these repositories."""
    try:
        shown = urlsplit(address.strip())
        api = urlsplit(place_of(url).base)
        host = (api.hostname or "").removeprefix("api.")
        same = bool(host) and shown.hostname == host and shown.port == api.port
    except ValueError:
        return None
    found = _RUN.match(shown.path)
    known = {name.lower() for name in repositories}
    if found is None or not same or found["name"].lower() not in known:
        return None
    return found["id"]
