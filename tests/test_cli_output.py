"""What a terminal shows, and what is said when something unexpected happens."""

import os
import pty
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from runs_tui.cli.listing import list_runs
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output
from runs_tui.cli.table import Cell, Column, cells, cut, table
from runs_tui.model.state import State
from tests.test_cli_scripted import Make, Scripted, call, maker, run_of

SECRET = "planted-secret-03fa"


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    return maker(monkeypatch, tmp_path)


@contextmanager
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Make standard output a terminal, and give its other end."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    with open(slave, "w", encoding="utf-8") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("COLUMNS", "70")
        patch.delenv("NO_COLOR", raising=False)
        yield master
    os.close(master)


def drawn(master: int) -> str:
    """Give all that was written: one reading may give a part of it."""
    told = b""
    with suppress(BlockingIOError):
        while more := os.read(master, 10_000):
            told += more
    return told.decode()


def test_a_terminal_has_a_width_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen(monkeypatch) as master:
        output = Output()
        assert output.terminal
        assert output.width == 70
        assert output.colored
        output.line("done")
        assert drawn(master) == "done\r\n"
        monkeypatch.setenv("NO_COLOR", "1")
        assert not output.colored
        monkeypatch.delenv("NO_COLOR")
        monkeypatch.setenv("TERM", "dumb")
        assert not output.colored


COLUMNS = (Column("STATE"), Column("WORKFLOW", least=6), Column("TOOK", right=True))


def rows(name: str) -> list[list[Cell]]:
    return [[Cell("✗ failed", State.FAILED), Cell(name), Cell("2m 11s")]]


@pytest.mark.parametrize("name", ["etl", "x" * 90, "数据" * 30, "e\u0301" * 30, "👩" * 40])
def test_a_line_never_is_wider_than_the_terminal(name: str) -> None:
    for line in table(COLUMNS, rows(name), width=40):
        assert cells(line) <= 40
    assert (
        table(COLUMNS, rows(name))[1]
        == f"✗ failed  {name}" + " " * (max(cells(name), 8) - cells(name)) + "  2m 11s"
    )


def test_columns_stay_aligned() -> None:
    head, line = table(COLUMNS, rows("数据"), width=40)
    assert head == "STATE     WORKFLOW    TOOK"
    assert line == "✗ failed  数据      2m 11s"


def test_colours_take_no_room() -> None:
    plain = table(COLUMNS, rows("x" * 90), width=40)
    painted = table(COLUMNS, rows("x" * 90), width=40, colored=True)
    assert [re.sub(r"\x1b\[\d*m", "", line) for line in painted] == plain
    assert "\x1b[31m✗ failed" in painted[1]


def test_a_cut_text_says_so() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("数据数据", 4) == "数…"
    assert cut("abc", 3) == "abc"


@pytest.fixture
def broken(make: Make) -> None:
    class Broken(Scripted):
        async def runs(self, *_: object) -> None:  # type: ignore[override]
            raise RuntimeError(f"the header Bearer {SECRET} is wrong")

    make(Broken).configure("a")


@pytest.mark.usefixtures("broken")
def test_an_unexpected_error_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNS_TUI_DEBUG", raising=False)
    result = call("list")
    assert result.exit_code == 70
    assert result.stdout == ""
    assert result.stderr == (
        "runs-tui: an error inside the program: RuntimeError; RUNS_TUI_DEBUG=1 shows the details\n"
    )


@pytest.mark.usefixtures("broken")
def test_the_details_are_shown_where_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNS_TUI_DEBUG", "1")
    assert "Traceback" in call("list").stderr


def test_the_version_and_the_help(make: Make) -> None:
    assert re.fullmatch(r"runs-tui \d+\.\d+\.\d+\n", call("--version").stdout)
    told = call("--help").stdout
    for word in ("RUNS_TUI_CONFIG", "NO_COLOR", "130 interrupted", "cancel", "source/id"):
        assert word in told
    for command in ("list", "show", "tail", "cancel", "retry", "sources"):
        assert "--token-env VARIABLE" in call(command, "--help").stdout


def test_a_table_on_a_terminal_names_the_source_apart(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make(Scripted)
    world.configure("a", "b")
    world.kind.kept["a"] = [run_of("a", 1)]
    with screen(monkeypatch) as master:
        assert list_runs(Choice(), "", 50, "text") == 0
        shown = drawn(master)
    head, line, _ = re.sub(r"\x1b\[\d*m", "", shown).split("\r\n")
    assert head.split() == ["STATE", "WORKFLOW", "ID", "SOURCE", "STARTED", "TOOK"]
    assert line.split()[:5] == ["✗", "failed", "etl", "r1", "a"]
    assert "\x1b[31m✗ failed" in shown
