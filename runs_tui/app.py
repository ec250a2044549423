"""The dashboard: its look, its keys, and its first screen."""

import gc
import os
import sys
import traceback
from asyncio import to_thread
from collections import deque
from contextlib import ExitStack
from functools import cached_property
from importlib import import_module
from itertools import chain
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import App
from textual.binding import Binding, BindingType, InvalidBinding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from runs_tui import looks
from runs_tui.adapters.unopened import Unopened
from runs_tui.drawing import Ascii, Colorless
from runs_tui.keys import bound, quiet
from runs_tui.model.clock import Clock, SystemClock
from runs_tui.screens.opening import OpeningScreen
from runs_tui.terminal.choice import Spares, driver_class
from runs_tui.themes import NIGHT, OURS, THEMES, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.filter import LineFilter

    from runs_tui.adapters.base import Source
    from runs_tui.config import Config
    from runs_tui.config.known import Known
    from runs_tui.model.exchange import Exchanges
    from runs_tui.model.remembered import Remembered
    from runs_tui.model.view import View
    from runs_tui.screens.reading import Pace
    from runs_tui.screens.run_reading import RunPace
    from runs_tui.screens.runs import RunsScreen

GONE, LOST = 0.5, 5.0
"""After how many seconds a key is no longer waited for: where who has it is gone, and at all."""
SHEETS = ("states", "tables", "runs", "run", "dialogs", "forms", "diff", "requests")


SETTLED = 2.0
"""The seconds after which a program has what it keeps until its end."""
REMEMBERS = 5.0
"""The seconds between two looks at where a person is."""


def styles_folder() -> Path:
    """Give the folder of the style sheets: in an installed package, or beside it."""
    package = Path(__file__).parent
    installed = package / "styles"
    return installed if installed.is_dir() else package.parent / "styles"


def known() -> "Known":
    """Tell what a configuration can name: bindings, keys and themes."""
    from runs_tui.config.known import Bound, Known

    _import_all()
    places = list(bound())
    keys: dict[str, dict[str, str]] = {}
    names = {key.value for key in Keys if key.value.isalnum()}
    for binding in chain.from_iterable(places):
        if binding.id:
            keys.setdefault(binding.id, {}).setdefault(binding.key, binding.tooltip)
    return Known(
        bindings={
            id: Bound(tuple(told), next(iter(told.values()))) for id, told in sorted(keys.items())
        },
        together=tuple(frozenset(b.id for b in place if b.id) for place in places),
        keys_of=_keys_of,
        key_names=frozenset(names | set(KEY_NAME_REPLACEMENTS.values())),
        themes=tuple(THEMES),
    )


def _import_all() -> None:
    """Import every module that binds keys, also those that are imported when they are needed."""
    for part in ("screens", "widgets"):
        for module in iter_modules([str(Path(__file__).parent / part)], f"runs_tui.{part}."):
            import_module(module.name)


def _keys_of(text: str) -> tuple[str, ...]:
    try:
        return tuple(binding.key for binding in Binding.make_bindings([Binding(text, "")]))
    except InvalidBinding as error:
        raise ValueError(str(error)) from None


def _keeping_views(path: Path) -> "Callable[[View], str]":
    """Give what writes a view into a configuration file and says where it is kept."""

    def keep(view: "View") -> str:
        from runs_tui.config.writing import keep_view

        return keep_view(path, view)

    return keep


def _keeping_themes(path: Path) -> "Callable[[str], str]":
    """Give what writes the name of a theme into a configuration file and says where it is kept."""

    def keep(name: str) -> str:
        from runs_tui.config.writing import keep_theme

        return keep_theme(path, name)

    return keep


