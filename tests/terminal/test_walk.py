"""A program walked through at random looks the same with the bytes spared as without."""

import random
from typing import Any, ClassVar

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.driver import Driver
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import DataTable, Footer, Header, Input, Label, RichLog

from runs_tui.terminal.known import Known
from runs_tui.terminal.painter import Painter
from tests.terminal.emulator import Emulator

WORDS = [
    *["etl", "漢字テスト", "ne\u0301e", "👍🏽 ok", "❤️", "👩\u200d💻", "🇩🇪🇫🇷", "한국"],
    *["a…b", "░▒▓", "x" * 30],
]
COLOURS = [
    *["red", "#58a6ff", "bold green", "reverse", "dim underline", "on #21304a"],
    "link https://a.test",
]
STEPS = 20


class Comparing(Driver):
    """Sends all that is drawn to one terminal, and what differs to another."""

    def __init__(self, app: App[Any], **more: Any) -> None:
        super().__init__(app, **more)
        width, height = self._size or (80, 24)
        known = Known(feeds=True, repeats=True, repeats_any=True, margins=True)
        self.painter = Painter(width, height, known)
        self.whole = Emulator(width, height, translates=True)
        self.spared = Emulator(
            width, height, erases_in_colour=False, has_margins=True, has_repeats=True
        )
        self.sent = self.drawn = self.frames = 0

    def write(self, data: str) -> None:
        size = self._app.size
        if size != self.painter.size:
            self.painter.resize(*size)
            self.whole.resize(*size)
            self.spared.resize(*size)
        self.drawn += len(data.encode())
        self.whole.feed(data)
        self.painter.write(data)

    def flush(self) -> None:
        sent = self.painter.take()
        self.sent += len(sent.encode())
        self.spared.feed(sent)
        self.frames += 1

    def compare(self) -> None:
        self.flush()
        assert self.spared.page == self.whole.page
        assert (self.spared.x, self.spared.y) == (self.whole.x, self.whole.y)
        marks = ("\x1b[?2026h", "\x1b[?2026l", "\x1b[?69h", "\x1b[?69l")
        assert self.spared.aside[1:] == [said for said in self.whole.aside[1:] if said not in marks]
        self.spared.aside = self.whole.aside = [""]

    def start_application_mode(self) -> None:
        self.write("\x1b[?1049h")

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass


class Ask(ModalScreen[None]):
    CSS = "Ask { align: center middle; } Label { padding: 1 3; background: $error; }"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        yield Label("Really? 本当に？ 👍")


class Walked(App[None]):
    CSS = "RichLog { width: 40%; } DataTable { width: 60%; } Horizontal { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield Header()
        yield Input(placeholder="filter…")
        with Horizontal():
            yield DataTable[Text](cursor_type="row")
            yield RichLog()
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("one", "two", "three")


class Walk:
    def __init__(self, pilot: Pilot[None], seed: int) -> None:
        self.pilot = pilot
        self.app = pilot.app
        self.chance = random.Random(seed)

    def words(self) -> Text:
        chance = self.chance
        return Text(" ").join(
            Text(chance.choice(WORDS), chance.choice(COLOURS)) for _ in range(chance.randint(1, 3))
        )

    async def step(self) -> None:
        chance, app = self.chance, self.app
        table, log = app.query_one(DataTable), app.query_one(RichLog)
        match chance.randrange(10):
            case 0:
                table.add_rows([[self.words() for _ in range(3)] for _ in range(15)])
            case 1 if table.row_count:
                place = (chance.randrange(table.row_count), chance.randrange(3))
                table.update_cell_at(place, self.words())  # type: ignore[arg-type]
            case 2:
                for _ in range(chance.randint(1, 12)):
                    log.write(self.words())
            case 3:
                table.focus()
                await self.pilot.press(*chance.choices(["down", "up", "pagedown", "right"], k=3))
            case 4:
                app.query_one(Input).focus()
                await self.pilot.press(*chance.choices(["a", "漢", "é", "left", "backspace"], k=3))
            case 5:
                await self.pilot.resize_terminal(chance.randint(20, 120), chance.randint(5, 40))
            case 6 if not isinstance(app.screen, Ask):
                await app.push_screen(Ask())
            case 7:
                app.theme = chance.choice(["nord", "textual-light", "ansi-dark", "dracula"])
            case 8:
                app.notify(chance.choice(WORDS), timeout=60)
                app.bell()
                app.copy_to_clipboard("x")
            case _ if isinstance(app.screen, Ask):
                await app.pop_screen()
        await self.pilot.pause()


@pytest.mark.parametrize(
    ("colours", "seed"),
    [
        ({"COLORTERM": "truecolor"}, 1),
        ({"COLORTERM": "truecolor"}, 2),
        ({"TERM": "xterm-256color"}, 3),
        ({"TERM": "xterm"}, 4),
        ({"NO_COLOR": "1"}, 5),
    ],
)
async def test_a_random_walk(
    colours: dict[str, str], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COLORTERM", "TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm"} | colours).items():
        monkeypatch.setenv(name, value)
    app = Walked(driver_class=Comparing)

    async def walk(pilot: Pilot[Any]) -> None:
        driver = app._driver
        assert isinstance(driver, Comparing)
        walk = Walk(pilot, seed)
        for _ in range(STEPS):
            await walk.step()
            driver.compare()
        assert driver.frames > STEPS
        assert driver.sent < driver.drawn / 2
        app.exit()

    await app.run_async(headless=False, size=(100, 30), auto_pilot=walk)
