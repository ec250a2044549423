import pytest

TERMINAL = ("TMUX", "STY", "SSH_CONNECTION", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
"""What tells where the terminal of whoever runs the tests is: none of them reaches it."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TERMINAL:
        monkeypatch.delenv(name, raising=False)
