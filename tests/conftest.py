import signal

import pytest
from hypothesis import HealthCheck, settings

from runs_tui.model.redaction import SECRETS, Redaction

TERMINAL = ("TMUX", "STY", "SSH_CONNECTION", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
"""What tells where the terminal of whoever runs the tests is: none of them reaches it."""

settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")  # a machine that is busy with something else is no mistake


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True, scope="session")
def interrupts() -> None:
    """Let what is started here hear its signals, also in the background and under nohup."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TERMINAL:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_secrets() -> None:
    """Let the secrets of one test be words of another."""
    vars(SECRETS).update(vars(Redaction()))
