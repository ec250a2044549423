"""What stands above the feed: which lines are shown, what is searched for, what is followed."""

from collections.abc import Sequence

from runs_tui import looks
from runs_tui.model.line import LEVELS
from runs_tui.widgets.columns import Part
from runs_tui.widgets.feed_cells import Times
from runs_tui.widgets.feed_lines import FeedLines


def shown(table: FeedLines) -> Sequence[Part]:
    """Say which lines are shown, and how."""
    view = table.view
    told: list[str] = []
    if view.step is not None:
        told.append(f"only {table.step_name(view.step)}")
    if view.least:
        told.append(f"{LEVELS[view.least]}+" if view.least < len(LEVELS) - 1 else "errors only")
    if view.words:
        told.append(f"/{view.words}  {_found(table)}")
    quiet: list[str] = [table.times] if table.times is not Times.UTC else []
    quiet += ["wrapped"] if table.wraps else []
    quiet += [f"shifted by {table.shift}"] if table.shift else []
    return [
        ("Events", "table--strong"),
        *((f"  {text}", "table--accent") for text in told),
        *((f"  {text}", "table--dim") for text in quiet),
    ]


def _found(table: FeedLines) -> str:
    view = table.view
    row = table.row
    at, count = view.place_of_match(row.number) if row else (0, len(view.matches))
    only = ", only these" if view.only_matches else ""
    if not count:
        return f"no match{only}"
    if at:
        return f"match {at:,} of {count:,}{only}"
    return f"{count:,} match{'' if count == 1 else 'es'}{only}"


def followed(table: FeedLines, *, following: bool, unseen: int) -> Sequence[Part]:
    """Say whether the end is followed or has come, or how much of a range is chosen."""
    if chosen := len(table.range):
        return [(f"{looks.counted(chosen, 'line')} chosen: y copies, escape ends", "table--accent")]
    over = table.feed.complete
    if following:
        return [("ended" if over else "following", "table--dim")] if table.rows else []
    new = f"+{looks.count(unseen)} new  " if unseen else ""
    if over:
        return [(f"{new}ended, F goes there", "table--dim")]
    return [(f"{new}paused, F follows", "table--warning")]
