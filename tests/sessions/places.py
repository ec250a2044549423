"""Where a session runs: in a window, in tmux, or on a machine that is reached over ssh."""

import getpass
import os
import shlex
import shutil
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from time import monotonic

import pytest

from tests.sessions.dashboard import Dashboard
from tests.sessions.window import PATIENCE, Window

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Place(ABC):
    """Where the dashboard is started, again and again."""

    lasting = False
    """Whether it goes on there when the window is gone."""

    def __init__(self, dashboard: Dashboard) -> None:
        self.dashboard = dashboard

    @property
    @abstractmethod
    def start(self) -> Sequence[str]:
        """The command that starts the dashboard in a window."""

    def window(self) -> Window:
        """Give a window to start it in."""
        return Window(self.start, self.dashboard.environment)

    def cut(self, window: Window) -> None:
        """Take its terminal away."""
        window.hang_up()


class Bare(Place):
    """In the window itself."""

    @property
    def start(self) -> Sequence[str]:
        return self.dashboard.command


class Tmux(Place):
    """In a session of a tmux server of its own."""

    lasting = True

    def __init__(self, dashboard: Dashboard, name: str) -> None:
        super().__init__(dashboard)
        self._tmux = ["tmux", "-L", name, "-f", os.devnull]

    @property
    def start(self) -> Sequence[str]:
        told = shlex.join(["env", "TERM=tmux-256color", *self.dashboard.command])
        return [*self._tmux, "new-session", "-s", "it", told]

    def attached(self) -> Window:
        """Give another window onto the session."""
        return Window([*self._tmux, "attach-session", "-t", "it"], self.dashboard.environment)

    def cut(self, window: Window) -> None:
        """Kill the client first, which the session outlives, and then the session."""
        window.kill()
        assert not self.dashboard.ends_within(0)
        self.end()

    def end(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


class Ssh(Place):
    """On the other side of a connection to a server on loopback."""

    def __init__(self, dashboard: Dashboard, folder: Path, port: int) -> None:
        super().__init__(dashboard)
        self._folder = folder
        self._port = port

    @property
    def start(self) -> Sequence[str]:
        options = [
            f"IdentityFile={self._folder / 'key'}",
            "IdentitiesOnly=yes",
            "StrictHostKeyChecking=no",
            f"UserKnownHostsFile={self._folder / 'known'}",
            "LogLevel=ERROR",
        ]
        told = [word for option in options for word in ("-o", option)]
        there = f"{getpass.getuser()}@127.0.0.1"
        command = shlex.join(self.dashboard.command)
        return ["ssh", "-F", "none", "-tt", *told, "-p", str(self._port), there, command]

    def cut(self, window: Window) -> None:
        """Kill the client, as when its machine goes away."""
        window.kill()


@contextmanager
def ssh_server(folder: Path) -> Iterator[int]:
    """Run a server with keys of its own, and give its port; skip where there is none."""
    if SSHD is None or shutil.which("ssh") is None:
        pytest.skip("sshd or ssh is not installed")
    for name in ("host", "key"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(make, check=True)
    (folder / "authorized").write_text((folder / "key.pub").read_text())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    told = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized",
        "PidFile": "none",
        "StrictModes": "no",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "UsePAM": "no",
        "PermitRootLogin": "yes",
    }
    config = folder / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in told.items()))
    log = folder / "sshd.log"
    with log.open("wb") as written:
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=written)
        try:
            if not _answers(port, server):
                pytest.skip(f"sshd does not run here: {log.read_text().strip()}")
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _answers(port: int, server: "subprocess.Popen[bytes]") -> bool:
    """Wait until a server greets, or has ended."""
    deadline = monotonic() + PATIENCE
    while server.poll() is None and monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as tried:
            ready, _, _ = select([tried], [], [], 5)
            return bool(ready) and tried.recv(4) == b"SSH-"
    return False
