"""Pictures of retrying a run with other inputs, at four sizes."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.errors import Refused
from runs_tui.model.inputs import RunInput
from tests.screens.stage import SIZES, until
from tests.screens.test_inputs import Desk

SnapCompare = Callable[..., bool]
Scene = Callable[[Desk, Pilot[Any]], Awaitable[None]]

FIELDS = (
    RunInput(name="limit", value=10, type="integer", required=True, about="how many rows at most"),
    RunInput(
        name="region", value="eu-west", type="string", default="us-east",
        choices=("us-east", "eu-west", "ap-south"),
    ),
    RunInput(
        name="filters", value={"since": "2026-11-01", "tags": ["nightly", "orders"]}, type="object"
    ),
    RunInput(name="warehouse_password", value="s3cr3t", type="string", secret=True),
    RunInput(name="till", type="string or null", about="the last day; today where it is null"),
)  # fmt: skip


async def inputs_offered(desk: Desk, pilot: Pilot[Any]) -> None:
    await desk.ask(pilot)
    await until(pilot, lambda: not desk.shows("reading them"))


async def inputs_form(desk: Desk, pilot: Pilot[Any]) -> None:
    await desk.open(pilot)


async def inputs_changed(desk: Desk, pilot: Pilot[Any]) -> None:
    await desk.open(pilot)
    await pilot.press("ctrl+u", *"20", "tab", "right", "tab", "ctrl+u", *'{"since": }', "tab")


async def inputs_question(desk: Desk, pilot: Pilot[Any]) -> None:
    await desk.open(pilot)
    await pilot.press("ctrl+u", *"20", "tab", "right", "tab", "tab", *"x", "tab", *"null")
    await desk.confirm(pilot)


async def inputs_refused(desk: Desk, pilot: Pilot[Any]) -> None:
    await desk.open(pilot)
    desk.source.refusal = Refused("limit: Input should be less than or equal to 15")
    await pilot.press("ctrl+u", *"20")
    await desk.confirm(pilot, "j", "enter")
    await until(pilot, lambda: desk.shows("✗ refused"))


SCENES: dict[str, Scene] = {
    play.__name__: play
    for play in (inputs_offered, inputs_form, inputs_changed, inputs_question, inputs_refused)
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(snap_compare: SnapCompare, name: str, size: tuple[int, int]) -> None:
    desk = Desk(*FIELDS)

    async def play(pilot: Pilot[Any]) -> None:
        await SCENES[name](desk, pilot)
        await pilot.pause(0.2)

    assert snap_compare(desk.app, run_before=play, terminal_size=size)
