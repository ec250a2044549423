from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from runs_tui.widgets.columns import GAP, Cell, Column, Part, fit, share

Shared = list[tuple[Column[str], int]]


def column(
    name: str, width: int, *, grows: bool = False, rank: int = 0, cap: int = 1000
) -> Column[str]:
    return Column(
        name, name.upper(), lambda row: [(row, "")], width, grows=grows, rank=rank, cap=cap
    )


def shares(columns: Sequence[Column[str]], width: int) -> dict[str, int]:
    return {column.id: cells for column, cells in share(columns, width)}


def taken(shared: Shared) -> int:
    return sum(cells for _, cells in shared) + GAP * (len(shared) - 1)


STATE = column("state", 11)
WORKFLOW = column("workflow", 14, grows=True, cap=44)
STARTED = column("started", 8, rank=1)
TRIGGER = column("trigger", 8, rank=2)
ERROR = column("error", 24, grows=True, rank=3)
ALL = [STATE, WORKFLOW, STARTED, TRIGGER, ERROR]


def test_every_column_gets_what_it_wants_where_there_is_room() -> None:
    assert shares(ALL, 73) == {"state": 11, "workflow": 14, "started": 8, "trigger": 8, "error": 24}


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (73, ["state", "workflow", "started", "trigger", "error"]),
        (72, ["state", "workflow", "started", "trigger"]),
        (47, ["state", "workflow", "started", "trigger"]),
        (46, ["state", "workflow", "started"]),
        (37, ["state", "workflow", "started"]),
        (36, ["state", "workflow"]),
        (1, ["state", "workflow"]),
    ],
)
def test_the_highest_rank_goes_first_and_no_rank_never(width: int, shown: list[str]) -> None:
    assert list(shares(ALL, width)) == shown


def test_spare_width_goes_to_what_grows_up_to_its_cap() -> None:
    assert shares(ALL, 83) == {"state": 11, "workflow": 19, "started": 8, "trigger": 8, "error": 29}
    wide = shares(ALL, 300)
    assert (wide["workflow"], wide["error"]) == (44, 221)


def test_no_columns_share_nothing() -> None:
    assert share([], 80) == []


COLUMNS = st.lists(
    st.builds(
        lambda width, more, grows, rank: ("", width, width + more, grows, rank),
        st.integers(1, 30),
        st.integers(0, 40),
        st.booleans(),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=7,
).map(
    lambda told: [
        column(str(place), width, grows=grows, rank=rank, cap=cap)
        for place, (_, width, cap, grows, rank) in enumerate(told)
    ]
)


@given(COLUMNS, st.integers(1, 160))
@settings(max_examples=80, deadline=None)
def test_columns_never_take_more_than_there_is(columns: list[Column[str]], width: int) -> None:
    shared = share(columns, width)
    assert shared
    last = len(shared) == 1 or all(column.rank == 0 for column, _ in shared)
    assert taken(shared) <= width or last
    for column, cells in shared:
        assert column.width <= cells <= column.cap
        assert column.grows or cells == column.width
    full = all(cells == column.cap for column, cells in shared if column.grows)
    assert taken(shared) >= width or full


@given(COLUMNS, st.integers(1, 160))
@settings(max_examples=80, deadline=None)
def test_columns_keep_their_order_and_go_by_rank(columns: list[Column[str]], width: int) -> None:
    shown = [column for column, _ in share(columns, width)]
    gone = [column for column in columns if column not in shown]
    assert [column for column in columns if column in shown] == shown
    assert all(one.rank >= other.rank for one in gone for other in shown)
    assert all(column.rank > 0 for column in gone)
    if gone:
        last = min(reversed(gone), key=lambda column: column.rank)
        wanted = sum(column.width for column in [*shown, last]) + GAP * len(shown)
        assert wanted > width


def test_widths_do_not_depend_on_what_stands_in_the_columns() -> None:
    again = [column("state", 11), column("workflow", 14, grows=True, cap=44)]
    assert shares([STATE, WORKFLOW], 60) == shares(again, 60)


# Cells


@pytest.mark.parametrize(
    ("cell", "width", "text"),
    [
        ([("etl", "")], 5, "etl  "),
        ([("etl", "")], 3, "etl"),
        ([("etl-nightly", "")], 6, "etl-n…"),
        ([("etl", ""), ("-nightly", "")], 4, "etl…"),
        ([("etl", ""), ("-nightly", "")], 3, "et…"),
        ([("etl-nightly", "")], 1, "…"),
        ([("日本語", "")], 6, "日本語"),
        ([("日本語", "")], 5, "日本…"),
        ([("日本語", "")], 4, "日 …"),
        ([("e\u0301te\u0301", "")], 4, "e\u0301te\u0301 "),
        ([("e\u0301te\u0301", "")], 2, "e\u0301…"),
        ([("[/x]", "")], 6, "[/x]  "),
        ([], 3, "   "),
    ],
)
def test_a_cell_is_filled_or_cut(cell: Cell, width: int, text: str) -> None:
    assert "".join(part for part, _ in fit(cell, width)) == text


def test_a_cell_is_aligned_to_the_right() -> None:
    assert fit([("41s", "dim")], 6, right=True) == [("   ", ""), ("41s", "dim")]


def test_a_cut_part_keeps_its_look() -> None:
    cell: Cell = [("✗ ", "failed"), ("etl-nightly", "strong"), ("!", "dim")]
    assert fit(cell, 6) == [("✗ ", "failed"), ("etl…", "strong")]


PLAIN = st.characters(exclude_categories=["C"], exclude_characters="\ufe0f")
TEXTS = st.text(PLAIN, max_size=12) | st.lists(
    st.sampled_from(
        ["a", "etl", " ", "日", "語", "e\u0301", "\u0301", "👩\u200d🔧", "☁\ufe0f", "🇩🇪"]
    ),
    max_size=8,
).map("".join)
CELLS: st.SearchStrategy[list[Part]] = st.lists(
    st.tuples(TEXTS, st.sampled_from(["", "dim", "strong"])), max_size=4
)


@given(CELLS, st.integers(1, 24), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_cell_is_exactly_as_wide_as_its_column(cell: Cell, width: int, right: bool) -> None:
    parts = fit(cell, width, right=right)
    assert sum(cell_len(text) for text, _ in parts) == width


@given(CELLS, st.integers(1, 24))
@settings(max_examples=80, deadline=None)
def test_nothing_is_lost_but_behind_an_ellipsis(cell: Cell, width: int) -> None:
    whole = "".join(text for text, _ in cell)
    shown = "".join(text for text, _ in fit(cell, width))
    if sum(cell_len(text) for text, _ in cell) <= width:
        assert shown == whole + " " * (len(shown) - len(whole))
    else:
        assert shown.endswith("…")
        assert whole.startswith(shown[:-1].rstrip())
