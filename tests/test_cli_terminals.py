"""The dashboard on terminals that it cannot draw on, or cannot draw all of it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli_dashboard import LIMIT, read_until

RUN = [sys.executable, "-m", "runs_tui"]


def on_terminal(home: Path, *words: str, **more: str) -> tuple[int, str]:
    """Run a command on a terminal of its own, and give its status and what it drew."""
    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "TERM"}
    env |= {"RUNS_TUI_CONFIG": str(home / "c"), **more}
    with subprocess.Popen(
        [*RUN, *words],
        env=env,
        start_new_session=True,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        drawn = read_until(ours)
        os.close(ours)
        return process.wait(LIMIT), drawn.decode()


@pytest.mark.parametrize("words", [("demo",), ("--api", "prefect", "--url", "http://x")])
@pytest.mark.parametrize(("term", "told"), [("dumb", "is dumb"), ("", "is not set"), (None, "is")])
def test_a_terminal_that_cannot_be_drawn_on_is_refused_with_what_to_use(
    tmp_path: Path, words: tuple[str, ...], term: str | None, told: str
) -> None:
    more = {} if term is None else {"TERM": term}
    status, drawn = on_terminal(tmp_path, *words, **more)
    assert status == 2
    assert len(drawn.splitlines()) == 1
    assert "use runs-tui --plain" in drawn
    assert f"TERM {told}" in drawn


def test_what_is_drawn_must_reach_the_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "RUNS_TUI_CONFIG": str(tmp_path / "c")}
    process = subprocess.run(
        [*RUN, "demo"],
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        timeout=LIMIT,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 2
    assert process.stderr.startswith(b"runs-tui: the dashboard is drawn on standard error")


@pytest.mark.parametrize("option", ["--ascii", "--plain"])
def test_what_is_for_the_dashboard_is_for_no_other_command(tmp_path: Path, option: str) -> None:
    status, drawn = on_terminal(tmp_path, option, "watch", "prod/1", TERM="xterm")
    assert status == 2
    assert f"{option} is for the dashboard and the demo" in drawn


HOLDS = """
import sys
from runs_tui.cli.output import holds
from runs_tui.looks import ASCII
print(holds("".join(ASCII)))
"""


@pytest.mark.parametrize(
    ("more", "held"),
    [
        ({"LC_ALL": "C.UTF-8"}, True),
        ({"LC_ALL": "C"}, False),
        ({"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1"}, False),
    ],
)
def test_a_locale_without_our_signs_is_known(more: dict[str, str], held: bool) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    told = subprocess.run(
        [sys.executable, "-c", HOLDS], env=env | more, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == str(held)
