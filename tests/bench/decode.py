"""What it costs to make runs of an answer's bytes, beside what reading its JSON costs."""

import asyncio
import json
from collections.abc import Iterator

from runs_tui.adapters.base import Source
from runs_tui.model.query import Query
from tests.bench.canned import API, MOST, Canned, canned_source
from tests.bench.rounds import in_turn, milliseconds
from tests.bench.starting import NotMeasuredError
from tests.bench.table import Finding

TIMES = 10
"""How often an answer is read in a round."""


def decode(rounds: int) -> Iterator[Finding]:
    """Measure an answer on its way through the adapter, without any network."""
    canned = Canned(MOST)
    body = canned.page(0, MOST)
    with canned_source(canned) as source, asyncio.Runner() as runner:
        pair = in_turn(
            milliseconds(lambda: runner.run(_read(source))),
            milliseconds(lambda: json.loads(body)),
            rounds * TIMES,
        )
        runner.run(source.close())
    yield Finding(
        group="decode",
        what=f"bytes to runs, {MOST:,} of {API}, {len(body) / 1000:,.0f} kB",
        unit="ms",
        measured=pair.measured,
        yardstick=pair.yardstick,
        told_ratio=pair.ratio,
        against="json.loads",
    )


async def _read(source: Source) -> None:
    page = await source.runs(Query(limit=MOST))
    if len(page.items) != MOST:
        raise NotMeasuredError(f"{len(page.items)} of {MOST} runs came out of the adapter")
