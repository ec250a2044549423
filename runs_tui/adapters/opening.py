"""What a source makes at its first request, and closes with itself."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from runs_tui.model.errors import Unreachable


class Closes(Protocol):
    """What holds connections."""

    async def close(self) -> None:
        """Close every connection."""
        ...


T = TypeVar("T", bound=Closes)


class Opening(Generic[T]):
    """Makes it when it is asked for first, and no more once it was closed."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Take what makes it; nothing is made yet."""
        self.made: T | None = None
        """What was made, if anything."""
        self._make = make
        self._closed = False

    def give(self) -> T:
        """Give it; raise Unreachable once it was closed."""
        if self._closed:
            raise Unreachable("the source was closed")
        if self.made is None:
            self.made = self._make()
        return self.made

    async def close(self) -> None:
        """Close it for good, made or not."""
        self._closed = True
        if self.made is not None:
            await self.made.close()
