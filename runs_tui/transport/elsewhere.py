"""What an API keeps on another host: fetched from where it redirects to, without the credential."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    NotFound,
    Refused,
    SourceError,
    Unauthorized,
)

if TYPE_CHECKING:
    from runs_tui.transport.address import Address
    from runs_tui.transport.answer import Answer
    from runs_tui.transport.http import Http

REDIRECTS = frozenset({301, 302, 303, 307, 308})


def is_redirect(answer: "Answer") -> bool:
    """Tell whether an answer names another place."""
    return answer.status in REDIRECTS and bool(answer.headers.get("location"))


async def fetched(answer: "Answer", api: "Address", other: Callable[[str], "Http"]) -> "Answer":
    """Give what is kept where an answer redirects to; raise NotFound where that is refused.

    The address is used once and kept nowhere: its query may be a credential of its own.
    """
    place = _place(answer, api)
    http = other(f"{place.scheme}://{place.netloc}")
    try:
        return await http.get(place.path, _params(place))
    except (Conflict, NotFound, Refused, Unauthorized) as error:
        raise _missing(error, place) from None
    finally:
        await http.close()


def _missing(error: SourceError, place: SplitResult) -> NotFound:
    missing = NotFound(f"what it redirects to is not at {place.hostname} ({error.status})")
    missing.status = error.status
    return missing


def _place(answer: "Answer", api: "Address") -> SplitResult:
    """Read where to go; never from a secure API to a place that is not."""
    allowed = {"https"} if api.origin.startswith("https:") else {"https", "http"}
    try:
        place = urlsplit(urljoin(api.join(""), answer.headers["location"].strip()))
        fit = place.scheme in allowed and bool(place.hostname) and "@" not in place.netloc
    except ValueError:
        fit = False
    if not fit:
        raise BadAnswer(f"{answer.where} redirects to an address that is not followed")
    return place


def _params(place: SplitResult) -> Mapping[str, Sequence[str]]:
    told: dict[str, list[str]] = {}
    for name, value in parse_qsl(place.query, keep_blank_values=True):
        told.setdefault(name, []).append(value)
    return told
