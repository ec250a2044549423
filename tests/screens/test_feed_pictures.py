"""Pictures of the feed: followed, paused, searched, wrapped, chosen from, with gaps and colours."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.run import Event, Gap
from runs_tui.model.sgr import colored
from runs_tui.model.state import State
from runs_tui.screens.saving import SaveScreen
from runs_tui.widgets.feed_table import FeedTable
from tests.screens.stage import NOW, SIZES, Stage, at_rest, until
from tests.screens.test_snapshots import SnapCompare, open_run

Scene = Callable[[Pilot[Any], FeedTable], Awaitable[None]]

SCENES: dict[str, Scene] = {}
LONG = (
    "upstream answered 502 for https://orders.example.com/v2/orders?page=17&since=2026-11-01"
    " after 3 tries, the body was: upstream connect error or disconnect before headers, reset"
)
CURL = "\x1b[1m#7\x1b[0m \x1b[32mPASS\x1b[0m test_orders \x1b[2m(31 ms)\x1b[0m"


def scene(play: Scene) -> Scene:
    SCENES[play.__name__] = play
    return play


def come(table: FeedTable, *told: Event | Gap | str, step: str | None = None) -> None:
    """Let events come in after those of the run, ten seconds apart."""
    events: list[Event | Gap] = []
    for number, each in enumerate(told):
        if isinstance(each, str):
            message, colors = colored(each)
            at = NOW + timedelta(seconds=10 * number)
            each = Event(id=f"+{number}", at=at, step=step, message=message, colors=colors)
        events.append(each)
    table.feed.add(events)
    table.take_in()


@scene
async def feed_followed(pilot: Pilot[Any], table: FeedTable) -> None:
    come(table, "one more line", LONG)


@scene
async def feed_paused(pilot: Pilot[Any], table: FeedTable) -> None:
    await pilot.press("k", "k", "k")
    come(table, *(f"line {n}" for n in range(124)))


@scene
async def feed_searched(pilot: Pilot[Any], table: FeedTable) -> None:
    await pilot.press("slash", *"rows", "enter", "n")


@scene
async def feed_only_matches(pilot: Pilot[Any], table: FeedTable) -> None:
    await feed_searched(pilot, table)
    await pilot.press("ampersand")


@scene
async def feed_wrapped(pilot: Pilot[Any], table: FeedTable) -> None:
    come(table, LONG, "a short one", f"second: {LONG}")
    await pilot.press("w", "k")


@scene
async def feed_shifted(pilot: Pilot[Any], table: FeedTable) -> None:
    come(table, LONG, "a short one", f"second: {LONG}")
    await pilot.press("l", "l")


@scene
async def feed_times(pilot: Pilot[Any], table: FeedTable) -> None:
    await pilot.press("t", "t")


@scene
async def feed_range(pilot: Pilot[Any], table: FeedTable) -> None:
    await pilot.press("k", "v", "k", "k", "k")


@scene
async def feed_gaps(pilot: Pilot[Any], table: FeedTable) -> None:
    gap = Gap(since=NOW, until=NOW + timedelta(seconds=37), count=112)
    come(table, "before the cut", gap, "after it")
    await pilot.press("m")
    table.feed.dropped = 12_000
    table.take_in()
    if len(table.rows) > table.page_height:
        await pilot.press("g", "pagedown", "pagedown", "pagedown", "pagedown")


@scene
async def feed_dropped(pilot: Pilot[Any], table: FeedTable) -> None:
    table.feed.dropped = 12_000
    table.take_in()
    await pilot.press("g")


@scene
async def feed_colors(pilot: Pilot[Any], table: FeedTable) -> None:
    shades = "".join(f"\x1b[{code}m{code} " for code in (*range(30, 38), *range(90, 98)))
    rich = "\x1b[38;2;255;136;0mtrue\x1b[0m \x1b[48;5;24m on blue \x1b[0m \x1b[3;4mset off\x1b[0m"
    come(table, shades, CURL, rich, "plain \x1b]0;title\x07again\x1b[2J")


@scene
async def feed_of_one_level(pilot: Pilot[Any], table: FeedTable) -> None:
    await pilot.press("f", "f")


@scene
async def feed_to_file(pilot: Pilot[Any], table: FeedTable) -> None:
    await pilot.press("s")
    await until(pilot, lambda: isinstance(pilot.app.screen, SaveScreen))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_the_feed_looks_as_it_did(
    snap_compare: SnapCompare,
    name: str,
    size: tuple[int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    stage = Stage()

    async def play(pilot: Pilot[Any]) -> None:
        await open_run(stage, pilot, State.FAILED, "order-fulfilment")
        await until(pilot, lambda: stage.screen.pane.feed_table.feed.complete)
        await pilot.press("L", "enter")
        await SCENES[name](pilot, stage.screen.pane.feed_table)
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=play, terminal_size=size)
