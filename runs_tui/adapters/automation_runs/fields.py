"""Fields of an object whose names may be camelCase or snake_case, at the top or further in."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache

_MILLISECONDS = 10**11  # a larger number counts milliseconds


class Fields:
    """Looks fields up by name, whatever their case and underscores."""

    def __init__(self, value: object) -> None:
        """Take an object; anything else has no fields."""
        told = value if isinstance(value, Mapping) else {}
        self._told = {folded_name(str(name)): each for name, each in told.items()}

    def __getitem__(self, name: str) -> object:
        """Give a field; None where it is absent."""
        return self._told.get(folded_name(name))

    def inner(self, *names: str) -> Iterator["Fields"]:
        """Give the fields of the objects within."""
        return (Fields(self[name]) for name in names if isinstance(self[name], Mapping))

    def text(self, *names: str) -> str | None:
        """Give the first that is a text with something in it."""
        found = (self[name] for name in names)
        return next((each for each in found if isinstance(each, str) and each.strip()), None)

    def label(self, *names: str) -> str | None:
        """Give the first that is a text or a whole number, as text."""
        for name in names:
            each = self[name]
            if isinstance(each, str | int) and not isinstance(each, bool) and str(each).strip():
                return str(each)
        return None

    def instant(self, *names: str) -> datetime | None:
        """Give the first that is an instant."""
        found = (instant_of(self[name]) for name in names)
        return next((each for each in found if each), None)


@lru_cache(maxsize=4096)
def folded_name(name: str) -> str:
    """Write a name so that its spellings are equal."""
    return name.replace("_", "").replace("-", "").lower()


def instant_of(value: object) -> datetime | None:
    """Read an ISO text, or a number of seconds or milliseconds; None if it is neither."""
    try:
        match value:
            case bool():
                return None
            case int() | float():
                seconds = value / 1000 if abs(value) > _MILLISECONDS else value
                return datetime.fromtimestamp(seconds, UTC)
            case str() if value.strip().isdecimal():
                return instant_of(int(value[:20]))
            case str():
                then = datetime.fromisoformat(value.strip())
                return then.astimezone(UTC) if then.tzinfo else then.replace(tzinfo=UTC)
            case _:
                return None
    except (ValueError, OverflowError, OSError):
        return None
