"""What the board says of itself: its sources, its position, why it is empty."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.model.board import Board, Reach
from runs_tui.model.query import Field, Query, Sort, Term
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.words import several
from runs_tui.widgets.columns import Part
from runs_tui.widgets.inks import source_ink
from runs_tui.widgets.parts_line import Parts, named_in, width_of
from runs_tui.widgets.run_table import RunTable

FRESH = 20
"""Up to how many seconds after an answer its rows are told as of now."""
OLD = 60
"""From how many seconds on they are told as old."""


def sources(
    told: Mapping[str, Source],
    board: Board,
    query: Query,
    now: datetime,
    *,
    demo: bool,
    width: int,
) -> Parts:
    """Say of each source whether it is healthy, or why not, and how old its rows are.

    Where that is wider than there is room, the healthy ones are told together. Those that a query
    leaves out are not asked, so that their age says nothing.
    """
    head: list[Part] = [
        (" runs-tui", "table--strong"),
        (" demo  " if demo else "  ", "table--accent"),
    ]
    each = {name: _source(source, board.reach(name), now) for name, source in told.items()}
    healthy = [name for name in told if _is_healthy(board.reach(name))]
    unasked = [name for name in healthy if not query.admits_source(name)]
    for name in unasked:
        each[name] = named_in(
            told[name].connection.color, name, "○ ", " not asked  ", ink="table--dim"
        )
    healthy = [name for name in healthy if name not in unasked]
    whole = [*head, *(part for parts in each.values() for part in parts)]
    if width_of(whole) <= width:
        return whole
    for name in told:
        error = board.reach(name).error
        if error is not None and len(told) > 1:
            each[name] = [(f"✗ {name}: {error.title}  ", "state--failed")]
    together: list[Part] = []
    if len(healthy) > 1:
        oldest = min((board.reach(name).read_at or now for name in healthy), default=now)
        together += _healthy(f"{len(healthy)} sources", oldest, now)
    if len(unasked) > 1:
        together.append((f"○ {len(unasked)} not asked  ", "table--dim"))
    left_out = {*(healthy if len(healthy) > 1 else ()), *(unasked if len(unasked) > 1 else ())}
    others = [part for name in told if name not in left_out for part in each[name]]
    return [*head, *together, *others]


def _is_healthy(reach: Reach) -> bool:
    return reach.error is None and reach.read_at is not None


def _source(source: Source, reach: Reach, now: datetime) -> Parts:
    color, left = source.connection.color, source.requests_left
    if reach.error is not None:
        age = f", rows of {looks.ago(reach.read_at, now)}" if reach.read_at else ""
        why = f": {reach.error.sentence}{age}  "
        return named_in(color, source.name, "✗ ", why, ink="state--failed")
    if reach.read_at is None:
        return named_in(color, source.name, "○ ", " …  ", ink="table--dim")
    healthy = _healthy(source.name, reach.read_at, now, color)
    if left is None or left > source.few_left:
        return healthy
    return [*healthy[:-1], (f" · {left} requests left  ", "table--warning")]


def _healthy(
    name: str, read_at: datetime, now: datetime, color: str | None = None
) -> Sequence[Part]:
    seconds = (now - read_at).total_seconds()
    age = "now" if seconds < FRESH else looks.amount(seconds - seconds % 10)
    ink = "table--warning" if seconds >= OLD else "table--dim"
    return [
        ("● ", looks.css_class(State.SUCCEEDED)),
        (name, source_ink(color)),
        (f" {age}", ink),
        ("  ", ""),
    ]


def counts(rows: Sequence[Run]) -> Parts:
    """Say how many of the runs shown are running and how many failed."""
    running = sum(run.state is State.RUNNING for run in rows)
    failed = sum(run.state is State.FAILED for run in rows)
    return [
        (f"{looks.count(running)} running", looks.css_class(State.RUNNING)),
        (" · ", "table--dim"),
        (f"{looks.count(failed)} failed ", looks.css_class(State.FAILED)),
    ]


def position(
    rows: Sequence[Run], seen: range, new: int, query: Query, board: Board, now: datetime
) -> tuple[Parts, Parts]:
    """Say which rows are seen, of how many, how many came above, and down to when all is told."""
    if not len(seen):
        return (), ()
    first, last = looks.count(seen[0] + 1), looks.count(seen[-1] + 1)
    told: list[Part] = [
        (f" rows {first}–{last} of {_amount(rows, query, board)}", "table--dim"),
    ]
    if new:
        told.append((f"  ↑ {looks.count(new)} new, g shows them", "table--accent"))
    if query.sort is not None:
        return told, [(f"{_order(query.sort, board)} ", "table--dim")]
    name, horizon = board.holding_back, board.horizon
    if name is None or horizon is None or board.complete(rows) >= len(rows):
        return told, ()
    if board.reach(name).oldest is None:
        return told, [(f"nothing of {name} matches so far, it has more ", "table--dim")]
    return told, [(f"complete to {looks.ago(horizon, now)}, {name} has more ", "table--dim")]


def marks(table: RunTable) -> Parts:
    """Say how many runs are marked, and how many of them are not among those shown."""
    if table.ranging:
        return [(" marking a range: v or space ends it ", "table--accent")]
    if not table.marks:
        return []
    shown = sum(run.key in table.marks for run in table.rows)
    hidden = len(table.marks) - shown
    told = f" {looks.count(len(table.marks))} marked"
    return [
        (told + (f", {looks.count(hidden)} not shown here " if hidden else " "), "table--accent")
    ]


def _order(sort: Sort, board: Board) -> str:
    """Say what the runs are ordered by, and among which."""
    told = f"by {sort.field} {'↓' if sort.descending else '↑'}"
    unread = [reach for reach in board.reaches.values() if reach.next]
    if not unread:
        return told
    if all(reach.ordered for reach in unread):
        return f"{told}, ordered by the server"
    return f"{told}, among those loaded"


def _amount(rows: Sequence[Run], query: Query, board: Board) -> str:
    """Say how many runs there are: all, as the servers tell, or that there are more."""
    asked = [reach for reach in board.reaches.values() if not reach.exhausted or reach.oldest]
    if all(reach.exhausted for reach in asked):
        return looks.count(len(rows))
    terms = frozenset(query.terms)
    if all(reach.pushed >= terms and reach.total is not None for reach in asked):
        return looks.count(max(sum(reach.total or 0 for reach in asked), len(rows)))
    return f"{looks.count(len(rows))} loaded, more exist"


def where(
    query: Query, board: Board, lacks: Mapping[str, frozenset[Field]]
) -> Mapping[Term, Sequence[str]]:
    """Say of each term whether the servers applied it, it was applied here, or is never told.

    `lacks` are the fields that each source never tells. The words go from the fullest to the
    shortest; a source that did not answer yet counts for nothing.
    """
    reaches = {
        name: reach
        for name, reach in board.reaches.items()
        if query.admits_source(name) and (reach.exhausted or reach.next)
    }
    told = {term: _where(term, reaches, lacks) for term in query.terms}
    return {term: words for term, words in told.items() if words}


def _where(
    term: Term, reaches: Mapping[str, Reach], lacks: Mapping[str, frozenset[Field]]
) -> Sequence[str]:
    lacking = [name for name in reaches if term.field in lacks.get(name, ())]
    pushed = [n for n, reach in reaches.items() if n not in lacking and term in reach.pushed]
    here = [name for name in reaches if name not in lacking and name not in pushed]
    match bool(pushed), bool(here):
        case True, True:
            ran = [*(f"server; here: {by}" for by in _named(here)), "server, here"]
        case True, False:
            ran = ["server"]
        case False, True:
            ran = ["here"]
        case _:
            ran = []
    if not lacking:
        return ran
    lacked = [f"not offered by {by}" for by in _named(lacking)]
    if not ran:
        return lacked
    pairs = zip_longest(ran, lacked)
    return [f"{told or ran[-1]}; {lack or lacked[-1]}" for told, lack in pairs]


def _named(names: Sequence[str]) -> Sequence[str]:
    """Give the names, and how many there are where that is shorter."""
    told = ", ".join(names)
    amount = looks.counted(len(names), "source")
    return [told, amount] if len(amount) < len(told) and len(names) > 1 else [told]


def why_empty(query: Query, board: Board) -> str:
    """Say why no run is shown, and which key helps."""
    reaches = board.reaches
    waiting = [n for n, r in reaches.items() if not (r.exhausted or r.next or r.error)]
    if waiting:
        return f"Reading the runs of {several(waiting)}…"
    errors = [f"{name}: {reach.error}" for name, reach in reaches.items() if reach.error]
    if errors:
        return "\n".join([*errors, "", "It is tried again by itself; r tries now."])
    if not query.terms:
        return "There are no runs yet. They appear here by themselves."
    ways = "/ changes the filter, Esc clears it."
    if all(reach.exhausted for reach in reaches.values()):
        return f"No run matches {query}.\n\n{ways}"
    more = [name for name, reach in reaches.items() if reach.next]
    return f"No run matches {query} so far.\n\nr looks further back in {several(more)}. {ways}"
