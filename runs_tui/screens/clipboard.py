"""Copying: to the buffer of tmux where there is one, else to the clipboard of the terminal."""

import asyncio
import os
from contextlib import suppress
from enum import Enum
from typing import Any

from textual.app import App

from runs_tui.model.clipboard import fits

PATIENCE = 1.0
"""The seconds that tmux may take."""


class Copied(Enum):
    """What is known of a text that was to be copied."""

    IN_TMUX = "in tmux"
    """The buffer of tmux has it, and tmux hands it on to its terminal if that takes it."""
    SENT = "sent"
    """The terminal was told it; whether it listens, it does not say."""
    TOO_LARGE = "too large"
    """It was sent nowhere."""


async def copy(app: App[Any], text: str) -> Copied:
    """Copy a text, and tell what is known of that.

    By default tmux lets no sequence through to its terminal, but it takes a text by its command.
    """
    if os.environ.get("TMUX") and await _into_tmux(text):
        return Copied.IN_TMUX
    if not fits(text):
        return Copied.TOO_LARGE
    app.copy_to_clipboard(text)
    return Copied.SENT


async def _into_tmux(text: str) -> bool:
    quiet = asyncio.subprocess.DEVNULL
    try:
        tmux = await asyncio.create_subprocess_exec(
            *("tmux", "load-buffer", "-w", "-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=quiet,
            stderr=quiet,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            await tmux.communicate(text.encode(errors="replace"))
    except TimeoutError:
        return False
    finally:
        if tmux.returncode is None:
            with suppress(ProcessLookupError):
                tmux.kill()
            await tmux.wait()
    return tmux.returncode == 0
