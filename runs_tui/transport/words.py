"""The server's own words in the body of an error, whatever shape they come in."""

import json
import re
from dataclasses import dataclass
from typing import Any

_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_PLACES = ("detail", "exception_message", "title", "message", "error", "reason", "errors")
_COMPLAINTS = ("detail", "exception_detail", "errors")
_MOST = 4_000


@dataclass(frozen=True, slots=True)
class Told:
    """What the body of an error says."""

    words: str = ""
    """The server's words, neither cleaned nor cut."""
    about_path: bool = False
    """Whether they complain about a part of the path, such as the form of an id."""
    is_page: bool = False
    """Whether a web page says them."""
    request: str = ""
    """The id of the request, where a header tells it."""


def read_words(body: bytes) -> Told:
    """Read the words of an error's body: JSON of many shapes, a web page's title, or plain text."""
    start = body[:200].lstrip().lower()
    if start.startswith(b"<"):
        title = _TITLE.search(body[:_MOST])
        return Told(title[1].decode("utf-8", "replace") if title else "", is_page=True)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return Told(body[:_MOST].decode("utf-8", "replace"))
    return Told(_words(value, 4)[:_MOST], _about_path(value))


def looks_like_page(body: bytes) -> bool:
    """Tell whether a body is a web page."""
    return body[:200].lstrip().startswith(b"<")


def _words(value: object, depth: int) -> str:
    match value:
        case str():
            return value
        case list() if depth:
            parts = (_words(item, depth - 1) for item in value[:5])
            return "; ".join(part for part in parts if part)
        case dict() if depth:
            return _words_of_object(value, depth)
        case _:
            return ""


def _words_of_object(value: dict[str, Any], depth: int) -> str:
    if "msg" in value:
        return _placed(value.get("loc"), _words(value["msg"], depth - 1))
    place = value.get("field") or value.get("location")
    if place and "message" in value:
        return _placed(place, _words(value["message"], depth - 1))
    found = (_words(value.get(name), depth - 1) for name in _PLACES)
    first = next((words for words in found if words), "")
    more = "exception_detail" if "exception_message" in value else "errors"
    rest = _words(value.get(more), depth - 1)
    if not first and isinstance(value.get("errors"), dict):
        return _words_of_fields(value["errors"], depth)
    return f"{first}: {rest}" if rest and rest not in first else first


def _words_of_fields(value: dict[str, Any], depth: int) -> str:
    """Give the words about each field, for errors that are a map of them."""
    told = ((name, _words(about, depth - 1)) for name, about in list(value.items())[:5])
    return "; ".join(_placed(name, words) for name, words in told if words)


def _placed(place: object, words: str) -> str:
    told = ".".join(str(part) for part in place) if isinstance(place, list) else str(place or "")
    return f"{told}: {words}" if told else words


def _about_path(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    lists = (value[name] for name in _COMPLAINTS if isinstance(value.get(name), list))
    objects = [item for item in next(lists, ()) if isinstance(item, dict)]
    places = [_parts(item.get("loc", item.get("location"))) for item in objects]
    return bool(places) and all(place[:1] == ["path"] for place in places)


def _parts(place: object) -> list[Any]:
    """Give the parts of a place, which is a list or has points between them."""
    return place if isinstance(place, list) else str(place).split(".")
