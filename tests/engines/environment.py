"""Virtual environments for real engines, kept between test runs outside the checkout."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INSTALL_SECONDS = 600
NETWORK_TROUBLE = (
    "connection broken by",
    "connection refused",
    "eai_again",
    "econnrefused",
    "econnreset",
    "enetunreach",
    "enotfound",
    "etimedout",
    "failed to establish a new connection",
    "failed to connect",
    "max retries exceeded",
    "name resolution",
    "network is unreachable",
    "timed out",
)


class NetworkUnavailableError(Exception):
    """The packages of an engine cannot be fetched from here."""


class InstallError(Exception):
    """The packages of an engine cannot be installed for a reason other than the network."""


def ensure_environment(requirements: Path) -> Path:
    """Return the folder of an environment with these requirements, made now if need be."""
    folder = environment_folder(requirements)
    return ensure_folder(folder, lambda: _install(folder, requirements))


def ensure_folder(folder: Path, install: Callable[[], object]) -> Path:
    """Return a folder that was filled completely, from nothing and now if need be."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_name(f"{folder.name}.lock")):
        if not _marker(folder).exists():
            if folder.exists():
                shutil.rmtree(folder)
            install()
            _marker(folder).touch()
    return folder


def environment_folder(requirements: Path) -> Path:
    """Return the folder for an environment with these requirements."""
    return engines_folder() / f"{requirements.stem}-{_fingerprint(requirements)}"


def engines_folder() -> Path:
    """Return the folder above all environments of engines."""
    chosen = os.environ.get("RUNS_TUI_ENGINES")
    return Path(chosen) if chosen else platformdirs.user_cache_path("runs-tui") / "engines"


def _fingerprint(requirements: Path) -> str:
    made_of = requirements.read_bytes() + sys.version.encode() + sys.base_prefix.encode()
    return hashlib.sha256(made_of).hexdigest()[:12]


def _marker(folder: Path) -> Path:
    return folder / "complete"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(folder: Path, requirements: Path) -> None:
    run_installer(sys.executable, "-m", "venv", str(folder))
    pip = (str(folder / "bin" / "python"), "-m", "pip", "--no-input")
    run_installer(*pip, "install", "--requirement", str(requirements))


def run_installer(*command: str) -> None:
    """Run a program that installs something; raise the exception that says why it failed."""
    done = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_SECONDS,
    )
    if done.returncode:
        raise install_failure(done.stdout)


def install_failure(output: str) -> Exception:
    """Return the exception that says why an installation with this output failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in lines:
        if any(trouble in line.lower() for trouble in NETWORK_TROUBLE):
            return NetworkUnavailableError(line)
    return InstallError("\n".join(lines[-20:]))
