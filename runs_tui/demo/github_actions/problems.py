"""What GitHub says when it does not do what it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

_DOCUMENTATION = "https://docs.github.com/rest/actions/workflow-runs"


class Problem(Exception):
    """A refusal."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        """Take the status, the words and what the headers tell besides."""
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})

    @property
    def answer(self) -> Response:
        """The answer; its `status` is a text."""
        told = {
            "message": str(self),
            "documentation_url": _DOCUMENTATION,
            "status": str(self.status),
        }
        return JSONResponse(told, status_code=self.status, headers=self.headers)


def refused(_: Request, error: Exception) -> Response:
    """Answer with what a handler raised."""
    assert isinstance(error, Problem)
    return error.answer


def not_found() -> Problem:
    """Say that something is not there, or may not be seen."""
    return Problem(404, "Not Found")
