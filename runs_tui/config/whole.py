"""Files that are written whole or not at all, and that nobody else may read."""

import errno
import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PRIVATE_FOLDER = 0o700
"""The permissions of a folder that is made here; a file that is made has 0600."""


def write_whole(path: Path, content: bytes, check: Callable[[], None] | None = None) -> None:
    """Put content in the place of a file at once; `check` is asked at the last moment.

    A link is followed, and a file that was there keeps its permissions.
    """
    real = Path(os.path.realpath(path))
    if real.exists() and not real.is_file():
        raise OSError(errno.EINVAL, "it is not a file")
    if real.exists() and not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, "it may only be read")
    _make_folder(real.parent)
    descriptor, beside = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _keep_rights(descriptor, real)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if check:
            check()
        os.replace(beside, real)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(real.parent)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)


def _keep_rights(descriptor: int, real: Path) -> None:
    try:
        before = real.stat()
    except FileNotFoundError:
        return
    mode = stat.S_IMODE(before.st_mode)
    with suppress(OSError):
        os.fchown(descriptor, before.st_uid, before.st_gid)
    if os.fstat(descriptor).st_gid != before.st_gid:
        mode &= ~stat.S_IRWXG  # another group must not get what this one had
    os.fchmod(descriptor, mode)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
