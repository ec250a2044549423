"""The exchanges with servers as a table, and one of them line by line."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len, chop_cells

from runs_tui import looks
from runs_tui.model.exchange import Exchange
from runs_tui.model.text import clean
from runs_tui.widgets import exchange_words as words
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.inks import source_ink
from runs_tui.widgets.virtual_table import VirtualTable

DIM = words.DIM


class ExchangesTable(VirtualTable[Exchange]):
    """The exchanges, the newest last; the cursor keeps to the newest until it is moved up."""

    def __init__(self, colors: Mapping[str, str | None], *, id: str) -> None:
        """Begin empty; the names of sources are drawn in their colours."""
        self._colors = colors
        names = max((len(name) for name in colors), default=6)
        columns: Sequence[Column[Exchange]] = [
            Column("at", "TIME UTC", lambda e: [(f"{e.at:%H:%M:%S}", DIM)], 8, rank=5),
            Column("source", "SOURCE", self._source, min(max(names, 6), 12), rank=4),
            Column("for", "FOR", _purpose, 12, grows=True, rank=6, cap=18),
            Column("method", "", lambda e: [(e.method, "")], 4),
            Column("path", "PATH", lambda e: [(words.path(e), "")], 16, grows=True),
            Column("status", "STATUS", lambda e: [words.status(e)], 12, grows=True, cap=16),
            Column("took", "TOOK", _took, 6, right=True, rank=2),
            Column("size", "SIZE", _size, 6, right=True, rank=3),
            Column("try", "TRY", _attempt, 3, right=True, rank=7),
            Column("left", "LEFT", _left, 5, right=True, rank=8),
        ]
        super().__init__(columns, id=id)

    def key_of(self, row: Exchange) -> int:
        """Give its number."""
        return row.number

    @property
    def follows(self) -> bool:
        """Tell whether the cursor keeps to the newest."""
        return self.cursor >= len(self.rows) - 1

    def show_exchanges(self, exchanges: Sequence[Exchange]) -> None:
        """Show these."""
        follows = self.follows
        self.set_rows(exchanges)
        if follows:
            self.cursor = len(exchanges) - 1

    def _source(self, exchange: Exchange) -> Cell:
        return [(exchange.source, source_ink(self._colors.get(exchange.source)))]


def _purpose(exchange: Exchange) -> Cell:
    return [(words.purpose(exchange), DIM)]


def _took(exchange: Exchange) -> Cell:
    return [(looks.latency(exchange.took) if exchange.took is not None else looks.NOTHING, "")]


def _size(exchange: Exchange) -> Cell:
    return [(looks.size(exchange.received) if exchange.status is not None else looks.NOTHING, "")]


def _attempt(exchange: Exchange) -> Cell:
    return [(str(exchange.attempt), "table--warning" if exchange.attempt > 1 else DIM)]


def _left(exchange: Exchange) -> Cell:
    return [(looks.NOTHING if exchange.left is None else str(exchange.left), DIM)]


class ExchangeTable(VirtualTable[Cell]):
    """All that is known of one exchange; long lines go on in the next."""

    show_head = False
    opens = False

    def __init__(self, *, id: str) -> None:
        """Begin with nothing."""
        self._told: Sequence[Cell] = ()
        super().__init__([Column("line", "", lambda line: line, 10, grows=True)], id=id)

    def show_exchange(self, exchange: Exchange, command: str) -> None:
        """Show one, or what has become of it, and the command that asks for the same."""
        told = list(words.lines(exchange, command))
        if told != self._told:
            self._told = told
            self._wrap()

    def on_resize(self) -> None:
        """Break the lines anew."""
        super().on_resize()
        self._wrap()

    def _wrap(self) -> None:
        width = max(self.size.width - 2, 10)
        self.set_rows([row for line in self._told for row in _wrapped(line, width)])


def _wrapped(line: Cell, width: int) -> Iterator[Cell]:
    """Break a line where its width ends."""
    row: list[tuple[str, str]] = []
    room = width
    for text, ink in line:
        text = clean(text)
        while cell_len(text) > room:
            start = chop_cells(text, room)[0] if room > 1 else ""
            yield [*row, (start, ink)]
            row, text, room = [], text[len(start) :], width
        row.append((text, ink))
        room -= cell_len(text)
    yield row
