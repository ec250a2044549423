"""Servers on loopback to measure against, in processes of their own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from select import select

from tests.bench.starting import PATIENCE, ROOT, NotMeasuredError


def demo_server(api: str, runs: int) -> AbstractContextManager[str]:
    """Serve a demo world of one API in another process, and give its address."""
    return served("tests.bench.child_server", api, str(runs))


@contextmanager
def served(module: str, *arguments: str) -> Iterator[str]:
    """Run a server that tells its address in another process, and give the address."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ready, _, _ = select([process.stdout], [], [], PATIENCE)
        address = process.stdout.readline().strip() if ready else ""
        if not address:
            raise NotMeasuredError(f"the server {module} told no address")
        yield address
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        process.stdout.close()


@contextmanager
def silent_server() -> Iterator[str]:
    """Listen without ever answering, and give the address."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
