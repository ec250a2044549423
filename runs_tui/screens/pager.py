"""Showing text in the pager that a person has chosen."""

import os
import shlex
import subprocess
from contextlib import AbstractContextManager
from shutil import which

from textual.app import App, SuspendNotSupported

USUAL = "less -R"
"""The pager where none is chosen."""


def page(app: App[None], text: str) -> str | None:
    """Show text in `$PAGER`, the terminal being its own meanwhile; say what went wrong."""
    try:
        command = shlex.split(os.environ.get("PAGER") or USUAL) or shlex.split(USUAL)
    except ValueError as error:
        return f"PAGER is no command: {error}"
    if which(command[0]) is None:
        return f"There is no pager {command[0]}: set PAGER to one, or save the lines with s"
    try:
        return run_pager(command, text, app.suspend())
    except SuspendNotSupported:
        return "The terminal cannot be given to a pager here: save the lines with s"


def run_pager(command: list[str], text: str, alone: AbstractContextManager[None]) -> str | None:
    """Feed text to a command until it ends; say how it failed, None where it did not."""
    with alone:  # nothing may be raised within: the terminal would not come back
        try:
            done = subprocess.run(command, input=text.encode(), check=False)
        except OSError as error:
            return f"{command[0]} cannot be started: {error.strerror}"
    return f"{command[0]} ended with status {done.returncode}" if done.returncode else None
