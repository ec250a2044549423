"""What is remembered of a server, the latest of it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A mapping that forgets what was put in first when it is full."""

    def __init__(self, most: int) -> None:
        """Begin empty."""
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Give what belongs to a key; None where nothing is known."""
        return self._kept.get(key)

    def put(self, key: K, value: V) -> V:
        """Remember something."""
        self._kept.pop(key, None)
        self._kept[key] = value
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value

    def take(self, key: K) -> V | None:
        """Give what belongs to a key, and forget it."""
        return self._kept.pop(key, None)


@dataclass(slots=True)
class Seen:
    """What the events of a run told of its nodes, and nothing else does."""

    begun: dict[str, datetime] = field(default_factory=dict)
    """When each began."""
    ended: dict[str, datetime] = field(default_factory=dict)
    """When each ended."""
    failed: dict[str, str] = field(default_factory=dict)
    """Those that failed, each with the last that it said."""
