"""Opening a web address where a person sits in front of a browser."""

import asyncio
import os
import sys
from collections.abc import Mapping

_OPEN = """
import os, sys, threading, webbrowser
opened = []
opening = threading.Thread(target=lambda: opened.append(webbrowser.open(sys.argv[1])), daemon=True)
opening.start()
opening.join(3)  # a browser that is still there after that has been opened
os._exit(opened == [False])
"""


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
            env={name: value for name, value in os.environ.items() if name != "TERM"},
            start_new_session=True,
        )
    except OSError:
        return False
    return await opening.wait() == 0
