"""The rows of the list behind a place, as pages of the server that cannot be asked for by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from runs_tui.adapters.lightning.client import MOST, Client, Params
from runs_tui.adapters.lightning.wire import RunPage, WireRun
from runs_tui.model.errors import Refused
from runs_tui.transport.paging import Place


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows that were not received before, in the server's order."""

    rows: Sequence[WireRun]
    """The rows."""
    offset: int
    """How many rows stand above them."""
    end: int
    """How many rows have been received with their page."""
    more: bool
    """Whether another page follows."""
    total: int | None
    """How many rows the list has."""
    size: int
    """How many rows a page has."""


class Slices:
    """Reads the list of runs; new ones at its top push the others down."""

    def __init__(self, client: Client) -> None:
        """Begin without knowing how large a page the server gives."""
        self._client = client
        self._size = MOST
        self._narrows = True

    async def read(self, params: Params, narrowed: Params, place: Place) -> Slice:
        """Read what is new in the page of a place; bounds that only narrow may be left out."""
        if self._narrows and narrowed:
            try:
                return await self._read({**params, **narrowed}, place)
            except Refused as refused:
                if refused.status not in {400, 422}:
                    raise
                self._narrows = False
        return await self._read(params, place)

    async def _read(self, params: Params, place: Place) -> Slice:
        number = place.offset // self._size + 1
        page = await self._client.runs({**params, "page_size": self._size, "page": number})
        start = self._start(page, number)
        rows = list({row.id: row for row in page.data}.values())
        new = _behind(rows, place, start)
        rows = [row for row in rows[new:] if not place.has_seen(row.id)]
        told = page.meta.page_number
        # Past its end a server repeats the last page; one that tells no number may do so as well.
        there = bool(rows) if told is None else told == number
        return Slice(
            rows=rows if there else (),
            offset=start + new,
            end=start + len(page.data),
            more=page.more and there,
            total=page.meta.total_entries,
            size=self._size,
        )

    def _start(self, page: RunPage, number: int) -> int:
        """Give how many rows stand above a page, by the size that the server has made of it."""
        told = page.meta.page_size or len(page.data)
        if number == 1 and page.more and 0 < told < self._size:
            self._size = told
        return (number - 1) * self._size


def _behind(rows: Sequence[WireRun], place: Place, start: int) -> int:
    """Give the place in a page behind all that was received before."""
    seen = [index for index, row in enumerate(rows) if place.has_seen(row.id)]
    return seen[-1] + 1 if seen else min(max(place.offset - start, 0), len(rows))
