"""Why a server behind a Unix socket cannot be reached."""

import os
from stat import S_ISSOCK

from runs_tui.model.errors import Unreachable

_MOST_BYTES = 103  # the least that systems allow for, without the zero at the end
_RUNNING = "is the server running, and is that its socket?"
_OWNER = "a socket opens for the user who owns it"


def why_unreachable(path: str) -> Unreachable:
    """Look at the file of a socket to which no connection could be made, and say what is wrong."""
    try:
        is_socket = S_ISSOCK(os.stat(path).st_mode)
    except PermissionError:
        return Unreachable(f"this user may not look at the socket {path}", _OWNER)
    except (OSError, ValueError):
        return Unreachable(f"there is no socket {path}", _RUNNING)
    if not is_socket:
        return Unreachable(f"{path} is not a socket", _RUNNING)
    if len(os.fsencode(path)) > _MOST_BYTES:
        return Unreachable(f"the path of the socket is too long for this system: {path}")
    if not os.access(path, os.W_OK):
        return Unreachable(f"this user may not open the socket {path}", _OWNER)
    return Unreachable(f"nothing listens on the socket {path}", _RUNNING)
