"""A whole answer, and its body read as what it should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from runs_tui.model.errors import BadAnswer
from runs_tui.transport.words import looks_like_page

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer to one request."""

    status: int
    """Its HTTP status."""
    headers: Mapping[str, str]
    """Its headers, by lower-case name."""
    body: bytes
    """Its body, decompressed."""
    where: str
    """What was asked, as `GET /api/runs`, never with a query string."""
    server: str = ""
    """The address of the API, without user and password."""


def decode(answer: Answer, shape: "TypeAdapter[T]") -> T:
    """Read the body of an answer; raise BadAnswer that says what was expected where."""
    from pydantic import ValidationError

    try:
        return shape.validate_json(answer.body)
    except ValidationError as error:
        raise BadAnswer(f"{answer.where}: {_wrong(answer, error)}", address_hint(answer)) from None


def _wrong(answer: Answer, error: "ValidationError") -> str:
    if not answer.body.strip():
        return "the answer is empty"
    if looks_like_page(answer.body):
        return "a web page came instead of JSON"
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return "the answer is not whole JSON"
    place = ".".join(str(part) for part in first["loc"])
    return f"at {place}: {first['msg']}" if place else first["msg"]


def address_hint(answer: Answer) -> str:
    """Ask whether the address is right."""
    return f"is {answer.server} the address of the API?"
