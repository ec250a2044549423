"""Choosing the API of a source."""

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from runs_tui.keys import key, quiet
from runs_tui.model.settings import Api
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.option_lines import OptionLines
from runs_tui.widgets.parts_line import PartsLine
from runs_tui.widgets.virtual_table import MARK


class ApiList(OptionLines):
    """The APIs, each with its sentence."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "select", "apis.choose", "choose", "Choose the API under the cursor"),
        key("j", "cursor_down", "apis.down", "down", "Next API"),
        key("k", "cursor_up", "apis.up", "up", "API before"),
        quiet("g", "first", "apis.top", "top", "First API"),
        quiet("G", "last", "apis.bottom", "bottom", "Last API"),
    ]


class ApisScreen(Screen[Api | None], inherit_bindings=False):
    """Asks for an API; gives None for none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q,backspace", "leave", "apis.leave", "leave it", "Choose none"),
    ]

    options = query_one(ApiList)

    def __init__(self, apis: Sequence[Api], api: Api | None = None) -> None:
        """Offer APIs; the one that is chosen now is under the cursor."""
        super().__init__()
        self._apis = apis
        self._at = apis.index(api) if api else 0
        self._longest = max((len(api.name) for api in apis), default=0)

    def compose(self) -> ComposeResult:
        """Lay out the APIs."""
        yield PartsLine(id="form-head")
        yield ApiList(*(Option(self._row(api)) for api in self._apis))
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Stand on what is chosen."""
        head = [(" runs-tui  ", "table--strong"), ("add a source: of which API?", "")]
        self.query_one("#form-head", PartsLine).show((head, ()))
        self.options.highlighted = self._at
        self.options.focus()

    @on(OptionList.OptionSelected)
    def choose(self, chosen: OptionList.OptionSelected) -> None:
        """Choose the API under the cursor."""
        self.dismiss(self._apis[chosen.option_index])

    @on(OptionList.OptionHighlighted)
    def mark(self, marked: OptionList.OptionHighlighted) -> None:
        """Mark the API under the cursor, without colour too."""
        for place in {self._at, marked.option_index}:
            mark = MARK if place == marked.option_index else " "
            row = self._row(self._apis[place], mark)
            self.options.replace_option_prompt_at_index(place, row)
        self._at = marked.option_index

    def action_leave(self) -> None:
        """Choose none."""
        self.dismiss(None)

    def _row(self, api: Api, mark: str = " ") -> Table:
        row = Table.grid(padding=(0, 2, 0, 0), expand=True)
        row.add_column(width=self._longest + 1, no_wrap=True)
        row.add_column(ratio=1, overflow="fold")
        row.add_row(Text(f"{mark}{api.name}", "bold"), Text(api.about))
        return row
