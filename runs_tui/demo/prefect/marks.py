"""Ids, hashes and times as a Prefect server writes them, derived and therefore stable."""

from datetime import datetime
from functools import lru_cache
from hashlib import md5
from uuid import UUID


def digest(*parts: object) -> str:
    """Give 32 hexadecimal digits that depend on the parts alone."""
    return md5("\x1f".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=65536)
def derived(*parts: str) -> str:
    """Give a UUID that depends on the parts alone."""
    return str(UUID(digest(*parts), version=4))


def stamp(instant: datetime) -> str:
    """Write a UTC instant with microseconds and a `Z`."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


def stamp_or_none(instant: datetime | None) -> str | None:
    """Write a UTC instant where there is one."""
    return None if instant is None else stamp(instant)
