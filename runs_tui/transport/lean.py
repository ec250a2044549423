"""httpx without its own command line, which takes longer to import than all the rest of it."""

import sys

_THEIRS = "httpx._main"
_absent = _THEIRS not in sys.modules
if _absent:
    sys.modules[_THEIRS] = None  # type: ignore[assignment]  # httpx does without it
import httpx  # noqa: E402

if _absent:
    del sys.modules[_THEIRS]

__all__ = ["httpx"]
