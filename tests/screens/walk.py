"""Every place of the dashboard, and how a person gets there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from runs_tui.config.adding import Adding
from runs_tui.model.state import State
from runs_tui.screens.add_source import AddSourceScreen
from runs_tui.screens.apis import ApisScreen
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.copy_menu import CopyScreen
from runs_tui.screens.diff import DiffScreen
from runs_tui.screens.help import HelpScreen
from runs_tui.screens.log_diff import LogDiffScreen
from runs_tui.screens.naming import NameScreen
from runs_tui.screens.partner import PartnerScreen
from runs_tui.screens.pickers import ColumnsScreen, SortScreen
from runs_tui.screens.requests import ExchangeScreen
from runs_tui.screens.saving import SaveScreen
from runs_tui.screens.themes import ThemeScreen
from tests.screens.stage import Stage, until
from tests.screens.test_form_pictures import APIS, PREFECT
from tests.screens.test_requests import opened as requests_opened

Way = Callable[[Stage, Pilot[Any]], Awaitable[None]]
FLOW = "order-fulfil"


@dataclass(frozen=True)
class Place:
    """One place: how one gets there, and what must be seen there."""

    go: Way
    subject: str
    """What it is about."""
    out: str
    """What tells the way out, or to the keys that do."""


async def board(stage: Stage, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: stage.screen.is_mounted and stage.screen.table.rows)
    rows = stage.screen.table.rows
    run = next(r for r in rows if r.state is State.FAILED and r.workflow.startswith(FLOW))
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)


async def run(stage: Stage, pilot: Pilot[Any]) -> None:
    await board(stage, pilot)
    await pilot.press("enter")
    await until(pilot, lambda: stage.settled)


def tab(steps: int, *more: str) -> Way:
    """Give the way to a tab of the run that is so many away."""

    async def go(stage: Stage, pilot: Pilot[Any]) -> None:
        await run(stage, pilot)
        await pilot.press(*["]"] * steps, *more)

    return go


def over(way: Way, screen: type, *keys: str) -> Way:
    """Give the way to a screen that keys open from another place."""

    async def go(stage: Stage, pilot: Pilot[Any]) -> None:
        await way(stage, pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(stage.app.screen, screen))

    return go


async def diff(stage: Stage, pilot: Pilot[Any]) -> None:
    await over(board, DiffScreen, "d")(stage, pilot)
    await until(pilot, lambda: getattr(stage.app.screen, "diff", None))


async def log_diff(stage: Stage, pilot: Pilot[Any]) -> None:
    await diff(stage, pilot)
    await pilot.press("L")
    await until(pilot, lambda: isinstance(stage.app.screen, LogDiffScreen))
    await until(pilot, lambda: stage.shows("only in"))


async def requests(stage: Stage, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: stage.screen.is_mounted and stage.screen.table.rows)
    await requests_opened(stage, pilot)


async def filtering(stage: Stage, pilot: Pilot[Any]) -> None:
    await board(stage, pilot)
    await pilot.press("slash", *"state:")


async def going(stage: Stage, pilot: Pilot[Any]) -> None:
    await board(stage, pilot)
    await pilot.press("colon", *"q")


async def apis(stage: Stage, pilot: Pilot[Any]) -> None:
    await board(stage, pilot)
    stage.app.push_screen(ApisScreen(APIS))
    await until(pilot, lambda: isinstance(stage.app.screen, ApisScreen))
    await pilot.press("j")


async def form(stage: Stage, pilot: Pilot[Any]) -> None:
    await board(stage, pilot)
    adding = Adding(Path("nowhere.toml"), stage.clock)
    stage.app.push_screen(AddSourceScreen(PREFECT, APIS, adding, {"prod"}))
    await until(pilot, lambda: isinstance(stage.app.screen, AddSourceScreen))


async def empty(stage: Stage, pilot: Pilot[Any]) -> None:
    await board(stage, pilot)
    await pilot.press("slash", *"state:failed workflow:nowhere", "enter")
    await until(pilot, lambda: stage.shows("No run matches"))


PLACES: dict[str, Place] = {
    "board": Place(board, FLOW, "? keys"),
    "empty": Place(empty, "nowhere", "? keys"),
    "why": Place(tab(0), FLOW, "? keys"),
    "tree": Place(tab(1), FLOW, "? keys"),
    "timeline": Place(tab(1, "t"), FLOW, "? keys"),
    "graph": Place(tab(1, "t", "t"), FLOW, "? keys"),
    "events": Place(tab(2), FLOW, "? keys"),
    "search": Place(tab(2, "slash", *"in"), FLOW, "esc"),
    "attempts": Place(tab(3), FLOW, "? keys"),
    "facts": Place(tab(4), FLOW, "? keys"),
    "json": Place(tab(5), FLOW, "? keys"),
    "filtering": Place(filtering, "state:", "esc"),
    "going": Place(going, "quit", "esc"),
    "diff": Place(diff, FLOW, "? keys"),
    "log_diff": Place(log_diff, "the whole log", "? keys"),
    "partner": Place(over(diff, PartnerScreen, "c"), FLOW, "Esc"),
    "requests": Place(requests, "Requests", "? keys"),
    "exchange": Place(over(requests, ExchangeScreen, "g", "enter"), "GET", "? keys"),
    "help": Place(over(board, HelpScreen, "question_mark"), "Keys that work here", "Esc"),
    "sort": Place(over(board, SortScreen, "s"), "Order the runs by", "Esc"),
    "columns": Place(over(board, ColumnsScreen, "c"), "Columns", "Esc"),
    "themes": Place(over(board, ThemeScreen, "T"), "Theme", "Esc"),
    "copy": Place(over(board, CopyScreen, "Y"), "Copy of", "Esc"),
    "save": Place(over(tab(2), SaveScreen, "s"), ".log", "Esc"),
    "name": Place(over(board, NameScreen, "b"), "the view", "Esc"),
    "confirm": Place(over(board, ConfirmScreen, "R"), FLOW, "Esc"),
    "confirm_many": Place(over(board, ConfirmScreen, "space", "j", "space", "R"), "2 runs?", "Esc"),
    "apis": Place(apis, "noxus", "esc"),
    "form": Place(form, "name", "esc"),
}
"""The places by name."""
