"""The dashboard: its look, its palette of commands, and its first screen."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType, InvalidBinding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme

from runs_tui.adapters.base import Source
from runs_tui.config.known import Bound, Known
from runs_tui.keys import bound, quiet
from runs_tui.model.clock import Clock, SystemClock
from runs_tui.model.view import View
from runs_tui.screens.reading import Pace
from runs_tui.screens.run_reading import RunPace
from runs_tui.screens.runs import RunsScreen

if TYPE_CHECKING:
    from runs_tui.config import Config

NIGHT = Theme(
    name="night",
    primary="#58a6ff",
    secondary="#bc8cff",
    accent="#58a6ff",
    foreground="#d0d7de",
    background="#0d1117",
    surface="#161b22",
    panel="#21304a",
    success="#4fa392",
    warning="#d9a441",
    error="#ff7b72",
    dark=True,
    variables={"quiet": "#8b949e"},
)
SHEETS = ("states", "tables", "runs", "run", "dialogs")


def styles_folder() -> Path:
    """Give the folder of the style sheets: in an installed package, or beside it."""
    package = Path(__file__).parent
    installed = package / "styles"
    return installed if installed.is_dir() else package.parent / "styles"


def known() -> Known:
    """Tell what a configuration can name: bindings, keys and themes."""
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
        themes=(NIGHT.name, *BUILTIN_THEMES),
    )


def _keys_of(text: str) -> tuple[str, ...]:
    try:
        return tuple(binding.key for binding in Binding.make_bindings([Binding(text, "")]))
    except InvalidBinding as error:
        raise ValueError(str(error)) from None


def _keeping(path: Path) -> Callable[[View], str]:
    """Give what writes a view into a configuration file and says where it is kept."""

    def keep(view: View) -> str:
        from runs_tui.config.writing import keep_view

        return keep_view(path, view)

    return keep


class RunsApp(App[None], inherit_bindings=False):
    """Watches the runs of some sources."""

    TITLE = "runs-tui"
    CSS_PATH: ClassVar[list[Path]] = [  # type: ignore[assignment]
        styles_folder() / f"{name}.tcss" for name in SHEETS
    ]
    COMMAND_PALETTE_BINDING = "ctrl+p"
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        quiet("ctrl+c", "quit", "app.quit", "quit", "Leave; runs go on"),
        quiet("ctrl+z", "suspend_process", "app.suspend", "suspend", "Suspend to the shell"),
        quiet("ctrl+l", "redraw", "app.redraw", "redraw", "Draw the screen anew"),
        quiet(
            "colon",
            "command_palette",
            "app.commands",
            "commands",
            "Find a command by its name",
            display=":",
        ),
    ]

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        demo: bool = False,
        config: "Config | None" = None,
        notice: str | None = None,
        clock: Clock | None = None,
        pace: Pace | None = None,
        run_pace: RunPace | None = None,
    ) -> None:
        """Watch some sources; say whether they are a demo, and what a person should know first."""
        super().__init__()
        self.sources = sources
        self.demo = demo
        self.config = config
        self.notice = notice
        self.clock = clock or SystemClock()
        self.pace = pace or Pace()
        self.run_pace = run_pace or RunPace()
        self.register_theme(NIGHT)
        self.theme = "night"
        if config is not None:
            self.set_keymap(dict(config.keys))
            if config.theme in self.available_themes:
                self.theme = config.theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give what themes of others do not have."""
        return {"quiet": "#808080"}

    def get_default_screen(self) -> Screen[Any]:
        """Give the board."""
        return RunsScreen(
            self.sources,
            demo=self.demo,
            notice=self.notice,
            clock=self.clock,
            pace=self.pace,
            run_pace=self.run_pace,
            views=tuple(self.config.views.values()) if self.config else (),
            keep_view=_keeping(self.config.path) if self.config and not self.demo else None,
        )

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Give every action that is possible on a screen, by its binding."""
        told: set[str] = set()
        why_not = getattr(screen, "why_not", lambda action: None)
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.system or not binding.tooltip or binding.action in told:
                continue
            told.add(binding.action)
            if active.enabled and not why_not(binding.action):
                key = self.get_key_display(binding)
                node, action = active.node, binding.action
                yield SystemCommand(
                    f"{binding.description}  ({key})",
                    binding.tooltip,
                    lambda node=node, action=action: self.call_later(self.run_action, action, node),
                )

    def action_redraw(self) -> None:
        """Draw the whole screen anew."""
        self.refresh(layout=True, repaint=True)
        self.screen.refresh(layout=True, repaint=True)

    async def on_unmount(self) -> None:
        """Close every connection."""
        for source in self.sources:
            await source.close()
