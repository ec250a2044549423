"""`--log FILE`: what the program did, line by line and without secrets, for a bug report."""

import logging
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from shutil import get_terminal_size
from typing import TextIO

from runs_tui.cli.status import Failure, Status
from runs_tui.config import config_path
from runs_tui.model.own_log import PROGRAM
from runs_tui.model.redaction import SECRETS
from runs_tui.model.text import clean_log

_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE")


class _Lines(logging.Formatter):
    """Writes a record so that no text of strangers can break its line or forge another."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the time, the level and the text, and what more it has below it."""
        at = datetime.fromtimestamp(record.created, UTC)
        first, *more = clean_log(super().format(record)).split("\n")
        head = f"{at:%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03}Z {record.levelname:<7} {first}"
        return SECRETS.of("\n".join([head, *(f"    | {line}" for line in more)]))


class LogFile(logging.StreamHandler[TextIO]):
    """The file; it is left alone once it cannot be written."""

    def __init__(self, path: str) -> None:
        """Open it, for what is written to come behind what it has; raise OSError."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        super().__init__(open(descriptor, "a", encoding="utf-8", errors="replace"))  # noqa: SIM115
        self.setFormatter(_Lines())
        self.broken = False
        """Whether it could not be written to its end."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Write no more."""
        self.broken = True
        logging.getLogger().removeHandler(self)

    def close(self) -> None:
        """Close it."""
        super().close()
        try:
            self.stream.close()
        except OSError:
            self.broken = True


_files: list[LogFile] = []


def begin(path: str) -> None:
    """Write to a file from now on, and to no other; end with one sentence where that cannot be."""
    end()
    try:
        file = LogFile(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that cannot be the name of a file"
        raise Failure(Status.USAGE, f"--log: {path} cannot be written: {reason}") from None
    _files.append(file)
    logging.getLogger().addHandler(file)
    PROGRAM.setLevel(logging.INFO)
    for line in _surroundings():
        PROGRAM.info(line)


def begin_command(path: str) -> None:
    """Tell which command is done."""
    PROGRAM.info("the command is %s", path)


def end(status: int | None = None) -> bool:
    """Tell how the program ends and close the file; False where it is not whole."""
    if status is not None:
        PROGRAM.info("it ends with status %d", status)
    PROGRAM.setLevel(logging.NOTSET)
    whole = True
    while _files:
        file = _files.pop()
        logging.getLogger().removeHandler(file)
        file.close()
        whole = whole and not file.broken
    return whole


def _surroundings() -> Iterator[str]:
    yield f"runs-tui {version('runs-tui')}, Python {platform.python_version()}"
    yield f"on {platform.platform()}"
    size = get_terminal_size()
    ends = zip(("input", "output", "errors"), (sys.stdin, sys.stdout, sys.stderr), strict=True)
    terminals = [name for name, stream in ends if stream is not None and stream.isatty()]
    told = [f"{name}={os.environ[name]}" for name in _VARIABLES if name in os.environ]
    yield f"terminal {size.columns}x{size.lines} at {', '.join(terminals) or 'no end'}"
    yield f"variables {' '.join(told) or 'none'}"
    yield f"configuration {config_path()}"
