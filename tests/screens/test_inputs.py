"""Retrying a run with other inputs: the form, what is said before anything is sent, and after."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.adapters.base import Connection
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import Refused, Unreachable
from runs_tui.model.inputs import RunInput
from runs_tui.model.redaction import SECRETS
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.inputs import InputsScreen
from tests.screens.stage import NOW, Stage, until
from tests.screens.world_source import InputsSource

OFFER = "Retry with changed inputs…"
FIELDS = (
    RunInput(name="limit", value=10, type="integer", required=True),
    RunInput(name="region", value="eu-west", choices=("us-east", "eu-west", "ap-south")),
    RunInput(name="note", value="as\nusual", about="why it is run"),
    RunInput(name="till", default="tomorrow"),
)


class Desk(Stage):
    """The dashboard over one world whose runs take other inputs."""

    def __init__(self, *fields: RunInput, undo: float = 0) -> None:
        self.source = InputsSource("prod", SetClock(NOW))
        self.source.fields = fields or None
        super().__init__(self.source, undo=undo)
        self.source.clock = self.clock
        self.prod = self.stage = self.source
        self.run: Run | None = None

    @property
    def form(self) -> InputsScreen:
        screen = self.app.screen
        assert isinstance(screen, InputsScreen)
        return screen

    async def ask(self, pilot: Pilot[Any]) -> None:
        """Ask about the first run that has failed."""
        await until(pilot, lambda: self.settled)
        run = next(run for run in self.screen.table.rows if run.state is State.FAILED)
        self.run = run
        self.screen.table.select(run.key)
        await until(pilot, lambda: self.screen.chosen and self.screen.chosen.key == run.key)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(self.app.screen, ConfirmScreen))

    async def open(self, pilot: Pilot[Any]) -> None:
        """Open the form from the question."""
        await self.ask(pilot)
        await until(pilot, lambda: self.shows(OFFER) and not self.shows("reading them"))
        await pilot.press(*"jjjjj", "enter")
        await until(pilot, lambda: isinstance(self.app.screen, InputsScreen))
        await until(pilot, lambda: self.shows("[Go on]"))

    async def go_on(self, pilot: Pilot[Any]) -> None:
        """Press the button below the form."""
        self.form.query_one("#go").focus()
        await pilot.press("enter")

    async def confirm(self, pilot: Pilot[Any], *keys: str) -> None:
        await self.go_on(pilot)
        await until(pilot, lambda: isinstance(self.app.screen, ConfirmScreen))
        await pilot.press(*keys)


@asynccontextmanager
async def opened(
    *fields: RunInput, undo: float = 0, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Desk, Pilot[Any]]]:
    desk = Desk(*(fields or FIELDS), undo=undo)
    async with desk.app.run_test(size=size) as pilot:
        await desk.open(pilot)
        yield desk, pilot


# What is offered


async def test_it_is_offered_once_the_inputs_are_known() -> None:
    desk = Desk(*FIELDS)
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk.settled)
        desk.source.held = True
        await desk.ask(pilot)
        assert desk.shows(f"{OFFER}   reading them")
        dialog = desk.app.screen
        assert isinstance(dialog, ConfirmScreen)
        last = dialog.answers.option_count - 1
        assert dialog.answers.get_option_at_index(last).disabled


@pytest.mark.parametrize(
    ("why", "said"), [(None, "it takes none"), (Refused("its workflow is gone"), "its workflow is")]
)
async def test_why_it_cannot_be_chosen_is_said(why: Refused | None, said: str) -> None:
    desk = Desk()
    desk.source.fields, desk.source.unknown = (), why
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.ask(pilot)
        await until(pilot, lambda: desk.shows(f"{OFFER}   {said}"))


async def test_it_is_not_offered_for_several_runs_nor_where_the_api_cannot() -> None:
    desk = Desk(*FIELDS)
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk.settled)
        failed = [run for run in desk.screen.board.runs if run.state is State.FAILED][:2]
        desk.screen.table.set_marks(run.key for run in failed)
        await pilot.press("R")
        await until(pilot, lambda: desk.shows("Retry all of it: 2 runs"))
        assert not desk.shows(OFFER)
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = next(run for run in stage.screen.table.rows if run.state is State.FAILED)
        stage.screen.table.select(run.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        await pilot.press("R")
        await until(pilot, lambda: stage.shows("Retry all of it"))
        assert not stage.shows(OFFER)


# The form


async def test_the_form_says_of_each_input_what_it_was_and_what_it_is() -> None:
    async with opened() as (desk, _):
        assert desk.shows("integer, required")
        assert desk.shows("▸eu-west")
        assert desk.shows('"as\\nusual"')
        assert desk.shows("why it is run")
        assert desk.shows("tomorrow if left out")
        assert not any("* " in line for line in desk.lines)


async def test_what_is_changed_is_marked_with_what_it_was() -> None:
    async with opened() as (desk, pilot):
        await pilot.press("ctrl+u", *"20", "tab", "right", "tab", "tab", *"now")
        await until(pilot, lambda: desk.shows("was left out"))
        assert desk.shows("* limit")
        assert desk.shows("was 10 · integer, required")
        assert desk.shows("was eu-west")
        assert desk.shows("  note")
        assert desk.shows("* till")
        await pilot.press("ctrl+u", "up", "up", "left", "up", "ctrl+u", *"10")
        await until(pilot, lambda: not any("* " in line for line in desk.lines))


async def test_wrong_json_is_told_at_the_field_and_goes_nowhere() -> None:
    async with opened() as (desk, pilot):
        await pilot.press("ctrl+u", *"[1, 2", "enter")
        await until(pilot, lambda: desk.shows("✗ it is no JSON: Expecting ',' delimiter"))
        await desk.go_on(pilot)
        await pilot.pause()
        assert desk.form.focused is desk.form._fields[0].control
        await pilot.press("ctrl+u", *"[1, 2]")
        await until(pilot, lambda: not desk.shows("✗"))
        await pilot.press("ctrl+u")
        await desk.go_on(pilot)
        await until(pilot, lambda: desk.shows("✗ it is required"))
        assert desk.source.started == []


async def test_a_text_that_is_none_of_the_choices_is_refused_where_it_is_typed() -> None:
    many = tuple(f"choice number {number}" for number in range(40))
    field = RunInput(name="which", value=None, choices=many, type="string", secret=True)
    async with opened(field) as (desk, pilot):
        await pilot.press("ctrl+u", *"nothing", "enter")
        await until(pilot, lambda: desk.shows("✗ it must be one of"))


async def test_a_choice_is_seen_however_many_there_are() -> None:
    many = tuple(f"choice-{number}" for number in range(40))
    async with opened(RunInput(name="which", value="choice-0", choices=many)) as (desk, pilot):
        for _ in range(30):
            await pilot.press("right")
        await until(pilot, lambda: desk.shows("▸choice-30"))
        await pilot.press("left")
        await until(pilot, lambda: desk.shows("▸choice-29"))


async def test_what_is_secret_is_masked_everywhere() -> None:
    secret = RunInput(name="api_token", value="s3cr3t", secret=True)
    async with opened(secret, undo=60) as (desk, pilot):
        assert not desk.shows("s3cr3t")
        await pilot.press("ctrl+u", *"an0ther")
        await until(pilot, lambda: desk.shows("* api_token"))
        assert not desk.shows("an0ther")
        await desk.confirm(pilot)
        await until(pilot, lambda: desk.shows("api_token: changed, ••••"))
        assert not desk.shows("an0ther")
        assert not desk.shows("s3cr3t")
        await pilot.press("j", "enter", "enter")
        await until(pilot, lambda: desk.source.started == [{"api_token": "an0ther"}])
        assert SECRETS.of("from 's3cr3t' to 'an0ther'") == "from '***' to '***'"


async def test_names_and_values_of_strangers_do_no_harm() -> None:
    fields = (
        RunInput(name="[/x]\x1b[31m", value="[bold]\x1b[2J", about="[/]"),
        RunInput(name="\u202e", value={"a\x07": ["[/]"]}, choices=()),
        RunInput(name="", value=1, choices=("[/x]", "\x1b[1m")),
    )
    async with opened(*fields) as (desk, pilot):
        assert desk.shows("[/x]")
        assert desk.shows("\\u001b[2J")
        await pilot.press("ctrl+u", *"[/y]")
        await desk.confirm(pilot)
        await until(pilot, lambda: desk.shows("→ [/y]"))
        assert not any("\x1b" in line or "\u202e" in line for line in desk.lines)


# What is sent


async def test_leaving_changes_nothing() -> None:
    async with opened() as (desk, pilot):
        await pilot.press("ctrl+u", *"20", "escape")
        await until(pilot, lambda: desk.shows("Nothing was changed"))
        assert desk.source.writes == []


async def test_nothing_is_sent_when_it_is_taken_back_and_what_was_typed_stays() -> None:
    async with opened(undo=60) as (desk, pilot):
        await pilot.press("ctrl+u", *"20")
        await desk.confirm(pilot, "j", "enter")
        counting = re.compile(r"Starting a new run in (60|5\d) s")
        await until(pilot, lambda: any(map(counting.search, desk.lines)))
        await pilot.press("u")
        await until(pilot, lambda: desk.shows("Taken back, nothing was sent"))
        await pilot.press("escape")
        await until(pilot, lambda: desk.shows("what you changed is still here"))
        assert desk.shows("was 10 · integer, required")
        await desk.confirm(pilot, "enter")
        await until(pilot, lambda: isinstance(desk.app.screen, InputsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: desk.shows("Nothing was changed"))
        assert desk.source.writes == []


async def test_the_question_names_the_run_and_what_changes_and_the_new_run_is_followed() -> None:
    async with opened() as (desk, pilot):
        old = desk.run
        assert old is not None
        await pilot.press("ctrl+u", *"20", "tab", "right")
        await desk.confirm(pilot)
        await until(pilot, lambda: desk.shows("limit: 10 → 20"))
        assert desk.shows("region: eu-west → ap-south")
        assert not desk.shows("note:")
        assert desk.shows(f"id {old.id}")
        assert desk.shows("Start a new run with 2 changed inputs")
        await pilot.press("j", "enter")
        await until(pilot, lambda: desk.shows(f"{old.workflow} runs again as prod/"))
        assert desk.source.started == [{"limit": 20, "region": "ap-south", "note": "as\nusual"}]
        assert desk.source.writes == [("start", old.id)]
        shown = desk.screen.pane.shown
        assert shown is not None
        assert shown.key != old.key
        assert (shown.retry_of, shown.active) == (old.id, True)


async def test_unchanged_inputs_are_said_to_be_so() -> None:
    async with opened() as (desk, pilot):
        await desk.confirm(pilot)
        await until(pilot, lambda: desk.shows("Retry this run? No input is changed"))
        await pilot.press("j", "enter")
        await until(pilot, lambda: len(desk.source.started) == 1)
        assert desk.source.started == [{"limit": 10, "region": "eu-west", "note": "as\nusual"}]


async def test_a_refusal_is_told_in_the_form_and_can_be_mended() -> None:
    async with opened() as (desk, pilot):
        desk.source.refusal = Refused("limit must be below 15")
        await pilot.press("ctrl+u", *"20")
        await desk.confirm(pilot, "j", "enter")
        await until(pilot, lambda: desk.shows("✗ refused: limit must be below 15"))
        assert desk.shows("* limit")
        assert desk.shows("was 10")
        desk.source.refusal = None
        await pilot.press("ctrl+u", *"12")
        await desk.confirm(pilot, "j", "enter")
        await until(pilot, lambda: desk.shows("runs again as"))
        assert [told["limit"] for told in desk.source.started] == [20, 12]


async def test_a_lost_answer_is_told_and_nothing_is_sent_again() -> None:
    async with opened() as (desk, pilot):
        desk.source.refusal = Unreachable("the connection was cut")
        await desk.confirm(pilot, "j", "enter")
        await until(pilot, lambda: desk.shows("a new run may have been started"))
        assert isinstance(desk.run, Run)
        assert desk.source.writes == [("start", desk.run.id)]


async def test_keys_that_repeat_start_nothing() -> None:
    async with opened() as (desk, pilot):
        await pilot.press(*["enter"] * 30)
        await pilot.pause()
        assert desk.source.started == []


async def test_a_protected_source_wants_its_name_before_anything_is_sent() -> None:
    desk = Desk(*FIELDS)
    desk.source.connection = Connection(name="prod", url="", protected=True)
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.ask(pilot)
        await until(pilot, lambda: not desk.shows("reading them"))
        await pilot.press("tab", *"jjjjj", "enter")
        await until(pilot, lambda: isinstance(desk.app.screen, InputsScreen))
        await desk.confirm(pilot, "tab", "j", "enter")
        await until(pilot, lambda: desk.shows("prod is not what is typed above"))
        assert desk.source.started == []
        await pilot.press(*"prod", "enter", "enter")
        await until(pilot, lambda: len(desk.source.started) == 1)


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24)])
async def test_it_can_be_done_in_a_small_window(size: tuple[int, int]) -> None:
    async with opened(size=size) as (desk, pilot):
        await pilot.press("ctrl+u", *"20")
        await desk.confirm(pilot)
        await until(pilot, lambda: desk.shows("No, change nothing"))
        await pilot.press("j", "enter")
        await until(pilot, lambda: [told["limit"] for told in desk.source.started] == [20])
        key = RunKey("prod", desk.source.writes[0][1])
        assert desk.run is not None
        assert key == desk.run.key
