"""Adding a source from within the dashboard: each way through the form, and out of it."""

import os
import re
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from runs_tui.adapters import about, api_names
from runs_tui.adapters.base import Connection
from runs_tui.app import RunsApp
from runs_tui.config import Config, SourceSettings, load
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.screens.add_source import AddSourceScreen
from runs_tui.screens.apis import ApisScreen
from runs_tui.widgets.form import FormField
from tests.screens.stage import Stage, until
from tests.screens.world_source import WorldSource

COMMENTED = """\
# What is watched at night.
[sources.prod]  # careful
api = "prefect"
url = "https://prod.example.org/api"
color = "red"
refresh = "30s"
"""
SECRET = "admin:sesame"
VARIABLE = "RUNS_TUI_TEST_TOKEN"


def written(path: Path) -> str:
    """Give what stands in a file."""
    return path.read_text()


def write(path: Path, text: str) -> None:
    """Let something else stand in a file."""
    path.write_text(text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(COMMENTED)
    return path


@pytest.fixture
def stage(path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("RUNS_TUI_CONFIG", str(path))
    monkeypatch.delenv(VARIABLE, raising=False)
    return Stage()


class Form:
    """The form over a dashboard, as a person sees it."""

    def __init__(self, stage: Stage, pilot: Pilot[Any]) -> None:
        self.stage = stage
        self.pilot = pilot

    @property
    def screen(self) -> AddSourceScreen:
        screen = self.stage.app.screen
        assert isinstance(screen, AddSourceScreen)
        return screen

    @property
    def told(self) -> str:
        """What was said of the whole."""
        return str(self.screen.query_one("#form-told", Static).content)

    def field(self, key: str) -> FormField:
        return next(field for field in self.screen.query(FormField) if field.key == key)

    def note(self, key: str) -> str:
        return str(self.field(key).query_one(".note", Static).content)

    @property
    def at(self) -> str:
        """Where the focus is: a field by its key, or a button."""
        focused = self.screen.focused
        assert focused is not None
        fields = [field.key for field in focused.ancestors if isinstance(field, FormField)]
        return fields[0] if fields else str(focused.id)

    async def go(self, key: str) -> None:
        """Go down to a field or a button."""
        for _ in range(20):
            if self.at == key:
                return
            await self.pilot.press("tab")
        raise AssertionError(f"there is no way to {key}")

    async def fill(self, key: str, text: str) -> None:
        """Put something in the place of what stands in a field, and go on."""
        await self.go(key)
        await self.pilot.press("ctrl+u")
        await self.paste(text)
        await self.pilot.press("enter")

    async def paste(self, text: str) -> None:
        """Put in at once what would be typed."""
        assert self.screen.focused is not None
        self.screen.focused.post_message(Paste(text))
        await self.pilot.pause()

    async def choose(self, key: str, word: str) -> None:
        await self.go(key)
        control: Any = self.field(key).control
        for _ in range(8):
            if control.chosen == word:
                return
            await self.pilot.press("right")
        raise AssertionError(f"{key} offers no {word}")

    async def do(self, button: str) -> None:
        await self.go(button)
        await self.pilot.press("enter")

    async def left(self) -> None:
        await until(self.pilot, lambda: self.stage.app.screen is self.stage.screen)


async def choose_api(stage: Stage, pilot: Pilot[Any], api: str) -> None:
    await until(pilot, lambda: isinstance(stage.app.screen, ApisScreen))
    options = stage.app.screen.query_one(OptionList)
    place = list(api_names()).index(api)
    while (at := options.highlighted) != place:
        await pilot.press("k" if at is not None and at > place else "j")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(stage.app.screen, AddSourceScreen))
    await until(pilot, lambda: stage.app.screen.focused)


@asynccontextmanager
async def form_of(
    stage: Stage, api: str = "prefect", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Form]:
    async with stage.app.run_test(size=size) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("plus")
        await choose_api(stage, pilot, api)
        yield Form(stage, pilot)


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    settings = {"prefect": Settings(credential=SECRET)}
    async with DemoServer(["noxus", "prefect"], runs=60, settings=settings) as server:
        yield server


# All the way through


async def test_every_api_is_offered_with_its_sentence(stage: Stage) -> None:
    async with stage.app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("plus")
        await until(pilot, lambda: isinstance(stage.app.screen, ApisScreen))
        await pilot.pause()
        for api in api_names():
            assert about(api)
            assert any(api in line for line in stage.lines)
            assert about(api) in " ".join(" ".join(stage.lines).split())


async def test_a_source_is_tried_saved_and_opened(
    stage: Stage, path: Path, server: DemoServer
) -> None:
    async with form_of(stage, "noxus", size=(200, 50)) as form:
        assert form.at == "name"
        await form.pilot.press("enter")
        assert form.at == "url"
        await form.paste(server.urls["noxus"])
        await form.pilot.press("enter")
        assert form.at == "origin"
        world = server.worlds["noxus"]
        least = len(world.runs(server.clock.now()))
        await form.do("test")
        await until(form.pilot, lambda: "It answers in " in form.told)
        told = re.search(r" m?s, (\d+) runs$", form.told)
        assert told is not None
        assert least <= int(told[1]) <= len(world.runs(server.clock.now()))
        assert form.at == "save"
        await form.pilot.press("enter")
        await form.left()
        await until(form.pilot, lambda: stage.screen.board.reach("noxus").read_at)
        assert stage.shows(f"noxus is kept in {path}")
        assert list(stage.screen.sources) == ["prod", "stage", "noxus"]
        assert any(run.source == "noxus" for run in stage.screen.table.rows)
    added = SourceSettings(name="noxus", api="noxus", url=server.urls["noxus"], path=path)
    assert load(path).sources[1:] == (added,)
    assert written(path).startswith(COMMENTED)


async def test_everything_that_was_filled_in_is_written_and_nothing_else(
    stage: Stage, path: Path
) -> None:
    async with form_of(stage) as form:
        await form.fill("name", "night")
        await form.fill("url", "http://127.0.0.1:9/api")
        await form.choose("origin", "command")
        await form.fill("token", "pass show 'the night'")
        await form.fill("options.auth", "bearer")
        await form.choose("read_only", "yes")
        await form.choose("protected", "yes")
        await form.do("save")
        await form.left()
        await until(form.pilot, lambda: "night" in stage.screen.sources)
    assert load(path).sources[-1] == SourceSettings(
        name="night",
        api="prefect",
        url="http://127.0.0.1:9/api",
        token_command=("pass", "show", "the night"),
        read_only=True,
        protected=True,
        options={"auth": "bearer"},
        path=path,
    )


async def test_the_first_file_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "config.toml"
    monkeypatch.setenv("RUNS_TUI_CONFIG", str(path))
    async with form_of(Stage(), "noxus") as form:
        await form.fill("url", "http://127.0.0.1:9")
        await form.do("save")
        await form.left()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [source.name for source in load(path).sources] == ["noxus"]


async def test_the_line_finds_the_form(stage: Stage) -> None:
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("colon", *"add a source", "enter")
        await choose_api(stage, pilot, "noxus")


# Out of it


@pytest.mark.parametrize("where", ["apis", "form", "button"])
async def test_it_can_be_left_and_nothing_is_saved(stage: Stage, path: Path, where: str) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("plus")
        await until(pilot, lambda: isinstance(stage.app.screen, ApisScreen))
        if where != "apis":
            await choose_api(stage, pilot, "noxus")
        form = Form(stage, pilot)
        if where == "button":
            await form.do("leave")
        else:
            await pilot.press("escape")
        await form.left()
        await until(pilot, lambda: stage.shows("Nothing was saved"))
        assert list(stage.screen.sources) == ["prod", "stage"]
    assert written(path) == COMMENTED


async def test_it_can_be_left_while_a_server_is_asked(stage: Stage, server: DemoServer) -> None:
    server.faults["noxus"].add(Fault(delay=60))
    async with form_of(stage, "noxus") as form:
        await form.fill("url", server.urls["noxus"])
        await form.do("test")
        await until(form.pilot, lambda: server.faults["noxus"].requests)
        assert form.told == f"Asking {server.urls['noxus']}…"
        await form.pilot.press("escape")
        await form.left()
        await until(form.pilot, lambda: stage.shows("Nothing was saved"))
        workers = stage.app.workers
        await until(form.pilot, lambda: not [w for w in workers if w.group == "testing"])


# What is wrong


async def test_each_field_says_what_is_wrong_with_it_once_it_is_left(stage: Stage) -> None:
    async with form_of(stage) as form:
        wrong = {
            "name": ("no good", "✗ a source cannot be called 'no good': use letters, digits"),
            "url": ("localhost:4200", "✗ the address must be http://host:port"),
        }
        for key, (text, sentence) in wrong.items():
            await form.go(key)
            await form.pilot.press("ctrl+u")
            await form.paste(text)
            assert not form.field(key).wrong
            await form.pilot.press("enter")
            assert form.at == key
            assert form.note(key).startswith(sentence)
            await form.pilot.press("tab")
            assert form.at != key
        await form.fill("name", "")
        assert form.note("name") == "✗ a source needs a name"


async def test_a_complaint_goes_as_soon_as_it_is_mended(stage: Stage) -> None:
    async with form_of(stage) as form:
        await form.fill("url", "https://host/api?x")
        assert form.note("url") == "✗ the address of an API has no '?' and no '#'"
        await form.pilot.press("backspace", "backspace")
        assert not form.field("url").wrong
        assert form.note("url") == "of its API, without a credential"


async def test_an_address_with_a_password_is_refused_and_not_repeated(stage: Stage) -> None:
    async with form_of(stage) as form:
        await form.fill("url", "https://me:hunter2@host/api")
        assert form.note("url").startswith("✗ the address holds a user or a password")
        assert "hunter2" not in form.note("url")


@pytest.mark.parametrize(
    ("origin", "text", "sentence"),
    [
        ("variable", "", "✗ the variable is missing: type it, or choose none above"),
        ("variable", "sk-12.34", "✗ this is not the name of a variable"),
        ("command", "pass 'show", "✗ a quote in the command is not closed"),
        ("command", "''", "✗ this: the first word is the program to start, and not empty"),
        ("keyring", "prod", '✗ this must be service/user, as "runs-tui/prod"'),
    ],
)
async def test_each_origin_of_a_credential_says_what_is_wrong(
    stage: Stage, origin: str, text: str, sentence: str
) -> None:
    async with form_of(stage) as form:
        await form.choose("origin", origin)
        await form.fill("token", text)
        assert form.at == "token"
        assert form.note("token").startswith(sentence)


async def test_it_says_at_once_whether_the_variable_is_set(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE + "_2", "s3cret")
    async with form_of(stage) as form:
        await form.choose("origin", "variable")
        await form.pilot.press("tab")
        await form.paste(VARIABLE)
        await until(form.pilot, lambda: form.note("token") == f"the variable {VARIABLE} is not set")
        await form.pilot.press(*"_2")
        await until(form.pilot, lambda: form.note("token") == f"the variable {VARIABLE}_2 is set")
        assert not stage.shows("s3cret")


async def test_a_wrong_option_is_told_under_it_and_is_not_saved(stage: Stage, path: Path) -> None:
    async with form_of(stage) as form:
        await form.fill("url", "http://127.0.0.1:9/api")
        await form.fill("options.auth", "digest")
        assert form.field("options.auth").wrong
        await form.do("save")
        assert form.at == "options.auth"
        assert "auth" in form.note("options.auth")
    assert written(path) == COMMENTED


async def test_saving_too_early_goes_to_the_first_field_that_is_wrong(stage: Stage) -> None:
    async with form_of(stage) as form:
        await form.do("save")
        assert form.at == "url"
        assert form.field("url").wrong


async def test_a_server_that_refuses_says_why_and_what_to_mend(
    stage: Stage, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "admin:open")
    async with form_of(stage) as form:
        await form.fill("url", server.urls["prefect"])
        await form.choose("origin", "variable")
        await form.fill("token", VARIABLE)
        await form.do("test")
        await until(form.pilot, lambda: form.told.startswith("✗ not allowed"))
        assert VARIABLE in form.told
        assert form.at == "test"
        monkeypatch.setenv(VARIABLE, SECRET)
        await form.do("test")
        await until(form.pilot, lambda: form.told.startswith("✓ It answers in "))


async def test_an_unset_variable_is_told_when_it_is_tried_and_can_still_be_saved(
    stage: Stage, server: DemoServer
) -> None:
    async with form_of(stage) as form:
        await form.fill("url", server.urls["prefect"])
        await form.choose("origin", "variable")
        await form.fill("token", VARIABLE)
        await form.do("test")
        await until(form.pilot, lambda: f"the variable {VARIABLE} is not set" in form.told)
        await form.do("save")
        await form.left()
        await until(form.pilot, lambda: stage.screen.board.reach("prefect").error)
        assert VARIABLE in str(stage.screen.board.reach("prefect").error)


async def test_what_was_found_is_forgotten_when_something_changes(
    stage: Stage, server: DemoServer
) -> None:
    async with form_of(stage, "noxus") as form:
        await form.fill("url", server.urls["noxus"])
        await form.do("test")
        await until(form.pilot, lambda: form.told.startswith("✓"))
        await form.choose("protected", "yes")
        assert form.told == ""


# Names, and other APIs


async def test_a_name_that_is_taken_replaces_its_source(stage: Stage, path: Path) -> None:
    async with form_of(stage, "noxus") as form:
        await form.fill("name", "prod")
        assert form.note("name") == "there is a source prod already: saving replaces it"
        await form.fill("url", "http://127.0.0.1:9")
        await form.do("save")
        await form.left()
        await until(form.pilot, lambda: stage.screen.sources["prod"] is not stage.prod)
        assert list(stage.screen.sources) == ["prod", "stage"]
        await until(form.pilot, lambda: stage.screen.board.reach("prod").error)
        assert {run.source for run in stage.screen.board.runs} == {"stage"}
        assert stage.screen.chosen
        assert stage.screen.chosen.source == "stage"
    kept = load(path).sources
    assert [(source.name, source.api, source.color, source.refresh) for source in kept] == [
        ("prod", "noxus", "red", 30.0)
    ]
    assert "# What is watched at night." in written(path)


async def test_the_name_proposed_is_one_that_is_free(stage: Stage, path: Path) -> None:
    write(path, COMMENTED.replace("sources.prod", "sources.prefect"))
    async with form_of(stage) as form:
        assert form.screen.typed.name == "prefect-2"


async def test_another_api_brings_its_own_options_and_name(stage: Stage) -> None:
    async with form_of(stage) as form:
        await form.fill("url", "http://127.0.0.1:9")
        await form.go("api")
        await form.pilot.press("enter")
        await until(form.pilot, lambda: isinstance(stage.app.screen, ApisScreen))
        await choose_api(stage, form.pilot, "automation_runs")
        await until(form.pilot, lambda: form.screen.typed.api == "automation_runs")
        assert form.screen.typed.name == "automation_runs"
        assert form.screen.typed.url == "http://127.0.0.1:9"
        options = [f.key for f in form.screen.query(FormField) if f.key.startswith("options.")]
        assert options == ["options.auth"]
        assert form.note("api") == about("automation_runs")


# Where it cannot be kept


async def test_a_broken_file_is_told_and_the_source_is_opened_all_the_same(
    stage: Stage, path: Path
) -> None:
    write(path, "[sources")
    async with form_of(stage, "noxus", size=(200, 50)) as form:
        await form.fill("url", "http://127.0.0.1:9")
        await form.do("save")
        await form.left()
        await until(form.pilot, lambda: "noxus" in stage.screen.sources)
        await until(
            form.pilot,
            lambda: stage.shows("noxus is kept for as long as this program runs; "),
        )
    assert written(path) == "[sources"


@pytest.fixture
def folder_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a folder be in the way of the file, so that it cannot be written."""
    monkeypatch.setenv("RUNS_TUI_CONFIG", str(tmp_path / "taken"))
    (tmp_path / "taken").mkdir()
    return tmp_path / "taken"


async def test_a_file_that_cannot_be_written_is_told(folder_in_its_place: Path) -> None:
    stage = Stage()
    async with form_of(stage, "noxus", size=(200, 50)) as form:
        await form.fill("url", "http://127.0.0.1:9")
        await form.do("save")
        await form.left()
        told = f"noxus is kept for as long as this program runs; {folder_in_its_place}: it cannot"
        await until(form.pilot, lambda: stage.shows(told))
        assert "noxus" in stage.screen.sources


# Around it


async def test_the_demo_says_which_key_adds_a_source_and_ends_with_the_first(path: Path) -> None:
    stage = Stage()
    write(path, "")
    stage.app = RunsApp(
        [stage.prod, stage.stage],
        demo=True,
        notice="no source is configured: this is the demo",
        config=Config(path=path, keys={"source.add": "A"}),
        clock=stage.clock,
        pace=stage.app.pace,
        run_pace=stage.app.run_pace,
    )
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.shows("A adds a source; no source is configured"))
        await until(pilot, lambda: stage.settled)
        await pilot.press("A")
        await choose_api(stage, pilot, "noxus")
        form = Form(stage, pilot)
        await form.fill("url", "http://127.0.0.1:9")
        await form.do("save")
        await form.left()
        await until(pilot, lambda: list(stage.screen.sources) == ["noxus"])
        await until(pilot, lambda: stage.screen.board.reach("noxus").error)
        assert not stage.shows(" demo ")
        assert stage.screen.board.runs == []


class Told(WorldSource):
    """A source that remembers that it was closed."""

    closed = False

    async def close(self) -> None:
        self.closed = True


async def test_a_source_that_is_replaced_is_closed_and_so_are_all_in_the_end(
    stage: Stage,
) -> None:
    first = Told("one", stage.clock, runs=20)
    second = Told("one", stage.clock, runs=20, seed=3)
    other = Told("two", stage.clock, runs=20, connection=Connection(name="two", url="http://x"))
    stage.app = Stage(first).app
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.screen.table.rows)
        assert "source" not in stage.screen.table.shown
        await stage.screen.put_source(second)
        assert first.closed
        await stage.screen.put_source(other)
        await until(pilot, lambda: stage.screen.board.reach("two").read_at)
        assert "source" in stage.screen.table.shown
        assert stage.screen.focused is stage.screen.table
        assert not second.closed
    assert second.closed
    assert other.closed


async def test_a_command_that_takes_its_time_blocks_nothing(
    stage: Stage, server: DemoServer, tmp_path: Path
) -> None:
    fifo = tmp_path / "secret"
    os.mkfifo(fifo)
    async with form_of(stage) as form:
        await form.fill("url", server.urls["prefect"])
        await form.choose("origin", "command")
        await form.fill("token", f"cat {fifo}")
        await form.do("test")
        await until(form.pilot, lambda: form.told.startswith("Asking"))
        await form.pilot.press("tab")
        assert form.at == "save"
        threading.Thread(target=fifo.write_text, args=(SECRET,), daemon=True).start()
        await until(form.pilot, lambda: form.told.startswith("✓ It answers in "))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_whatever_has_the_focus_is_seen_whole(stage: Stage, size: tuple[int, int]) -> None:
    async with form_of(stage, size=size) as form:
        first = form.at
        seen: list[str] = []
        while form.at != first or not seen:
            seen.append(form.at)
            await form.pilot.press("tab")
            await form.pilot.pause()
            focused = form.screen.focused
            assert focused is not None
            field = next((f for f in focused.ancestors if isinstance(f, FormField)), focused)
            assert form.screen.find_widget(field).visible_region.height == field.outer_size.height
        assert seen[:3] == ["name", "url", "origin"]
        assert {"test", "save", "leave", "api", "options.upcoming"} <= set(seen)
        await form.pilot.press("up", "up")
        assert form.at == "leave"
