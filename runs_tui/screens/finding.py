"""Finding a run that is not on the board, by asking the sources."""

from typing import TYPE_CHECKING

from runs_tui.adapters.finding import find_run, keys_meant, without_query

if TYPE_CHECKING:
    from runs_tui.screens.runs import RunsScreen


async def look_for(screen: "RunsScreen", wanted: str) -> None:
    """Ask the sources for a run, and show it once one of them tells it."""
    asked = dict.fromkeys(key.source for key in keys_meant(wanted, screen.sources))
    if asked:
        told = f"Asking {' and '.join(asked)} for run {without_query(wanted)}…"
        screen.flash(told, stays=True)
    found = await find_run(wanted, screen.sources)
    if not screen.app.is_running:
        return
    if isinstance(found, str):
        screen.flash(found)
    else:
        screen.flash(f"Found {found.key}")
        screen.go_to_run(found)
