"""A wish to change runs, made true: each run once, a few at the same time, after asking or not."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from runs_tui.adapters.acts import Outcome, act, allow
from runs_tui.adapters.base import Action, Source
from runs_tui.cli.asking import Question, confirmed
from runs_tui.cli.meant import closing_all
from runs_tui.model.errors import Conflict, Refused, SourceError
from runs_tui.model.purpose import asking
from runs_tui.model.run import RetryMode, Run, RunKey

AT_ONCE = 8
"""How many runs are read or changed at the same time."""

Leave = Literal["ask", "yes"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to runs."""

    action: Action
    """What to do."""
    mode: RetryMode | None = None
    """From where to retry; None for the API's usual way."""
    step: str | None = None
    """The step to retry from."""


async def made(sources: Mapping[str, Source], keys: Sequence[RunKey], wish: Wish) -> list[Outcome]:
    """Do it without asking."""
    async with closing_all(sources.values()):
        return await _each(keys, lambda key: _act(sources[key.source], key, wish, None))


async def asked(
    sources: Mapping[str, Source], keys: Sequence[RunKey], wish: Wish, leave: Leave
) -> list[Outcome]:
    """Read the runs, ask about those that can be changed, and do it if the answer is yes."""
    async with closing_all(sources.values()):
        read = await _each(keys, lambda key: _readable(sources[key.source], key, wish))
        runs = [run for run in read if isinstance(run, Run)]
        if runs:
            question = Question(wish.action, wish.mode, leave)
            if not confirmed(question, [(sources[run.source], run) for run in runs]):
                read = [
                    Outcome(run.key, ok=False, run=run, error=Refused("it was not confirmed"))
                    if isinstance(run, Run)
                    else run
                    for run in read
                ]

        async def change(told: Run | Outcome) -> Outcome:
            if isinstance(told, Outcome):
                return told
            return await _act(sources[told.source], told.key, wish, told)

        return await _each(read, change)


async def _readable(source: Source, key: RunKey, wish: Wish) -> Run | Outcome:
    try:
        allow(source, wish.action)
        with asking("show", key.id):
            run = await source.run(key.id)
    except SourceError as error:
        return Outcome(key, ok=False, error=error)
    objection = source.objection(wish.action, run)
    return Outcome(key, ok=False, run=run, error=Conflict(objection)) if objection else run


async def _act(source: Source, key: RunKey, wish: Wish, before: Run | None) -> Outcome:
    return await act(source, wish.action, key.id, mode=wish.mode, step=wish.step, before=before)


X = TypeVar("X")


async def _each(things: Sequence[X], work: Callable[[X], Awaitable[T]]) -> list[T]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(thing: X) -> T:
        async with room:
            return await work(thing)

    return list(await asyncio.gather(*(one(thing) for thing in things)))
