"""Asking a person before anything is changed on a server."""

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from runs_tui import looks
from runs_tui.adapters.base import Action, Source
from runs_tui.cli.output import say
from runs_tui.cli.table import Cell, Column, table
from runs_tui.model.run import RetryMode, Run

Listed = Sequence[tuple[Source, Run]]


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked to agree to."""

    action: Action
    """What is to be done."""
    mode: RetryMode | None
    """From where a retry starts, where that was said."""
    leave: Literal["ask", "yes"]
    """Whether leave was given beforehand, for sources that are not protected."""


def may_ask() -> bool:
    """Tell whether somebody sits at a terminal who can be asked."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def confirmed(question: Question, listed: Listed) -> bool:
    """Name the runs and ask; for a protected source its name must be typed."""
    mode = f", mode {question.mode}" if question.mode else ""
    say(f"{question.action} {looks.counted(len(listed), 'run')}{mode}:")
    for line in _named(question, listed):
        say(f"  {line}")
    guarded = dict.fromkeys(source.name for source, _ in listed if source.connection.protected)
    for name in guarded:
        if _ask(f"{name} is protected. Type its name to {question.action}: ") != name:
            return False
    others = [run for source, run in listed if source.name not in guarded]
    if not others or question.leave == "yes":
        return True
    what = f"these {len(listed)} runs" if len(listed) > 1 else "this run"
    return _ask(f"{question.action.capitalize()} {what}? [y/N] ").lower() in {"y", "yes"}


def _named(question: Question, listed: Listed) -> list[str]:
    rows = [
        [
            Cell(str(run.key)),
            Cell(run.workflow),
            Cell(f"{looks.glyph(run.state)} {looks.word(run)}"),
            Cell(_remark(question, source, run)),
        ]
        for source, run in listed
    ]
    return table([Column(""), Column(""), Column(""), Column("")], rows)[1:]


def _remark(question: Question, source: Source, run: Run) -> str:
    told = (source.objection(question.action, run), source.caution(question.action, run))
    return "; ".join(part for part in told if part)


def _ask(prompt: str) -> str:
    with _interruptible():
        sys.stderr.write(prompt)
        sys.stderr.flush()
        answer = sys.stdin.readline()
    if not answer:
        say("")
    return answer.strip()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let an interrupt end the waiting for an answer, which holds the event loop."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in signals}
    for number in signals:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        raise asyncio.CancelledError from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
