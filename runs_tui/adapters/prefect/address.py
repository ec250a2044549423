"""The addresses of a Prefect server: of its API, and of its pages for people."""

import re
from urllib.parse import urlsplit

from runs_tui.transport.address import page_below

_CLOUD = re.compile(r"//api\.(?=[^/]*prefect\.)")
_PARTS = (("/accounts/", "/account/"), ("/workspaces/", "/workspace/"))
_RUN = re.compile(
    r"(?:/flow-runs|/runs)/flow-run/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/?", re.IGNORECASE
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def is_id(text: str) -> bool:
    """Tell whether a text can be an id: a UUID, written out."""
    return _UUID.fullmatch(text) is not None


def names_api(url: str) -> bool:
    """Tell whether an address has the part `api` that every address of the API has."""
    return "api" in url.split("/")[3:]


def web_of(url: str) -> str | None:
    """Give where the pages are whose API has this address; None where it cannot be told."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if not parts.hostname:
        return None
    place = f"//{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")
    if _CLOUD.match(place):
        place = _CLOUD.sub("//app.", place).replace("/api/", "/", 1)
        for api_word, page_word in _PARTS:
            place = place.replace(api_word, page_word, 1)
    return f"{parts.scheme}:{place.removesuffix('/api')}"


def run_id_in(address: str, web: str | None) -> str | None:
    """Give the id of the flow run that a page below an address shows."""
    found = _RUN.fullmatch(page_below(address, web) or "")
    return found[1].lower() if found else None
