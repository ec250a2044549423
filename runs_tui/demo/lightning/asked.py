"""What a request asks for: filters as a Lightning server reads them, and the page."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any
from uuid import UUID

from starlette.requests import Request

from runs_tui.demo.lightning.shapes import HOST

_USUAL = 10


class Refusal(Exception):
    """An answer of 400 and above."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        """Take the answer."""
        super().__init__(str(body))
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Asked:
    """The query string of a request; filters that are ignored are as if they were not there."""

    request: Request
    ignored: frozenset[str] = frozenset()
    refuses: int = 400
    """The status that answers a bad instant."""
    most: int = 100
    """The largest page."""
    meta: bool = True
    """Whether lists tell how long they are."""

    def between(self, name: str) -> Callable[[datetime], bool]:
        """Give the test of an instant that `NAME_after` and `NAME_before` bound, both held."""
        after, before = self._instant(f"{name}_after"), self._instant(f"{name}_before")
        return lambda at: (after is None or at >= after) and (before is None or at <= before)

    def ids(self, name: str) -> frozenset[str] | None:
        """Give the ids that a filter names, a list before a single one; None for all."""
        listed = self.request.query_params.getlist(f"{name}s[]")
        if listed and f"{name}s" not in self.ignored:
            return frozenset(map(uuid_of, listed))
        single = self.request.query_params.get(name)
        return None if single is None or name in self.ignored else frozenset({uuid_of(single)})

    def page(self, found: Sequence[Any], show: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Show one page; one past the end is the last one."""
        size = min(self._number("page_size", _USUAL), self.most)
        pages = max(-(-len(found) // size), 1)
        number = min(self._number("page", 1), pages)
        meta = {
            "total_entries": len(found),
            "total_pages": pages,
            "page_number": number,
            "page_size": size,
        }
        answer = {
            "data": [show(each) for each in found[(number - 1) * size : number * size]],
            "included": [],
            "links": {
                "self": self._link(number, size),
                "first": self._link(1, size),
                "last": self._link(pages, size),
                "next": self._link(number + 1, size) if number < pages else None,
                "prev": self._link(number - 1, size) if number > 1 else None,
            },
        }
        return answer | ({"meta": meta} if self.meta else {})

    def _instant(self, name: str) -> datetime | None:
        text = self.request.query_params.get(name)
        if text is None or name in self.ignored:
            return None
        with suppress(ValueError):
            instant = datetime.fromisoformat(text)
            if instant.tzinfo is not None:
                return instant
        said = f"Invalid datetime format for '{name}': {dumps(text)}"
        if self.refuses == 422:
            raise Refusal(422, {"errors": {name: ["is not a valid datetime"]}})
        raise Refusal(self.refuses, {"error": said})

    def _number(self, name: str, usual: int) -> int:
        text = self.request.query_params.get(name, "")
        return max(int(text), 1) if text.isdecimal() else usual

    def _link(self, number: int, size: int) -> str:
        path = self.request.url.path.removeprefix(self.request.scope.get("root_path", ""))
        return f"{HOST}{path}?page={number}&page_size={size}"


def uuid_of(text: str) -> str:
    """Read a UUID; anything else cannot be cast."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Refusal(400, {"error": "Bad Request"}) from None
