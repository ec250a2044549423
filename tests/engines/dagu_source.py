"""runs-tui's own ways to a real Dagu server, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.dagu import Dagu
from runs_tui.adapters.dagu.pace import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from runs_tui.model.run import Event, Gap

LONG = 60.0
VARIABLE = "DAGU_SECRET"


@asynccontextmanager
async def source_at(
    url: str,
    secret: str | None = None,
    *,
    eager: bool = True,
    options: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Dagu]:
    """Give a source over a server; an eager one gives no answer of a moment ago again."""
    credential = Credential(secret, VARIABLE if secret else None)
    source = Dagu(Connection(name="dagu", url=url, credential=credential, options=options))
    if eager:
        source.patience, source.pace = replace(source.patience, fresh=0), Pace(linger=0)
    try:
        yield source
    finally:
        await source.close()


async def told(source: Dagu, run_id: str, after: str | None = None) -> list[Event | Gap]:
    """Read the events of a run to their end."""
    async with aclosing(source.tail(run_id, after)) as events:
        return [event async for event in events]


def answered(url: str, *words: str) -> Any:
    """Run the command line and give the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "runs_tui", *words, "--api", "dagu", "--url", url, "--json"],
        check=False,
        capture_output=True,
        text=True,
        timeout=LONG,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
