import os
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.adapters.base import Connection, Credential, Source
from runs_tui.adapters.commands import command_of
from runs_tui.model.clipboard import LARGEST
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.screens.browser import has_browser, open_address
from runs_tui.screens.copy_menu import CopyScreen, OfferTable
from runs_tui.screens.reading_text import TextScreen
from tests.screens.stage import Stage, until
from tests.screens.test_snapshots import open_run
from tests.screens.world_source import WorldSource


def clipboard(stage: Stage) -> str:
    return stage.app.clipboard


async def failed(stage: Stage, pilot: Pilot[Any]) -> Run:
    """Open a failed run on the whole screen."""
    await open_run(stage, pilot, State.FAILED, "order-fulfilment")
    await pilot.press("enter")
    stage.screen.action_tab("steps")
    assert stage.screen.chosen is not None
    return stage.screen.chosen


async def offers(stage: Stage, pilot: Pilot[Any]) -> dict[str, str]:
    """Open the menu of what can be copied, and give what it offers."""
    await pilot.press("Y")
    await until(pilot, lambda: isinstance(stage.app.screen, CopyScreen))
    return {offer.name: offer.text for offer in stage.app.screen.query_one(OfferTable).rows}


async def test_its_id_is_copied_and_shown() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await failed(stage, pilot)
        await pilot.press("y")
        await until(pilot, lambda: stage.shows(f"Copied {run.id}"))
        assert clipboard(stage) == run.id


async def test_the_menu_offers_what_names_the_run() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await failed(stage, pilot)
        told = await offers(stage, pilot)
        assert told["address"] == run.url
        assert told["id"] == run.id
        assert told["error"] == run.error
        assert told["source/id"] == f"{run.source}/{run.id}"
        assert told["command"].endswith(f"{run.id}")
        assert '"steps": [' in told["JSON"]
        row = stage.screen.pane.plan_table.row
        assert row is not None
        assert told["step"] == row.step.key
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        await until(pilot, lambda: clipboard(stage) == told[list(told)[2]])


async def test_a_value_and_its_path_are_copied_from_the_json() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await failed(stage, pilot)
        await pilot.press("i", "slash", *"parameters", "enter", "j", "y")
        name, value = next(iter(run.details["parameters"].items()))
        await until(pilot, lambda: clipboard(stage) == str(value))
        told = await offers(stage, pilot)
        assert told["path"] == f".run.details.parameters.{name}"
        assert told["value"] == str(value)
        assert told["command for it"].endswith(f" --json | jq .run.details.parameters.{name}")


async def test_the_menu_is_left_and_nothing_is_copied() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await failed(stage, pilot)
        await offers(stage, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        assert clipboard(stage) == ""


async def test_a_long_text_is_shown_where_nobody_knows_whether_it_was_copied() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await failed(stage, pilot)
        await pilot.press("i", "y")
        await until(pilot, lambda: isinstance(stage.app.screen, TextScreen))
        assert stage.shows("if your terminal did not take it, select it here with Shift")
        assert stage.shows('  "run": {')
        assert clipboard(stage).startswith('{\n  "run": {')
        await pilot.press("G")
        await until(pilot, lambda: stage.lines[-2].startswith("}"))
        await pilot.press("q")
        await until(pilot, lambda: stage.app.screen is stage.screen)


async def test_what_is_too_large_is_not_sent_but_shown() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await failed(stage, pilot)
        stage.screen.pane.json_table.show_document({"log": "x" * (LARGEST + 1)})
        stage.screen.hand_over("log", "x" * (LARGEST + 1))
        await until(pilot, lambda: stage.shows("Too large for the clipboard of a terminal"))
        assert clipboard(stage) == ""
        assert stage.lines[2] == "x" * 80


async def test_a_value_is_read_whole() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await failed(stage, pilot)
        long = " ".join(f"word{number}" for number in range(60))
        await pilot.press("i")
        stage.screen.pane.json_table.show_document({"error": long})
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, TextScreen))
        shown = " ".join(line.strip() for line in stage.lines[1:-1])
        assert shown.split() == long.split()
        await pilot.press("y")
        await until(pilot, lambda: clipboard(stage) == long)


