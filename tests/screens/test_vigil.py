"""Being told when a run ends or a view gains one, in the terminal and by a command."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.telling import KEEP_TITLE, TITLE_BACK, Telling
from runs_tui.model.view import View
from runs_tui.screens.vigil import Vigil
from runs_tui.widgets.run_table import BELL
from tests.screens.stage import Stage, until


async def stand_on_running(stage: Stage, pilot: Pilot[Any]) -> Run:
    await until(pilot, lambda: stage.settled)
    run = next(r for r in stage.screen.table.rows if r.state is State.RUNNING)
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
    return run


def written(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what goes to the terminal besides what is drawn."""
    told: list[str] = []
    assert stage.app._driver is not None
    monkeypatch.setattr(stage.app._driver, "write", told.append)
    monkeypatch.setattr(stage.app._driver, "flush", lambda: None)
    return told


def runs(pid: str) -> bool:
    """Tell whether a process goes on."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True)
    return bool(told.stdout.strip()) and not told.stdout.startswith("Z")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", "KITTY_WINDOW_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


async def test_the_end_of_a_run_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on_running(stage, pilot)
        told = written(stage, monkeypatch)
        await pilot.press("w")
        assert stage.shows(f"You will be told when {run.workflow}")
        assert sum(BELL in line for line in stage.lines) == 1
        assert told == []
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: any(each.startswith("\x1b]9;") for each in told))
        await until(pilot, lambda: not stage.screen.table.awaited)
        ended = stage.screen.board.get(run.key)
        assert ended is not None
        assert f"{run.workflow} {ended.state}" in told[1]
        assert str(run.key) in told[1]
        assert any(each.startswith("\x1b]2;") for each in told)
        assert "\x07" in told
        stage.screen.tick()
        assert len([each for each in told if each.startswith("\x1b]9;")]) == 1
        assert told[0] == KEEP_TITLE
        assert TITLE_BACK not in told
    assert (told.count(KEEP_TITLE), told.count(TITLE_BACK)) == (1, 1)


async def test_what_is_told_stays_until_somebody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runs_tui.screens.one_run.FLASH", 0.01)
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on_running(stage, pilot)
        await pilot.press("w")
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: stage.shows(f"{run.key} after"))
        stage.screen.tick()
        await pilot.pause()
        assert stage.shows(f"{run.key} after")
        await pilot.press("j")
        await until(pilot, lambda: stage.shows(" rows "))


async def test_a_run_that_the_filter_drops_is_told_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stand_on_running(stage, pilot)
        told = written(stage, monkeypatch)
        await pilot.press("w", "slash", *"workflow:nothing", "enter")
        await until(pilot, lambda: stage.shows("No run matches"))
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: any(each.startswith("\x1b]9;") for each in told))


async def test_pressed_again_it_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on_running(stage, pilot)
        told = written(stage, monkeypatch)
        await pilot.press("w", "w")
        assert stage.shows("You will not be told when")
        assert not stage.screen.table.awaited
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: not stage.screen.board.get(run.key).active)  # type: ignore[union-attr]
        stage.screen.tick()
        assert told == []


async def test_a_run_that_is_over_is_not_waited_for() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = next(r for r in stage.screen.table.rows if not r.active)
        stage.screen.table.select(run.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        await pilot.press("w")
        assert stage.shows(f"Nothing to wait for: it is {run.state}")


async def test_a_view_that_gains_a_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        view = View(name="prod failures", query=Query.parse("state:failed source:prod"))
        stage.screen.view_tabs.keep(view)
        stage.screen.show_view(view)
        await until(pilot, lambda: stage.settled)
        told = written(stage, monkeypatch)
        await pilot.press("W")
        assert stage.shows("You will be told when prod failures gains a run")
        assert stage.shows("prod failures ♪")
        awaited = stage.screen.vigil.views["prod failures"]
        await until(pilot, lambda: awaited.looked == {"prod"})
        stage.clock.instant += timedelta(hours=6)
        await until(pilot, lambda: any("prod failures gained" in each for each in told))
        await pilot.press("W")
        assert not stage.shows("prod failures ♪")


async def test_a_command_is_told_what_happened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stage = Stage()
    out = tmp_path / "told"
    script = (
        "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text("
        "os.environ['RUNS_TUI_RUN'] + ' ' + os.environ['RUNS_TUI_STATE'])"
    )
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on_running(stage, pilot)
        command = (sys.executable, "-c", script, str(out))
        stage.screen.vigil = Vigil(stage.screen, Telling(terminal="off", command=command))
        await pilot.press("w")
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: out.exists() and out.read_text())
        ended = stage.screen.board.get(run.key)
        assert ended is not None
        assert out.read_text() == f"{run.key} {ended.state}"


async def test_a_command_that_fails_is_one_sentence() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stand_on_running(stage, pilot)
        stage.screen.vigil = Vigil(stage.screen, Telling(command=("/nowhere/at/all",)))
        await pilot.press("w")
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: stage.shows("notify.command could not be run: No such file"))


async def test_a_command_that_hangs_ends_with_the_program(tmp_path: Path) -> None:
    stage = Stage()
    out = tmp_path / "pid"
    script = f"sleep 600 & echo $! > {out}; wait"
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stand_on_running(stage, pilot)
        telling = Telling(terminal="off", command=("sh", "-c", script))
        stage.screen.vigil = Vigil(stage.screen, telling)
        await pilot.press("w")
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: out.exists() and out.read_text().strip())
    deadline = monotonic() + 10
    while runs(out.read_text().strip()):  # what is killed dies a moment later
        assert monotonic() < deadline
