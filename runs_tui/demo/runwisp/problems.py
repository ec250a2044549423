"""Requests checked as RunWisp's framework checks them, and its answers to what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request

SCHEMA = "http://localhost:9477/schemas/ErrorModel.json"
_TITLES = {422: "Unprocessable Entity"}
"""Where Go's phrase for a status is not Python's, which is another one from 3.13 on."""


class Problem(Exception):
    """An answer that says what is wrong."""

    def __init__(self, status: int, detail: str, *errors: Mapping[str, Any]) -> None:
        """Take the status, and what is said."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def invalid(location: str, message: str, value: object) -> Problem:
    """Make a refusal that says which part of the request is wrong."""
    error = {"message": message, "location": location, "value": value}
    return Problem(422, "validation failed", error)


async def told(_: Request, error: Exception) -> Response:
    """Answer with a problem."""
    assert isinstance(error, Problem)
    body: dict[str, Any] = {
        "$schema": SCHEMA,
        "title": _TITLES.get(error.status) or HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
    }
    if error.errors:
        body["errors"] = list(error.errors)
    return JSONResponse(body, error.status, media_type="application/problem+json")


def number(request: Request, name: str, default: int, least: int, most: int | None = None) -> int:
    """Read a number of the query, within its bounds."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise invalid(f"query.{name}", "invalid integer", text) from None
    if value < least:
        raise invalid(f"query.{name}", f"expected number >= {least}", value)
    if most is not None and value > most:
        raise invalid(f"query.{name}", f"expected number <= {most}", value)
    return value


def choice(request: Request, name: str, allowed: Collection[str]) -> str:
    """Read one of some words of the query, or none."""
    text = request.query_params.get(name, "")
    if text and text not in allowed:
        words = ", ".join([*allowed, ""])
        raise invalid(f"query.{name}", f'expected value to be one of "{words}"', text)
    return text


def instant(request: Request, name: str) -> datetime | None:
    """Read an instant of the query."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        problem = "expected string to be RFC 3339 date-time"
        raise invalid(f"query.{name}", problem, text) from None
