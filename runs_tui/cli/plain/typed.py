"""What a person or a script types: lines, answers, and the seconds in which one may come."""

import os
import select
import sys
from typing import Protocol

from runs_tui.model.text import clean


class Typed(Protocol):
    """Where lines come from."""

    person: bool
    """Whether a person types, who can be asked and can stop what goes on."""

    def line(self, prompt: str) -> str | None:
        """Give the next command; None at the end."""
        ...

    def answer(self, prompt: str) -> str | None:
        """Give the next line, which is an answer; None at the end."""
        ...

    def hidden(self, prompt: str) -> str | None:
        """Give the next line, which is a secret and is not shown; None at the end."""
        ...

    def within(self, seconds: float) -> str | None:
        """Give the line that comes within so many seconds; None where none does.

        Raise EOFError at the end, also where the terminal is gone.
        """
        ...


class Terminal:
    """Lines from a terminal, edited where Python can."""

    person = True

    def __init__(self, *, edited: bool) -> None:
        """Read from standard input."""
        self._edited = edited

    def line(self, prompt: str) -> str | None:
        """Give the next command, which the history of the editing remembers."""
        text = self.answer(prompt)
        if self._edited and text:
            import readline

            readline.add_history(text)
        return text

    def answer(self, prompt: str) -> str | None:
        """Give the next line, which is an answer."""
        if self._edited:
            try:
                return clean(input(prompt))
            except EOFError:
                _write("\n")
                return None
        _write(prompt)
        text = sys.stdin.readline()
        if not text:
            _write("\n")
            return None
        return clean(text)

    def hidden(self, prompt: str) -> str | None:
        """Give the next line, and do not show it."""
        from getpass import getpass

        try:
            return getpass(prompt)
        except EOFError:
            _write("\n")
            return None

    def within(self, seconds: float) -> str | None:
        """Give the line that comes within so many seconds."""
        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        return taken() if ready else None


class Script:
    """Lines from a pipe or a file; no prompt is written for them."""

    person = False

    def line(self, prompt: str) -> str | None:
        """Give the next command."""
        text = sys.stdin.readline() if sys.stdin is not None else ""
        return clean(text) if text else None

    def answer(self, prompt: str) -> str | None:
        """Give the next line, which is an answer."""
        return self.line(prompt)

    def hidden(self, prompt: str) -> str | None:
        """Give the next line, which is a secret."""
        return self.line(prompt)

    def within(self, seconds: float) -> str | None:
        """Give nothing: a script takes nothing back."""
        return None


def typed() -> Typed:
    """Choose by what standard input is."""
    if sys.stdin is None or not sys.stdin.isatty():
        _replace_what_is_no_text()
        return Script()
    _replace_what_is_no_text()
    both = sys.stdout is not None and sys.stdout.isatty()
    return Terminal(edited=both and os.environ.get("TERM", "dumb") != "dumb" and _can_edit())


def taken() -> str:
    """Give the line that waits on the terminal; raise EOFError where that is its end."""
    try:
        line = os.read(sys.stdin.fileno(), 4096)
    except OSError:
        line = b""
    if not line:
        raise EOFError
    return clean(line.decode("utf-8", "replace"))


def _can_edit() -> bool:
    try:
        import readline  # noqa: F401
    except ImportError:
        return False
    return True


def _replace_what_is_no_text() -> None:
    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _write(text: str) -> None:
    """Write a prompt where a person sees it, also where the answers go elsewhere."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and stream.isatty():
            stream.write(text)
            stream.flush()
            return