# The search line


async def test_one_line_searches_what_the_tab_shows() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await failed(stage, pilot)
        stage.screen.action_tab("facts")
        await pilot.press("slash", *"order", "enter")
        await until(pilot, lambda: stage.shows("/order  match 1 of"))
        assert stage.screen.pane.feed_table.words == ""
        await pilot.press("escape")
        await until(pilot, lambda: not stage.shows("/order"))
        assert stage.screen.has_class("-open")


async def test_a_search_that_is_given_up_changes_nothing() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await failed(stage, pilot)
        await pilot.press("i", "x", "j", "slash", *"steps")
        table = stage.screen.pane.json_table
        await until(pilot, lambda: table.path == ".steps")
        await pilot.press("escape")
        await until(pilot, lambda: table.has_focus)
        assert (table.path, table.words) == (".run", "")


# The browser


@pytest.mark.parametrize(
    ("environment", "platform", "has"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "1 2 3 4"}, "linux", False),
        ({"BROWSER": "remote-open", "SSH_CONNECTION": "1 2 3 4"}, "linux", True),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "1 2 3 4"}, "darwin", False),
    ],
)
def test_a_browser_is_opened_only_where_it_is_seen(
    environment: dict[str, str], platform: str, has: bool
) -> None:
    assert has_browser(environment, platform) is has


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Name a browser that writes down what it is given, and give what reads that."""
    program, told = tmp_path / "browser", tmp_path / "told"
    program.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > {shlex.quote(str(told))}\n")
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    return lambda: told.read_text() if told.exists() else ""


async def test_the_address_is_opened_in_the_browser(browser: Callable[[], str]) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await failed(stage, pilot)
        await pilot.press("o")
        await until(pilot, lambda: stage.shows(f"Opened {run.url}"))
        assert browser() == run.url
        assert clipboard(stage) == ""


async def test_without_a_browser_the_address_is_copied_and_shown() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await failed(stage, pilot)
        await pilot.press("o")
        await until(pilot, lambda: stage.shows(f"Copied {run.url}"))
        assert clipboard(stage) == run.url


async def test_in_tmux_an_address_that_has_no_room_below_is_shown_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text("#!/bin/sh\ncat >/dev/null\n")
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("TMUX", "/tmp/socket,1,0")
    stage = Stage()
    async with stage.app.run_test(size=(40, 30)) as pilot:
        await failed(stage, pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(stage.app.screen, TextScreen))


async def test_a_browser_that_stays_open_is_opened_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, stays = tmp_path / "browser", tmp_path / "stays"
    os.mkfifo(stays)
    program.write_text(f"#!/bin/sh\nread line < {shlex.quote(str(stays))}\n")
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    assert await open_address("http://x.test/")
    os.close(os.open(stays, os.O_RDWR))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "-h", ""])
async def test_nothing_but_a_web_address_is_opened(
    browser: Callable[[], str], address: str
) -> None:
    assert not await open_address(address)
    assert browser() == ""


async def test_a_browser_that_cannot_be_started_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BROWSER", os.devnull)
    monkeypatch.setenv("PATH", "")
    assert not await open_address("http://x.test/")


# The command


def source(**told: Any) -> Source:
    stage = Stage()
    return WorldSource("prod", stage.clock, connection=Connection(**told))


RUN = Run(source="prod", id="a 1", state=State.FAILED)


def test_a_configured_source_is_named_in_the_command() -> None:
    prod = source(name="prod", url="http://x.test", configured=True)
    assert command_of(prod, RUN) == "runs-tui show 'prod/a 1'"
    assert command_of(prod, replace(RUN, id="17")) == "runs-tui show prod/17"


def test_another_source_is_described_in_the_command_without_its_secret() -> None:
    credential = Credential("hunter2", "LAB_TOKEN")
    lab = source(name="world", url="http://x.test", credential=credential, options={"task": "a b"})
    words = shlex.split(command_of(lab, RUN))
    assert words[:6] == ["runs-tui", "show", "--api", "world", "--url", "http://x.test"]
    assert words[6:] == ["--token-env", "LAB_TOKEN", "--option", "task=a b", "world/a 1"]
