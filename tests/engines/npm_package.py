"""Programs for real engines out of npm packages, kept between test runs outside the checkout."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
from typing import TYPE_CHECKING

from tests.engines.environment import engines_folder, ensure_folder, run_installer

if TYPE_CHECKING:
    from pathlib import Path


class NoPackageError(Exception):
    """There is no npm here, or no package for this machine."""


def ensure_package(packages: Path) -> Path:
    """Return the folder of the package that a file names for this machine, installed if need be.

    A line of the file has the machine's name and the package with its version.
    """
    package = package_for_here(packages)
    npm = shutil.which("npm")
    made_of = hashlib.sha256(package.encode()).hexdigest()[:12]
    folder = engines_folder() / f"{packages.stem}-{made_of}"

    def install() -> None:
        if npm is None:
            raise NoPackageError("there is no npm")
        folder.mkdir()
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier")
        run_installer(npm, "install", "--prefix", str(folder), *quiet, package)

    return ensure_folder(folder, install) / "node_modules" / package.rpartition("@")[0]


def package_for_here(packages: Path) -> str:
    """Return the package that a file names for this machine."""
    named = dict(line.split() for line in packages.read_text().splitlines())
    machine = platform.machine()
    if sys.platform != "linux" or machine not in named:
        raise NoPackageError(f"there is no package for {sys.platform} on {machine}")
    return named[machine]
