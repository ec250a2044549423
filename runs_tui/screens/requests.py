"""The request log: every exchange with a server as it goes, and one of them in full."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.getters import query_one
from textual.message import Message

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.adapters.commands import description_of
from runs_tui.keys import key, quiet
from runs_tui.model.curl import curl, why_no_curl
from runs_tui.model.exchange import Exchange, Exchanges
from runs_tui.model.text import clean
from runs_tui.screens.aside import GOING, Aside
from runs_tui.widgets.exchange_tables import ExchangesTable, ExchangeTable
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.parts_line import PartsLine
from runs_tui.widgets.virtual_table import VirtualTable

_KEYS: list[BindingType] = [
    key("y", "copy_curl", "requests.curl", "copy curl", "Copy it as curl; the secret a variable"),
    key("Y", "copy_command", "requests.command", "copy command", "Copy the command of runs-tui"),
    *GOING,
    quiet("at", "app.pop_screen", "requests.back", "back", "Go back"),
]


class WentOn(Message):
    """There is another exchange, or one of them went on."""

    def can_replace(self, message: Message) -> bool:
        """Let a burst collapse into one."""
        return isinstance(message, WentOn)


class OfExchanges(Aside, inherit_bindings=False):
    """Shows exchanges as they go, and copies the one that is meant."""

    def __init__(self, exchanges: Exchanges, sources: Mapping[str, Source]) -> None:
        """Take the exchanges, which go on, and the sources that they are with."""
        super().__init__()
        self.exchanges = exchanges
        self.sources = sources

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
        raise NotImplementedError

    @property
    def meant(self) -> Exchange | None:
        """Give the exchange that is meant."""
        raise NotImplementedError

    def why_not(self, action: str) -> str | None:
        """Say why something cannot be copied; None where it can."""
        exchange = self.meant
        if action not in ("copy_curl", "copy_command"):
            return None
        if exchange is None:
            return "there is no request"
        if action == "copy_curl":
            return why_no_curl(exchange)
        return None if self.command_of(exchange) else "no command asks for this alone"

    def command_of(self, exchange: Exchange) -> str:
        """Give the command of this program that asks for the same; nothing where there is none."""
        source = self.sources.get(exchange.source)
        if exchange.purpose is None or source is None:
            return ""
        return clean(exchange.purpose.command(source.name, description_of(source)) or "")

    def action_copy_curl(self) -> None:
        """Copy the exchange as a command line of curl."""
        exchange, objection = self.meant, self.why_not("copy_curl")
        if exchange is None or objection:
            self.flash(f"Cannot copy it as curl: {objection}")
            return
        needs = f", which needs the variable {exchange.variable}" if exchange.variable else ""
        self.hand_over(f"curl command{needs}", curl(exchange), in_sight=True)

    def action_copy_command(self) -> None:
        """Copy the command of this program that asks for the same."""
        exchange, objection = self.meant, self.why_not("copy_command")
        if exchange is None or objection:
            self.flash(f"Cannot copy a command: {objection}")
            return
        self.hand_over("command", self.command_of(exchange), in_sight=True)


class RequestsScreen(OfExchanges, inherit_bindings=False):
    """Every exchange with a server, the newest last."""

    BINDINGS: ClassVar[list[BindingType]] = _KEYS

    table = query_one(ExchangesTable)

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        yield PartsLine(id="requests-head")
        colors = {name: source.connection.color for name, source in self.sources.items()}
        yield ExchangesTable(colors, id="requests")
        yield PartsLine(id="position")
        yield KeyLine(id="keys")

    def show(self) -> None:
        """Show all that are kept."""
        self.table.show_exchanges(self.exchanges.all)
        self.tell_counts()

    @property
    def meant(self) -> Exchange | None:
        """Give the one under the cursor."""
        return self.table.row

    @on(VirtualTable.Highlighted)
    def tell_counts(self) -> None:
        """Count them, and say whether the newest is followed."""
        rows = self.table.rows
        failed = sum(exchange.failed for exchange in rows)
        received = looks.size(sum(exchange.received for exchange in rows))
        forgotten = self.exchanges.forgotten
        head = [(" Requests", "table--strong"), (f"  {looks.count(len(rows))}", "")]
        if failed:
            head.append((f" · {looks.count(failed)} failed", "state--failed"))
        head.append((f" · {received} received", "table--dim"))
        if forgotten:
            head.append((f" · {looks.count(forgotten)} older ones forgotten", "table--dim"))
        self.query_one("#requests-head", PartsLine).show((head, ()))
        follows = "the newest is followed" if self.table.follows else "G follows the newest again"
        self.say((f" {follows}" if rows else " Nothing was asked of a server yet", "table--dim"))
        self.refresh_bindings()

    @on(VirtualTable.Chosen)
    def open(self) -> None:
        """Show the exchange under the cursor in full."""
        if self.meant is not None:
            self.app.push_screen(ExchangeScreen(self.exchanges, self.sources, self.meant))


class ExchangeScreen(OfExchanges, inherit_bindings=False):
    """One exchange: what was asked, and what was answered."""

    BINDINGS: ClassVar[list[BindingType]] = _KEYS

    table = query_one(ExchangeTable)

    def __init__(
        self, exchanges: Exchanges, sources: Mapping[str, Source], exchange: Exchange
    ) -> None:
        """Take the exchange, which may go on."""
        super().__init__(exchanges, sources)
        self._exchange = exchange

    def compose(self) -> ComposeResult:
        """Lay out its lines."""
        yield PartsLine(id="requests-head")
        yield ExchangeTable(id="exchange")
        yield PartsLine(id="position")
        yield KeyLine(id="keys")

    def show(self) -> None:
        """Show it as it is now."""
        self._exchange = self.exchanges.get(self._exchange.number) or self._exchange
        self.table.show_exchange(self._exchange, self.command_of(self._exchange))
        number = looks.count(self._exchange.number)
        head = [(f" Request {number}", "table--strong"), ("  since the start", "table--dim")]
        self.query_one("#requests-head", PartsLine).show((head, ()))
        self.say((" Secrets stand as variables or as ***", "table--dim"))

    @property
    def meant(self) -> Exchange | None:
        """Give it."""
        return self._exchange
