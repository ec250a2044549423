"""Completion while a command is typed, where Python's readline is there."""

import os
from collections.abc import Iterable

from runs_tui.cli.plain.commands import COMMANDS, NAMES, command_of
from runs_tui.cli.plain.copying import THINGS
from runs_tui.cli.plain.session import Session
from runs_tui.cli.status import Failure
from runs_tui.model.completion import complete
from runs_tui.model.known import Known

_RUNS = {"open", "diff", "follow", "watch", "cancel", "retry"}


def begin_editing(session: Session) -> None:
    """Complete commands, numbers, sources and the words of filters by Tab."""
    try:
        import readline
    except ImportError:
        return
    readline.set_completer_delims(" ")
    readline.set_auto_history(False)
    readline.set_completer(Completer(session).give)
    if "libedit" in (readline.__doc__ or ""):
        readline.parse_and_bind("bind ^I rl_complete")
        return
    readline.parse_and_bind("tab: complete")
    if os.environ.get("NO_COLOR"):
        readline.parse_and_bind("set enable-bracketed-paste off")
        readline.parse_and_bind("set enable-meta-key off")
        readline.parse_and_bind("set colored-completion-prefix off")
        readline.parse_and_bind("set colored-stats off")


class Completer:
    """Gives what a line can go on as, one after the other, as readline asks for it."""

    def __init__(self, session: Session) -> None:
        """Complete for a session."""
        self._session = session
        self._found: list[str] = []

    def give(self, word: str, state: int) -> str | None:
        """Give the candidate of a place; None where there is no more."""
        if state == 0:
            import readline

            self._found = self.of(readline.get_line_buffer()[: readline.get_endidx()])
        return self._found[state] if state < len(self._found) else None

    def of(self, line: str) -> list[str]:
        """Give the words that the last word of a line can become."""
        before, blank, typed = line.lstrip().rpartition(" ")
        if not blank:
            return [*_beginning(NAMES, typed), *self._filters(line.lstrip())]
        try:
            name = command_of(before.partition(" ")[0]).name
        except Failure:
            return self._filters(line.lstrip())
        match name:
            case "list":
                return self._filters(line.lstrip().partition(" ")[2])
            case "copy" if " " not in before:
                return _beginning(THINGS, typed)
            case "source":
                return _beginning(self._session.sources, typed)
            case "workflow":
                names = {run.workflow for run in self._session.runs.values()}
                return _beginning(sorted(names), typed)
            case "view":
                return _beginning([view.name for view in self._session.views], typed)
            case "help":
                return _beginning([command.name for command in COMMANDS], typed)
            case "events":
                return _beginning(["all"], typed)
            case _ if name in _RUNS or name == "copy":
                return self._runs(typed, modes=name == "retry")
            case _:
                return []

    def _runs(self, typed: str, *, modes: bool) -> list[str]:
        numbers = [str(number) for number in self._session.runs]
        keys = [str(run.key) for run in self._session.runs.values()] if typed else []
        return _beginning(
            [*(["full", "failed", "step", "inputs"] if modes else []), *numbers, *keys], typed
        )

    def _filters(self, text: str) -> list[str]:
        """Give the whole last words that a filter can end in."""
        apis = {source.name: source.api for source in self._session.sources.values()}
        known = Known.of(list(self._session.runs.values()), apis)
        typed = text.rpartition(" ")[2]
        found = complete(text, len(text), known).candidates
        lines = (candidate.put_into(text)[0] for candidate in found)
        words = (line.rpartition(" ")[2] for line in lines if '"' not in line)
        return _beginning(words, typed) if typed else []


def _beginning(words: Iterable[str], typed: str) -> list[str]:
    return list(dict.fromkeys(word for word in words if word.startswith(typed)))
