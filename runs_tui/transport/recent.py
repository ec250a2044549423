"""Answers of the last moment, so that what is asked twice at once is asked once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from runs_tui.model.errors import SourceError
from runs_tui.transport.answer import Answer


@dataclass(slots=True)
class _Asked:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    answer: Answer | None = None
    at: float = 0.0
    times: int = 0
    """How often it was asked to an end."""
    error: SourceError | None = None
    """What the last time came to, where that was no answer."""


class Recent:
    """Keeps each answer for a moment; a run's pane, its steps and its feed ask for the same."""

    def __init__(self, seconds: float) -> None:
        """Give an answer again for so many seconds; 0 for never."""
        self._seconds = seconds
        self._asked: dict[Hashable, _Asked] = {}

    async def give(self, question: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Give the answer to a question, asking only if it was not answered just now."""
        if not self._seconds:
            return await ask()
        self._forget_old()
        asked = self._asked.setdefault(question, _Asked())
        before = asked.times
        async with asked.lock:
            if asked.error is not None and asked.times > before:
                raise asked.error  # to who waited for it too
            if asked.answer is None or self._is_old(asked):
                await self._answer(asked, ask)
            assert asked.answer is not None
            return asked.answer

    async def _answer(self, asked: _Asked, ask: Callable[[], Awaitable[Answer]]) -> None:
        asked.answer = asked.error = None
        try:
            asked.answer = await ask()
        except SourceError as error:
            asked.error = error
            raise
        finally:
            if asked.answer or asked.error:
                asked.times += 1
            asked.at = _instant()

    def forget(self) -> None:
        """Forget all, for something is changed; what is being asked now is not kept either."""
        self._asked.clear()

    def _forget_old(self) -> None:
        for question, asked in list(self._asked.items()):
            if not asked.lock.locked() and self._is_old(asked):
                del self._asked[question]

    def _is_old(self, asked: _Asked) -> bool:
        return _instant() - asked.at >= self._seconds


def _instant() -> float:
    return asyncio.get_running_loop().time()
