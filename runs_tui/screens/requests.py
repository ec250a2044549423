"""The request log: every exchange with a server as it goes, and one of them in full."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen

from runs_tui import looks
from runs_tui.keys import key, quiet
from runs_tui.model.curl import curl, why_no_curl
from runs_tui.model.exchange import Exchange, Exchanges
from runs_tui.model.text import clean
from runs_tui.screens.help import HelpScreen, rows_of
from runs_tui.widgets.exchange_tables import ExchangesTable, ExchangeTable
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.parts_line import Parts, PartsLine
from runs_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from textual.timer import Timer

FLASH = 6.0
"""For how many seconds a message stands."""

_COPIES: list[BindingType] = [
    key("y", "copy_curl", "requests.curl", "copy curl", "Copy it as curl; the secret a variable"),
    key(
        "Y", "copy_command", "requests.command", "copy command", "Copy the runs-tui command for it"
    ),
    quiet("question_mark", "help", "view.help", "keys", "The keys that work here", display="?"),
    key("escape,q,backspace,at", "leave", "requests.back", "back", "Go back"),
]


class WentOn(Message):
    """There is another exchange, or one of them went on."""

    def can_replace(self, message: Message) -> bool:
        """Let a burst collapse into one."""
        return isinstance(message, WentOn)


class OfExchanges(Screen[None], inherit_bindings=False):
    """Shows exchanges for as long as it is there, and copies the one that is meant."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS

    head = query_one("#requests-head", PartsLine)

    def __init__(self, exchanges: Exchanges) -> None:
        """Take the exchanges, which go on."""
        super().__init__()
        self.exchanges = exchanges
        self._flash = ""
        self._flash_timer: Timer | None = None

    def on_mount(self) -> None:
        """Show them, and listen."""
        self.exchanges.listeners.append(self._heard)
        self.query_one(VirtualTable).focus()
        self.show()

    def on_unmount(self) -> None:
        """Listen no more."""
        self.exchanges.listeners.remove(self._heard)

    def _heard(self) -> None:
        self.post_message(WentOn())

    @on(WentOn)
    def go_on(self) -> None:
        """Show what has become of them."""
        self.show()

    def show(self) -> None:
        """Show what is known now."""
        self.tell()

    @property
    def meant(self) -> Exchange | None:
        """Give the exchange that is meant."""
        raise NotImplementedError

    def told(self) -> Parts:
        """Say what is shown."""
        raise NotImplementedError

    def tell(self) -> None:
        """Show the message that stands, or what is shown."""
        flash: Parts = [(self._flash, "table--accent")]
        self.head.show(
            ([(" runs-tui  ", "table--strong"), *(flash if self._flash else self.told())], ())
        )

    def flash(self, sentence: str) -> None:
        """Say something for a few seconds."""
        self._flash = clean(sentence)
        self.tell()
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = self.set_timer(FLASH, self._end_flash)

    def _end_flash(self) -> None:
        self._flash = ""
        self.tell()

    def why_not(self, action: str) -> str | None:
        """Say why something cannot be copied; None where it can."""
        exchange = self.meant
        if action not in ("copy_curl", "copy_command"):
            return None
        if exchange is None:
            return "there is no request"
        if action == "copy_curl":
            return why_no_curl(exchange)
        command = exchange.purpose and exchange.purpose.command(exchange.source)
        return None if command else "no command asks for this alone"

    def action_copy_curl(self) -> None:
        """Copy the exchange as a command line of curl."""
        exchange, objection = self.meant, self.why_not("copy_curl")
        if exchange is None or objection:
            self.flash(f"Cannot copy it as curl: {objection}")
            return
        needs = f"; it needs the variable {exchange.variable}" if exchange.variable else ""
        self.app.copy_to_clipboard(curl(exchange))
        self.flash(f"Copied as curl{needs}")

    def action_copy_command(self) -> None:
        """Copy the command of this program that asks for the same."""
        exchange, objection = self.meant, self.why_not("copy_command")
        if exchange is None or exchange.purpose is None or objection:
            self.flash(f"Cannot copy a command: {objection}")
            return
        command = clean(exchange.purpose.command(exchange.source) or "")
        self.app.copy_to_clipboard(command)
        self.flash(f"Copied {command}")

    def action_help(self) -> None:
        """Show the keys."""
        about = (
            "What was asked of the servers. Credentials stand as variables, other secrets as ***."
        )
        self.app.push_screen(HelpScreen(list(rows_of(self)), about))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()


class RequestsScreen(OfExchanges, inherit_bindings=False):
    """Every exchange with a server, the newest last."""

    BINDINGS: ClassVar[list[BindingType]] = _COPIES

    table = query_one(ExchangesTable)

    def __init__(self, exchanges: Exchanges, colors: Mapping[str, str | None]) -> None:
        """Take the exchanges, and the colours of sources."""
        super().__init__(exchanges)
        self._colors = colors

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        yield PartsLine(id="requests-head")
        yield ExchangesTable(self._colors, id="requests")
        yield KeyLine(id="keys")

    def show(self) -> None:
        """Show all that are kept."""
        self.table.show_exchanges(self.exchanges.all)
        super().show()

    @property
    def meant(self) -> Exchange | None:
        """Give the one under the cursor."""
        return self.table.row

    def told(self) -> Parts:
        """Count them."""
        rows = self.table.rows
        failed = sum(exchange.failed for exchange in rows)
        bytes_in = sum(exchange.received for exchange in rows)
        forgotten = self.exchanges.forgotten
        parts = [
            (looks.counted(len(rows), "request"), ""),
            (f" · {looks.count(failed)} failed" if failed else "", "state--failed"),
            (f" · {looks.size(bytes_in)} received" if rows else "", ""),
            (
                f" · {looks.count(forgotten)} older ones forgotten" if forgotten else "",
                "table--dim",
            ),
            (" · follows, until you go up" if rows and self.table.follows else "", "table--dim"),
        ]
        return [part for part in parts if part[0]]

    @on(VirtualTable.Highlighted)
    def tell_of_cursor(self) -> None:
        """Say whether the newest is followed, and which keys work."""
        self.tell()
        self.refresh_bindings()

    @on(VirtualTable.Chosen)
    def open(self) -> None:
        """Show the exchange under the cursor in full."""
        if self.meant is not None:
            self.app.push_screen(ExchangeScreen(self.exchanges, self.meant))


class ExchangeScreen(OfExchanges, inherit_bindings=False):
    """One exchange: what was asked, and what was answered."""

    BINDINGS: ClassVar[list[BindingType]] = _COPIES

    table = query_one(ExchangeTable)

    def __init__(self, exchanges: Exchanges, exchange: Exchange) -> None:
        """Take the exchange, which may go on."""
        super().__init__(exchanges)
        self._exchange = exchange

    def compose(self) -> ComposeResult:
        """Lay out its lines."""
        yield PartsLine(id="requests-head")
        yield ExchangeTable(id="exchange")
        yield KeyLine(id="keys")

    def show(self) -> None:
        """Show it as it is now."""
        self._exchange = self.exchanges.get(self._exchange.number) or self._exchange
        self.table.show_exchange(self._exchange)
        super().show()

    @property
    def meant(self) -> Exchange | None:
        """Give it."""
        return self._exchange

    def told(self) -> Parts:
        """Say which one it is."""
        return [(f"request {looks.count(self._exchange.number)} since the start", "")]
