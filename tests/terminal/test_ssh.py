"""The driver over a real SSH connection on loopback: drawn, resized, and cut."""

import getpass
import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from tests.terminal.session import PATIENCE, ROOT, Session

SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin")
pytestmark = [
    pytest.mark.skipif(
        not (SSHD and shutil.which("ssh") and shutil.which("ssh-keygen")),
        reason="openssh-server is not installed",
    ),
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells of any process"),
]


@dataclass(frozen=True)
class Host:
    """A server on loopback that lets this user in, and what connects to it."""

    folder: Path
    port: int

    @property
    def command(self) -> list[str]:
        options = {
            "IdentityFile": self.folder / "key",
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": self.folder / "known",
            "StrictHostKeyChecking": "accept-new",
            "LogLevel": "ERROR",
        }
        told = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        program = f"echo $$ > {self.folder}/pid; cd {ROOT}; export PYTHONPATH={ROOT}; "
        program += f"exec {sys.executable} -m tests.terminal.program"
        return ["ssh", "-F", "none", "-tt", *told, "-p", str(self.port), "127.0.0.1", program]

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    for name in ("key", "host"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(made, check=True, timeout=PATIENCE)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    settings = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": tmp_path / "host",
        "AuthorizedKeysFile": tmp_path / "key.pub",
        "AllowUsers": getpass.getuser(),
        "PermitRootLogin": "prohibit-password",
        "PasswordAuthentication": "no",
        "StrictModes": "no",
        "UsePAM": "no",
        "PidFile": "none",
    }
    written = tmp_path / "settings"
    written.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    assert SSHD is not None
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(written)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Host(tmp_path, port)
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_for(port: int) -> None:
    deadline = monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert monotonic() < deadline, "the server does not listen"
            Event().wait(0.05)


def test_it_is_drawn_resized_and_left(host: Host) -> None:
    with Session(command=host.command) as session:
        session.until_shown("begun 漢字 👍🏽")
        assert "\x1b[?1000h" not in session.emulator.aside
        session.type("n")
        session.until_shown("number 1")
        session.resize(70, 15)
        session.until(lambda: "number 1" in session.text and "?" not in session.text)
        session.type("n")
        session.until_shown("number 2")
        session.type("q")
        assert session.ended() == 0
        session.until(lambda: {"\x1b[?1049l", "\x1b[?25h"} <= set(session.emulator.aside))


def test_it_ends_when_the_line_is_cut(host: Host) -> None:
    with Session(command=host.command) as session:
        session.until_shown("begun")
        process = os.pidfd_open(host.pid)
        session.process.kill()
        assert select.select([process], [], [], PATIENCE / 3)[0]
        os.close(process)
