"""Requests checked the way FastAPI checks them, with its answers to what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request


async def read_object(request: Request) -> dict[str, Any]:
    """Read the body, which is an object."""
    try:
        body = await request.json()
    except ValueError:
        raise invalid(["body", 0], "JSON decode error", "json_invalid") from None
    if not isinstance(body, dict):
        problem = "Input should be a valid dictionary"
        raise invalid(["body"], problem, "model_attributes_type")
    return body


def read_number(
    request: Request, name: str, default: int, least: int, most: int | None = None
) -> int:
    """Read a number of the query, within its bounds."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError:
        problem = "Input should be a valid integer, unable to parse string as an integer"
        raise invalid(["query", name], problem, "int_parsing") from None
    if number < least:
        problem = f"Input should be greater than or equal to {least}"
        raise invalid(["query", name], problem, "greater_than_equal")
    if most is not None and number > most:
        problem = f"Input should be less than or equal to {most}"
        raise invalid(["query", name], problem, "less_than_equal")
    return number


def invalid(loc: list[str | int], problem: str, kind: str) -> HTTPException:
    """Make a refusal that says where the request is wrong."""
    detail: Any = [{"loc": loc, "msg": problem, "type": kind}]
    return HTTPException(422, detail)
