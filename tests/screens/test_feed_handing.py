"""Lines of the feed in files, in a pager and on the clipboard."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from runs_tui.model.feed import Feed
from runs_tui.model.run import Event, Gap, Run
from runs_tui.model.state import State
from runs_tui.screens.pager import run_pager
from runs_tui.screens.saving import SaveScreen, name_for, write
from runs_tui.widgets.feed_cells import Times
from runs_tui.widgets.feed_plain import Plain
from tests.screens.stage import Stage, until
from tests.screens.test_snapshots import open_run

AT = datetime(2026, 11, 2, 9, 12, 41, tzinfo=UTC)


def plain(times: Times) -> list[str]:
    feed = Feed()
    feed.add(
        [
            Event(at=AT, step="s1", level="error", message="boom\n\tat x"),
            Gap(since=AT, count=3),
            Event(message="no time", step="s2"),
        ]
    )
    feed.mark(AT)
    start = AT.replace(second=11)
    return Plain(list(feed), times, start, {"s1": "load"}).text.split("\n")


def test_lines_in_a_file_carry_their_dates_and_nothing_of_the_table() -> None:
    assert plain(Times.UTC) == [
        "2026-11-02T09:12:41Z load ERROR boom",
        "\tat x",
        "┄┄ 2026-11-02T09:12:41Z 3 events lost ┄┄",
        "s2 no time",
        "── marker 2026-11-02T09:12:41Z ──",
        "",
    ]


def test_lines_in_a_file_have_the_times_that_are_shown() -> None:
    assert plain(Times.SINCE)[0] == "+00:30 load ERROR boom"
    assert plain(Times.OFF)[0] == "load ERROR boom"
    assert datetime.fromisoformat(plain(Times.LOCAL)[0].split()[0]) == AT


@pytest.mark.parametrize(
    ("workflow", "run_id", "name"),
    [
        ("etl nightly", "9460e5ac-ae7e", "etl-nightly-9460e5ac.log"),
        ("../../etc/passwd", "7", "etc-passwd-7.log"),
        ("x" * 300, "1", "x" * 40 + "-1.log"),
        ("[/x] 日本", "a/b", "x-日本-a-b.log"),
        ("...", "/", "run.log"),
    ],
)
def test_a_name_is_proposed_that_is_one(workflow: str, run_id: str, name: str) -> None:
    run = Run(source="s", id=run_id, workflow_name=workflow, state=State.FAILED)
    assert name_for(run) == name


def test_a_file_is_written_anew_or_replaced_only_where_that_was_said(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    assert write(path, "one\ntwo\n", replaces=False) == f"Wrote 2 lines, 8 B, to {path}"
    assert "File exists" in write(path, "three\n", replaces=False)
    assert path.read_text() == "one\ntwo\n"
    assert write(path, "three\n", replaces=True).startswith("Wrote 1 line, 6 B")
    assert path.read_text() == "three\n"
    assert write(tmp_path, "x", replaces=True).startswith(f"Could not write {tmp_path}: ")


def told(stage: Stage) -> str:
    return str(stage.app.screen.query_one("#naming-told", Static).content)


async def type_name(pilot: Pilot[Any], stage: Stage, name: str) -> None:
    screen = stage.app.screen
    assert isinstance(screen, SaveScreen)
    await pilot.press("ctrl+u", *name)


async def test_the_feed_is_saved_after_asking_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.log").write_text("precious")
    (tmp_path / "folder").mkdir()
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_run(stage, pilot, State.FAILED, "order-fulfilment")
        await until(pilot, lambda: stage.screen.pane.feed_table.feed.complete)
        await pilot.press("L", "enter", "slash", *"rows", "enter", "ampersand", "s")
        await until(pilot, lambda: isinstance(stage.app.screen, SaveScreen))
        assert told(stage) == "Enter writes it, Esc does not"
        for name, sentence in [
            ("there.log", "Enter REPLACES there.log, 8 B, that is there; Esc leaves it"),
            ("folder", "folder is a folder"),
            ("no/where.log", "there is no folder no"),
            ("", "a file has a name"),
        ]:
            await type_name(pilot, stage, name)
            assert told(stage) == sentence
        await pilot.press("enter")
        assert isinstance(stage.app.screen, SaveScreen)
        await type_name(pilot, stage, "new.log")
        await pilot.press("enter")
        await until(pilot, lambda: stage.shows("Wrote 9 lines"))
        assert (tmp_path / "new.log").read_text().count(" rows") == 9
        await pilot.press("s")
        await until(pilot, lambda: isinstance(stage.app.screen, SaveScreen))
        await pilot.press("escape")
        assert sorted(os.listdir(tmp_path)) == ["folder", "new.log", "there.log"]
        assert (tmp_path / "there.log").read_text() == "precious"


async def test_a_range_is_copied_and_that_is_said() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_run(stage, pilot, State.FAILED, "order-fulfilment")
        await until(pilot, lambda: stage.screen.pane.feed_table.feed.complete)
        await pilot.press("L", "enter", "v", "k", "y")
        await until(pilot, lambda: stage.shows("Copied 2 lines"))
        feed = stage.screen.pane.feed_table.feed
        assert stage.app.clipboard == f"{feed[-2].raw}\n{feed[-1].raw}"
        await pilot.press("y")
        await until(pilot, lambda: stage.app.clipboard == stage.screen.pane.shown.id)  # type: ignore[union-attr]


# The pager


@contextmanager
def alone(when: list[str]) -> Iterator[None]:
    when.append("given")
    yield
    when.append("back")


def test_a_pager_gets_the_lines_while_it_has_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    copy = f"import sys; open({str(path)!r}, 'w').write(sys.stdin.read())"
    when: list[str] = []
    assert run_pager([sys.executable, "-c", copy], "a\né\n", alone(when)) is None
    assert path.read_text() == "a\né\n"
    assert when == ["given", "back"]


def test_a_pager_that_leaves_early_is_no_trouble() -> None:
    assert run_pager([sys.executable, "-c", ""], "x" * 10_000_000, alone([])) is None


def test_a_pager_that_fails_is_told_in_a_sentence(tmp_path: Path) -> None:
    when: list[str] = []
    why = run_pager([sys.executable, "-c", "raise SystemExit(3)"], "", alone(when))
    assert why == f"{sys.executable} ended with status 3"
    odd = tmp_path / "odd"
    odd.write_text("")
    assert run_pager([str(odd)], "", alone(when)) == f"{odd} cannot be started: Permission denied"
    assert when == ["given", "back"] * 2


@pytest.mark.parametrize(
    ("pager", "sentence"),
    [
        ("no-such-pager -R", "There is no pager no-such-pager"),
        ("'open", "PAGER is no command"),
        (sys.executable, "The terminal cannot be given to a pager here"),
    ],
)
async def test_why_there_is_no_pager_is_said(
    monkeypatch: pytest.MonkeyPatch, pager: str, sentence: str
) -> None:
    monkeypatch.setenv("PAGER", pager)
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_run(stage, pilot, State.FAILED, "order-fulfilment")
        await pilot.press("L", "enter", "|")
        await until(pilot, lambda: stage.shows(sentence))
