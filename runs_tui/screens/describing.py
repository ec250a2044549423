"""What a person says of a new source: where its credential comes from, and whether it answers."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from itertools import chain, count
from time import perf_counter
from typing import Protocol

from runs_tui import looks
from runs_tui.adapters.base import Page, Source
from runs_tui.model.purpose import asking
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.model.settings import Api, SourceSettings


class AddsSources(Protocol):
    """What adding a source needs of a configuration."""

    def apis(self) -> Sequence[Api]:
        """Give every API that a source can be of."""
        ...

    def taken(self) -> Sequence[str]:
        """Give the names of the sources that are configured."""
        ...

    def wrong(self, source: SourceSettings) -> Mapping[str, str]:
        """Say what is wrong with each setting, by name, as `url`, `token` or `options.auth`."""
        ...

    def prospect(self, source: SourceSettings) -> str | None:
        """Say whether its credential can be had, without telling it."""
        ...

    def open(self, source: SourceSettings) -> Source:
        """Open it, and fetch its credential for that, which may take a while."""
        ...

    def keep(self, source: SourceSettings) -> str:
        """Keep it, and say where, as the end of a sentence."""
        ...


ORIGINS = {
    "none": ("", ""),
    "variable": ("variable", "the name of the variable that holds it; never the secret itself"),
    "command": ("command", "prints it in its first line, as: pass show prod"),
    "keyring": ("entry", "where the system's keyring has it, as: runs-tui/prod"),
}
"""Where a credential comes from, each with what is asked for then, and a sentence about that."""


def wrong_token(origin: str, token: str) -> str | None:
    """Say what is wrong with where a credential comes from before it is taken apart."""
    if origin != "none" and not token:
        what, _ = ORIGINS[origin]
        return f"the {what} is missing: type it, or choose none above"
    if origin == "command" and not words_of(token):
        return "a quote in the command is not closed"
    return None


def words_of(command: str) -> tuple[str, ...]:
    """Give the words of a command; none where a quote is not closed."""
    with suppress(ValueError):
        return tuple(shlex.split(command))
    return ()


def free_name(name: str, taken: Collection[str]) -> str:
    """Give a name that is not taken: this one, or it with the first number that is free."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(free for free in chain([name], numbered) if free not in taken)


async def answer_of(source: Source) -> str:
    """Read one run from a source, and say what came; raise SourceError where nothing did."""
    begun = perf_counter()
    with asking("try"):
        page = await source.runs(Query(limit=1))
    return f"It answers in {(perf_counter() - begun) * 1000:,.0f} ms, {_amount(page)}"


def _amount(page: Page[Run]) -> str:
    if page.total is not None:
        return looks.counted(page.total, "run")
    return "and has runs" if page.items or page.next else "no run yet"