def _collect() -> None:
    """Collect garbage again where that was put off, but never what is there until the end."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


class KeyPassed(Message):
    """Goes the way of a key, right behind it, and then behind what came of it."""

    def __init__(self, key: events.Key, laps: int = 2) -> None:
        """Follow a key so many times."""
        super().__init__()
        self.key = key
        self.laps = laps


class RunsApp(App[None], inherit_bindings=False):
    """Watches the runs of some sources."""

    TITLE = "runs-tui"
    INTERRUPTED = 130
    """The exit status where it is told to end, or its terminal is gone."""
    CSS_PATH: ClassVar[list[Path]] = [  # type: ignore[assignment]
        styles_folder() / f"{name}.tcss" for name in SHEETS
    ]
    VERTICAL_BREAKPOINTS = [(0, "-lowest"), (16, "-low"), (30, "-high")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        quiet("at", "requests", "app.requests", "requests", "What was asked of the servers"),
        quiet("ctrl+c", "quit", "app.quit", "quit", "Leave; runs go on"),
        quiet("ctrl+z", "suspend_process", "app.suspend", "suspend", "Suspend to the shell"),
        quiet("ctrl+l", "redraw", "app.redraw", "redraw", "Draw the screen anew"),
        quiet("ctrl+g", "line", "app.line", "line", "How fast the line to this terminal is"),
    ]

    def __init__(
        self,
        sources: "Sequence[Source] | Unopened",
        *,
        demo: bool = False,
        config: "Config | None" = None,
        notice: str | None = None,
        clock: Clock | None = None,
        pace: "Pace | None" = None,
        run_pace: "RunPace | None" = None,
        undo: float | None = None,
        in_ascii: bool = False,
    ) -> None:
        """Watch some sources; say whether they are a demo, and what a person should know first.

        Sources that are not opened yet are opened when the screen has been painted.
        """
        colorless = bool(os.environ.get("NO_COLOR"))
        super().__init__(driver_class=driver_class())
        self.no_color = colorless
        self._unopened = sources if isinstance(sources, Unopened) else None
        self.sources: Sequence[Source] = () if isinstance(sources, Unopened) else sources
        self.demo = demo
        self.config = config
        self.notice = notice
        self.views: Mapping[str, View] = config.views if config else {}
        self._remembered: Remembered | None = None
        self.clock = clock or SystemClock()
        self.pace = pace
        self.run_pace = run_pace
        self.undo = undo
        self._hearing = ExitStack()
        self._typed: deque[events.Key] = deque()
        self._on_its_way: events.Key | None = None
        self._has_it: MessagePump | None = None
        self._drawing: list[LineFilter] = [Colorless()] if colorless else []
        if in_ascii or (config is not None and config.ascii):
            self._drawing.append(Ascii())
        for theme in OURS:
            self.register_theme(theme)
        self.theme = NIGHT.name
        if config is not None:
            self.set_keymap(dict(config.keys))
            if config.theme in self.available_themes:
                self.theme = config.theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give what themes of others do not have."""
        return variables(self.current_theme, colorless=self.no_color)

    def get_line_filters(self) -> "Sequence[LineFilter]":
        """Give what every line goes through before it is drawn."""
        return [*(() if self.no_color else super().get_line_filters()), *self._drawing]

    def get_default_screen(self) -> Screen[Any]:
        """Give the board, or what is seen until it can be shown."""
        if self._unopened is not None:
            return OpeningScreen(self._unopened.names, demo=self.demo)
        return self._new_board()

    @work(exit_on_error=True)
    async def open_sources(self, unopened: Unopened) -> None:
        """Open the sources, and show the board over them."""
        self.sources, told = await to_thread(unopened.open)
        self.notice = told or self.notice
        await self.push_screen(self._new_board())
        self._unopened = None
        await self._send_keys()
        self.set_timer(SETTLED, _collect)

    def _new_board(self) -> "RunsScreen":
        from runs_tui.choices import UNDO
        from runs_tui.config.adding import Adding
        from runs_tui.config.reading import config_path
        from runs_tui.config.remembered import recall
        from runs_tui.model.remembered import Remembered
        from runs_tui.screens.hearing import hearing
        from runs_tui.screens.reading import Pace
        from runs_tui.screens.run_reading import RunPace
        from runs_tui.screens.runs import RunsScreen

        self._hearing.enter_context(hearing(self.exchanges))
        kept = self.config is not None and not self.demo
        kept_in = self._kept_in
        self._remembered = recall(self.config.path) if self.config and kept else Remembered()
        return RunsScreen(
            self.sources,
            demo=self.demo,
            notice=self.notice,
            clock=self.clock,
            pace=self.pace or Pace(),
            run_pace=self.run_pace or RunPace(),
            undo=UNDO if self.undo is None else self.undo,
            views=tuple(self.views.values()),
            keep_view=_keeping_views(kept_in) if kept_in else None,
            keep_theme=_keeping_themes(kept_in) if kept_in else None,
            where=self._remembered,
            telling=self.config.notify if self.config else None,
            adding=Adding(self.config.path if self.config else config_path(), self.clock),
        )

    @cached_property
    def exchanges(self) -> "Exchanges":
        """Give the latest exchanges with servers."""
        from runs_tui.model.exchange import Exchanges

        return Exchanges()

    @property
    def _kept_in(self) -> Path | None:
        """Give the file for what a person keeps, once a source of its own is watched."""
        from runs_tui.config.reading import config_path

        if self.config is None and not self.demo:
            return None
        return self.config.path if self.config else config_path()

    def get_key_display(self, binding: Binding) -> str:
        """Give a key as it is told; by its name where its sign cannot be drawn."""
        told = super().get_key_display(binding)
        drawn = told.isascii() or not any(isinstance(each, Ascii) for each in self._drawing)
        return told if drawn else binding.key

    @property
    def typed_ahead(self) -> int:
        """Give how many keys are typed and did not find yet who takes them."""
        return len(self._typed) + (self._on_its_way is not None)

    async def on_event(self, event: events.Event) -> None:
        """Let each key find who takes it before the next one is sent, for it may move the focus."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._unopened is not None and event.key == "ctrl+c":
                self.exit()
                return
            self._typed.append(event)
            if self._on_its_way is not None and self._is_lost(event.time - self._on_its_way.time):
                self._on_its_way = None
            await self._send_keys()
        else:
            await super().on_event(event)

    async def on_key_passed(self, passed: KeyPassed) -> None:
        """Send the next key, as long as there is somebody to take it."""
        if passed.key is self._on_its_way and self.screen_stack:
            self._follow(KeyPassed(passed.key, passed.laps - 1), self.focused or self.screen)
            await self._send_keys()

    def _is_lost(self, seconds: float) -> bool:
        """Tell whether nothing comes any more of a key that is so many seconds on its way.

        A machine that is busy takes its time, and a key that is sent meanwhile would go astray.
        """
        has_it = self._has_it is not None and self._has_it.is_attached
        return seconds > (LOST if has_it else GONE)

    def _follow(self, passed: KeyPassed, target: MessagePump) -> None:
        self._has_it = target
        if not passed.laps or not target.post_message(passed):
            self._on_its_way = None

    async def _send_keys(self) -> None:
        while (
            self._typed
            and self._on_its_way is None
            and self._unopened is None
            and self.screen_stack
        ):
            typed = self._on_its_way = self._typed.popleft()
            target = self.focused or self.screen
            await super().on_event(typed)
            self._follow(KeyPassed(typed), target)

    def copy_to_clipboard(self, text: str) -> None:
        """Hand a text to the clipboard of the terminal, through what stands between."""
        from runs_tui.model import clipboard

        self._clipboard = text
        if self._driver is not None and clipboard.fits(text):
            self._driver.write(clipboard.sequence(text, os.environ))

    def on_mount(self) -> None:
        """Remember now and then where a person is, for a cut connection ends the program too."""
        if self.config is not None and not self.demo:
            self.set_interval(REMEMBERS, self._remember)

    @on(OpeningScreen.Painted)
    def begin(self) -> None:
        """Make the board and its sources ready, now that something is seen."""
        if self._unopened is not None:
            self.open_sources(self._unopened)

    def on_unmount(self) -> None:
        """Take in no more."""
        self._hearing.close()

    @property
    def board(self) -> "RunsScreen | None":
        """Give the board, once there is one."""
        if self._unopened is not None or not self.screen_stack:
            return None
        from runs_tui.screens.runs import RunsScreen

        return next((one for one in self.screen_stack if isinstance(one, RunsScreen)), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what means something on the board alone."""
        return self.board is self.screen if action == "requests" else True

    def action_requests(self) -> None:
        """Show what was asked of the servers."""
        from runs_tui.screens.requests import RequestsScreen

        if self.board is not None and self.board is self.screen:
            self.push_screen(RequestsScreen(self.exchanges, self.board.sources))

    def _fatal_error(self) -> None:
        """Leave after an error inside, told without the values of variables: they hold secrets."""
        from runs_tui.model.redaction import SECRETS
        from runs_tui.model.text import clean_log
        from runs_tui.screens.hearing import note_defect

        error = sys.exc_info()[1]
        if error is not None:
            note_defect(error)
        told = "".join(traceback.format_exception(error)).rstrip()
        self.panic(Text(SECRETS.of(clean_log(told))))

    def action_redraw(self) -> None:
        """Draw the whole screen anew."""
        if isinstance(self._driver, Spares):
            self._driver.redraw()
        self.refresh(layout=True, repaint=True)
        self.screen.refresh(layout=True, repaint=True)

    def action_line(self) -> None:
        """Say how fast the line to the terminal is, and what it has carried."""
        from runs_tui.screens.handing_over import HandsOver

        if isinstance(self.screen, HandsOver):
            told = "The line: not measured on a terminal of this kind"
            if isinstance(self._driver, Spares):
                told = looks.line(*self._driver.line)
            self.screen.flash(told)

    async def _remember(self) -> None:
        """Write down where a person is, if it is another place; files may be slow."""
        where = self._where_now()
        if self.config is not None and where is not None:
            from runs_tui.config.remembered import remember

            await to_thread(remember, self.config.path, where)

    def _where_now(self) -> "Remembered | None":
        """Give where a person is, if it is another place than was given before."""
        if self.demo or self.board is None or not self.board.is_mounted:
            return None
        from runs_tui.screens.returning import where_now

        where, before = where_now(self.board), self._remembered
        self._remembered = where
        return where if where != before else None

    def exit(self, *args: Any, **more: Any) -> None:  # noqa: ANN401
        """Remember where a person is, and leave."""
        where = self._where_now()
        if self.config is not None and where is not None:
            from runs_tui.config.remembered import remember

            remember(self.config.path, where)
        super().exit(*args, **more)
