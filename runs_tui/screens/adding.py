"""Adding a source: asking for it, keeping it, and opening it beside the others."""

import asyncio
from typing import TYPE_CHECKING

from runs_tui.model.settings import SourceSettings
from runs_tui.screens.add_source import AddSourceScreen
from runs_tui.screens.apis import ApisScreen
from runs_tui.screens.describing import AddsSources

if TYPE_CHECKING:
    from runs_tui.screens.runs import RunsScreen


async def ask_and_add(screen: "RunsScreen", adding: AddsSources) -> None:
    """Ask for a source, and have it opened."""
    source = await _described(screen, adding)
    if source is None:
        screen.flash("Nothing was saved")
    else:
        screen.open_source(adding, source)


async def keep_and_open(screen: "RunsScreen", adding: AddsSources, source: SourceSettings) -> None:
    """Keep a source, open it, and say what was done."""
    kept = await asyncio.to_thread(adding.keep, source)
    screen.flash(f"Opening {source.name}…", stays=True)
    await screen.put_source(await asyncio.to_thread(adding.open, source))
    admitted = screen.query_shown.admits_source(source.name)
    left_out = "" if admitted else "; the filter leaves its runs out"
    screen.flash(f"{source.name} is kept {kept}{left_out}")


async def _described(screen: "RunsScreen", adding: AddsSources) -> SourceSettings | None:
    apis = await asyncio.to_thread(adding.apis)
    api = await screen.app.push_screen_wait(ApisScreen(apis))
    if api is None:
        return None
    taken = {*adding.taken(), *(() if screen.demo else screen.sources)}
    return await screen.app.push_screen_wait(AddSourceScreen(api, apis, adding, taken))
