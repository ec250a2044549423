"""Opening a web address where a person sits in front of a browser."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

PATIENCE = 5.0
"""The seconds after which a browser that is still being started counts as opened."""
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def has_browser(environment: Mapping[str, str], platform: str) -> bool:
    """Tell whether a browser that is opened here can be seen by who asked for it."""
    told = environment.get
    if told("BROWSER"):
        return True
    if told("SSH_CONNECTION"):
        return False
    return not platform.startswith("linux") or bool(told("DISPLAY") or told("WAYLAND_DISPLAY"))


async def open_address(address: str) -> bool:
    """Open an address in a browser, and tell whether that was done.

    It is started as a process without this terminal, so that it can neither draw nor wait here.
    """
    if not address.startswith(("http://", "https://")) or not has_browser(os.environ, sys.platform):
        return False
    quiet = asyncio.subprocess.DEVNULL
    try:
        opening = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _OPEN, address),
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )
    except OSError:
        return False
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            return await opening.wait() == 0
    return True
