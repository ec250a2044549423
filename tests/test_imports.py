"""What the program imports, and when: nobody waits for what is not needed yet."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runs_tui.demo.server import DemoServer

HEAVY = {"textual", "httpx", "pydantic", "asyncio", "rich", "starlette", "tomlkit", "websockets"}
"""What `--help` and a completion of words do without."""
SCREEN = {"textual", "starlette", "uvicorn", "pygments"}
"""What a command that asks servers does without."""
BEFORE_THE_PAINT = """
import sys
from runs_tui.app import RunsApp
print(*sys.modules)
"""
LATER = {
    "runs_tui.widgets.run_pane",
    "runs_tui.widgets.feed_table",
    "runs_tui.widgets.value_table",
    "runs_tui.widgets.plan_table",
    "runs_tui.screens.runs",
    "runs_tui.screens.diff",
    "runs_tui.screens.requests",
    "pydantic",
    "httpx",
    "click",
}
"""What is not imported before something is seen."""
BEFORE_IT_IS_OPENED = """
import sys
import runs_tui.screens.runs
print(*sys.modules)
"""
WHEN_ASKED_FOR = {
    "runs_tui.screens.add_source",
    "runs_tui.screens.confirm",
    "runs_tui.screens.copy_menu",
    "runs_tui.screens.diff",
    "runs_tui.screens.help",
    "runs_tui.screens.ledger",
    "runs_tui.screens.pickers",
    "runs_tui.screens.requests",
    "runs_tui.screens.saving",
}
"""Screens that are imported when a person asks for them."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = DemoServer(runs=30)
    server.start()
    yield server.urls["automation_runs"]
    server.stop()


def imported(program: str, *arguments: str, folder: Path, **more: str) -> set[str]:
    """Run a program of Python with the arguments of a command line; give what it imported."""
    place = {"RUNS_TUI_CONFIG": str(folder / "config.toml"), **more}
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **place},
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return set((ended.stderr or ended.stdout).split())


def command(*arguments: str, folder: Path, **more: str) -> set[str]:
    """Run a command of the program, and give what it imported."""
    program = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from runs_tui.cli import main
main()
"""
    return imported(program, *arguments, folder=folder, **more)


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("list", "--help"), ("watch", "--help"), ("config", "--help"), ("--version",)],
    ids=" ".join,
)
def test_help_imports_the_parser_and_nothing_heavy(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    assert not HEAVY & command(*arguments, folder=tmp_path)


@pytest.mark.parametrize("typed", ["", "li", "config "])
def test_completing_commands_imports_the_parser_and_nothing_heavy(
    typed: str, tmp_path: Path
) -> None:
    asked = {"_RUNS_TUI_COMPLETE": "bash_complete", "COMP_WORDS": f"runs-tui {typed}"}
    place = str(len(typed.split()) + typed.endswith(" ") or 1)
    assert not HEAVY & command(folder=tmp_path, COMP_CWORD=place, **asked)


def test_a_command_that_asks_a_server_imports_no_screen(tmp_path: Path, url: str) -> None:
    told = command("list", "--api", "automation_runs", "--url", url, folder=tmp_path)
    assert "httpx" in told
    assert not SCREEN & told


def test_the_first_paint_waits_for_no_board(tmp_path: Path) -> None:
    assert not LATER & imported(BEFORE_THE_PAINT, folder=tmp_path)


def test_the_board_waits_for_no_other_screen(tmp_path: Path) -> None:
    assert not WHEN_ASKED_FOR & imported(BEFORE_IT_IS_OPENED, folder=tmp_path)
