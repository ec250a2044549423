"""What a request is for, told by whoever asks; it follows the work that is begun within."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Verb = Literal["list", "show", "tail", "cancel", "retry", "follow", "try"]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is wanted of a source."""

    verb: Verb
    """What is done; `try` finds out whether the source answers."""
    about: str = ""
    """The id of a run, or the filter of a list."""
    options: tuple[str, ...] = ()
    """The options of the command that wants the same, as `--mode`, `full`."""

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{self.verb} {self.about}" if self.about else self.verb

    def command(self, source: str, description: Sequence[str] = ()) -> str | None:
        """Give the command line that asks a source for the same; None where there is none.

        `description` is the options that describe a source which is not configured.
        """
        which = description or ["--source", source]
        match self.verb:
            case "list":
                told = ["--", self.about] if self.about.startswith("-") else [self.about]
                words = ["list", *which, *(told if self.about else [])]
            case "show" | "tail" | "cancel" | "retry":
                words = [self.verb, *description, f"{source}/{self.about}", *self.options]
            case "try":
                words = ["sources", *which]
            case _:
                return None
        return shlex.join(["runs-tui", *words])


_now: ContextVar[Purpose | None] = ContextVar("purpose", default=None)


def purpose() -> Purpose | None:
    """Give what the requests that are sent here and now are for."""
    return _now.get()


@contextmanager
def asking(verb: Verb, about: str = "", *options: str) -> Iterator[None]:
    """Say what the requests within are for; what they are for already counts more."""
    if _now.get() is not None:
        yield
        return
    token = _now.set(Purpose(verb, about, options))
    try:
        yield
    finally:
        _now.reset(token)
