"""The addresses of a Dagster webserver: of its API, and of its pages for people."""

import re
from urllib.parse import urlsplit

from runs_tui.transport.address import page_below

_RUN = re.compile(r"/runs/([0-9A-Za-z][0-9A-Za-z._-]*)/?")
_BACKFILLS = "b"
_HOSTED = (".dagster.cloud", ".dagster.plus")


def base_of(url: str) -> str:
    """Give the address below which everything lies, where that of the API itself was given too."""
    return url.strip().rstrip("/").removesuffix("/graphql")


def is_hosted(url: str) -> bool:
    """Tell whether Dagster+ is at an address."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return False
    return host.casefold().endswith(_HOSTED)


def web_of(url: str) -> str | None:
    """Give where the pages are whose API has this address; None where it cannot be told."""
    try:
        parts = urlsplit(base_of(url))
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")


def run_id_in(address: str, web: str | None) -> str | None:
    """Give the id of the run that a page below an address shows."""
    found = _RUN.fullmatch(page_below(address, web) or "")
    return found[1] if found and found[1] != _BACKFILLS else None
