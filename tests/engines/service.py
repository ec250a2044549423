"""Long-running programs that tests start, watch and end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

POLL_SECONDS = 0.2
STOP_SECONDS = 20
LOG_LINES = 40


class ServiceError(Exception):
    """A program ended, or did not get as far as it should in the time it had."""


@dataclass(frozen=True)
class Service:
    """A running program and the file with what it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until(self, reached: Callable[[], bool], goal: str, seconds: float) -> None:
        """Wait for a condition for as long as the program runs, up to a deadline."""
        deadline = monotonic() + seconds
        while not reached():
            if self._ended_within(POLL_SECONDS):
                raise self._error(f"ended with {self.process.returncode} before {goal}")
            if monotonic() > deadline:
                raise self._error(f"took more than {seconds:g} s until {goal}")

    def check(self, trouble: Exception) -> None:
        """Explain trouble with the end of the log if the program is no more."""
        if self._ended_within(POLL_SECONDS):
            raise self._error(f"ended with {self.process.returncode}") from trouble

    def stop(self) -> None:
        """End the program, and by force whatever is left of its process group."""
        self.process.terminate()
        self._ended_within(STOP_SECONDS)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def _ended_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _error(self, what: str) -> ServiceError:
        said = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return ServiceError("\n".join([f"{self.name} {what}; the end of its log:", *said]))


class HasAddress(Protocol):
    """A server that somebody can look at."""

    @property
    def url(self) -> str:
        """Where it listens."""
        ...


def keep(engine: AbstractContextManager[HasAddress]) -> None:
    """Start a server, say where it is, and keep it until Ctrl+C."""
    with suppress(KeyboardInterrupt), engine as started:
        click.echo(started.url)
        Event().wait()


def own_variables(home: Path, programs: Path) -> dict[str, str]:
    """Return the variables of a program that nothing of the caller's settings gets into."""
    return {
        "PATH": os.pathsep.join([f"{programs}", os.environ.get("PATH", os.defpath)]),
        "HOME": f"{home}",
        "TMPDIR": f"{home}",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "NO_COLOR": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return so many such ports, no two the same."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]


@contextmanager
def interrupt_on_sigterm() -> Iterator[None]:
    """Make SIGTERM end the block as Ctrl+C does, so that programs started in it are ended."""
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


@contextmanager
def running(
    name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator[Service]:
    """Run a program in a folder and a process group of its own."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    service = Service(name, process, log)
    try:
        yield service
    except ServiceError:
        raise
    except Exception as error:
        service.check(error)
        raise
    finally:
        service.stop()
