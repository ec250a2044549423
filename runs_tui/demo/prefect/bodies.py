"""What clients send in a body, read field by field, and the answers to what is wrong with it."""

from collections.abc import Callable
from json import JSONDecodeError, loads
from typing import Any, TypeVar

from starlette.requests import Request

from runs_tui.demo.prefect.filters import Test, Tree, Wrong, a_whole, build, one_word

MOST = 200
"""The most rows that a list gives at once."""

T = TypeVar("T")


class Refusal(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, body: object) -> None:
        """Remember the status and the JSON body of the answer."""
        super().__init__(status)
        self.status = status
        self.body = body


def not_found(what: str) -> Refusal:
    """Make the answer for something that is not there."""
    return Refusal(404, {"detail": f"{what} not found"})


class Body:
    """The JSON object that came with a request."""

    def __init__(self, fields: dict[str, Any]) -> None:
        """Hold the fields."""
        self.fields = fields

    def get(self, name: str) -> Any:  # noqa: ANN401
        """Give a field as it came, or None."""
        return self.fields.get(name)

    def read(self, name: str, parse: Callable[[object], T], missing: T) -> T:
        """Parse a field where it was sent; an explicit null is not the same as nothing."""
        if name not in self.fields:
            return missing
        try:
            return parse(self.fields[name])
        except Wrong as error:
            raise self.invalid(error, name) from error

    def invalid(self, error: Wrong, *place: str) -> Refusal:
        """Make the answer that says what is wrong and where."""
        kind, message = error.entry["type"], error.entry["msg"]
        entry = {"type": kind, "loc": ["body", *place], "msg": message, **error.entry}
        return Refusal(
            422,
            {
                "exception_message": "Invalid request received.",
                "exception_detail": [entry],
                "request_body": self.fields,
            },
        )

    def test(self, name: str, tree: Tree) -> Test | None:
        """Build the filter in a field; None where there is nothing to test."""
        return self.read(name, lambda value: build(value, tree), None)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Give one of the allowed words, the first where none was sent."""
        return self.read(name, lambda value: one_word(value, allowed), allowed[0])

    def number(self, name: str, missing: int, least: int = 0) -> int:
        """Give a whole number that is not below the least."""

        def parse(value: object) -> int:
            number = a_whole(value)
            if number < least:
                message = f"Input should be greater than or equal to {least}"
                raise Wrong("greater_than_equal", message, number, ge=least)
            return number

        return self.read(name, parse, missing)

    def limit(self) -> int:
        """Give how many rows are wanted."""
        limit = self.number("limit", MOST)
        if limit > MOST:
            detail = f"Invalid limit: must be less than or equal to {MOST}."
            raise Refusal(422, {"detail": detail})
        return limit


async def body_of(request: Request) -> Body:
    """Read the body of a request; nothing at all counts as an empty object."""
    raw = await request.body()
    try:
        fields = loads(raw) if raw else {}
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise Body({}).invalid(Wrong("json_invalid", "JSON decode error", {})) from error
    if not isinstance(fields, dict):
        message = "Input should be a valid dictionary or object to extract fields from"
        raise Body({}).invalid(Wrong("model_attributes_type", message, fields))
    return Body(fields)


def page_of(rows: list[T], body: Body) -> dict[str, Any]:
    """Cut one page out of rows, with the counts that belong to it."""
    limit, page = body.limit(), body.number("page", 1, least=1)
    first = (page - 1) * limit
    return {
        "results": rows[first : first + limit],
        "count": len(rows),
        "limit": limit,
        "pages": -(-len(rows) // limit) if limit else 0,
        "page": page,
    }


def slice_of(rows: list[T], body: Body) -> list[T]:
    """Cut the wanted rows out, by limit and offset."""
    limit, offset = body.limit(), body.number("offset", 0)
    return rows[offset : offset + limit]
