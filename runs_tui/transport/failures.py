"""Which of the seven kinds an answer's status stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isfinite

from runs_tui.model.errors import (
    Conflict,
    NotFound,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from runs_tui.model.text import one_line
from runs_tui.transport.words import Told

_UNKNOWN_PATH = frozenset({"", "not found", "404 not found", "404 page not found"})
_REQUEST_ID = "request-id"
_MOST_WORDS = 220
_SECONDARY = 60.0
"""The seconds to wait at a limit that tells none, as GitHub's documentation asks for."""
_EPOCH = 1_000_000_000  # a larger number is an instant, a smaller one an amount of seconds


@dataclass(frozen=True, slots=True)
class Hints:
    """What a person can do about it."""

    credential: str = ""
    """Where the credential is mended."""
    address: str = ""
    """The question whether the address is right."""


def failure(
    status: int, headers: Mapping[str, str], told: Told, hints: Hints, now: datetime
) -> SourceError:
    """Give the error that a status of 400 and above stands for."""
    error = _kind(status, headers, told, hints, now)
    error.status = status
    error.strange = told.is_page
    return error


def _kind(
    status: int, headers: Mapping[str, str], told: Told, hints: Hints, now: datetime
) -> SourceError:
    words = _numbered(told.words.strip() or phrase(status), told.request)
    if status == 429 or (status == 403 and _is_limit(headers, told)):
        wait = seconds_to_wait(headers, now)
        if status == 403 and "retry-after" not in headers and _is_secondary(told):
            wait = _SECONDARY
        return RateLimited(words, "" if wait is None else f"again in {wait:.0f} s", wait)
    if status == 404 or (status == 422 and told.about_path):
        unknown_path = told.is_page or told.words.strip().lower() in _UNKNOWN_PATH
        return NotFound(words, hints.address if unknown_path else "")
    if status in {401, 403}:
        return Unauthorized(words, _with_permissions(hints.credential, headers))
    if status == 409:
        return Conflict(words)
    if status in {405, 501}:
        return Unsupported(words, hints.address if told.is_page else "")
    if status >= 500:
        said = f": {told.words.strip()}" if told.words.strip() else ""
        return Unreachable(_numbered(f"it answers {phrase(status)}{said}", told.request))
    return Refused(words)


def _is_limit(headers: Mapping[str, str], told: Told) -> bool:
    """Tell whether an answer 403 means that too much was asked, and not that it is forbidden."""
    spent = headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in headers or _is_secondary(told)


def _is_secondary(told: Told) -> bool:
    return "secondary rate limit" in told.words.lower()


def _with_permissions(hint: str, headers: Mapping[str, str]) -> str:
    """Give a hint together with the permissions that GitHub says a request needs."""
    needed = one_line(headers.get("x-accepted-github-permissions", ""), 80)
    return f"{hint}; it needs the permission {needed}" if needed else hint


def request_id(headers: Mapping[str, str]) -> str:
    """Give the id by which the server's people find a request, such as `x-request-id` tells."""
    found = (value for name, value in headers.items() if name.endswith(_REQUEST_ID))
    return one_line(next(found, ""), 64)


def _numbered(words: str, request: str) -> str:
    """Let words end with the id of their request, where there is one, also if they are long."""
    return f"{one_line(words, _MOST_WORDS)} (request {request})" if request else words


def phrase(status: int) -> str:
    """Give a status with its name, as `502 Bad Gateway`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Give how long a server wants to be left alone, by its own clock; None if it does not say."""
    now = _date(headers.get("date", "")) or now
    told = headers.get("retry-after") or headers.get("x-ratelimit-reset")
    if not told:
        return None
    try:
        number = float(told)
    except ValueError:
        then = _date(told)
        return None if then is None else max((then - now).total_seconds(), 0.0)
    if not isfinite(number):
        return None
    return max(number - now.timestamp() if number > _EPOCH else number, 0.0)


def _date(text: str) -> datetime | None:
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return then if then.tzinfo else then.replace(tzinfo=UTC)
