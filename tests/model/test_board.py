from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.board import Board, Reach, place
from runs_tui.model.errors import Unreachable
from runs_tui.model.query import Query
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SOURCES = ("prod", "stage", "lab")


def at(second: int) -> datetime:
    return NOW + timedelta(seconds=second)


def run(
    number: int, *, source: str = "prod", created: int | None = None, state: State = State.RUNNING
) -> Run:
    second = number if created is None else created
    return Run(source=source, id=f"{number:06}", state=state, created_at=at(second))


def ids(board: Board) -> list[str]:
    return [run.id for run in board.runs]


RUNS = st.builds(
    Run,
    source=st.sampled_from(SOURCES[:2]),
    id=st.sampled_from("abcdef"),
    state=st.sampled_from([State.RUNNING, State.FAILED]),
    created_at=st.none() | st.integers(0, 4).map(at),
)
BATCHES = st.lists(st.lists(RUNS, max_size=6), max_size=5)


def naive(batches: Sequence[Sequence[Run]]) -> list[Run]:
    """Give what a board holds: of each key the last told, newest first, those without time last."""
    known = {run.key: run for batch in batches for run in batch}

    def order(run: Run) -> tuple[bool, timedelta, str, str]:
        instant = run.instant
        return (instant is None, NOW - instant if instant else timedelta(), run.source, run.id)

    return sorted(known.values(), key=order)


def merged(batches: Sequence[Sequence[Run]]) -> Board:
    board = Board()
    for batch in batches:
        board = board.merge(batch)
    return board


@given(BATCHES)
@settings(max_examples=70, deadline=None)
def test_a_board_holds_every_run_once_in_order(batches: list[list[Run]]) -> None:
    board = merged(batches)
    assert list(board.runs) == naive(batches)
    assert [place(run) for run in board.runs] == sorted(place(run) for run in board.runs)
    assert len(board) == len({run.key for run in board.runs})


@given(BATCHES)
@settings(max_examples=70, deadline=None)
def test_every_run_is_found_by_its_key(batches: list[list[Run]]) -> None:
    board = merged(batches)
    assert [board.get(run.key) for run in board.runs] == list(board.runs)
    assert board.get(RunKey("prod", "nobody")) is None
    assert board.get(None) is None


@given(BATCHES, st.lists(RUNS, max_size=6))
@settings(max_examples=70, deadline=None)
def test_what_is_known_already_changes_nothing(batches: list[list[Run]], page: list[Run]) -> None:
    board = merged([*batches, page])
    again = board.merge({run.key: run for run in page}.values())
    assert again is board
    assert board.merge([]) is board


@given(st.lists(RUNS, max_size=10, unique_by=lambda run: run.key), st.data())
@settings(max_examples=70, deadline=None)
def test_disjoint_pages_may_come_in_any_order(runs: list[Run], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(runs)), max_size=3)))
    edges = [0, *cuts, len(runs)]
    pages = [runs[start:end] for start, end in pairwise(edges)]
    board = merged(data.draw(st.permutations(pages)))
    assert board.runs == merged(pages).runs == merged([runs]).runs


@given(BATCHES, RUNS)
@settings(max_examples=70, deadline=None)
def test_a_run_that_is_put_replaces_what_was_known_of_it(
    batches: list[list[Run]], run: Run
) -> None:
    board = merged(batches)
    kept = [known for known in board.runs if known.key != run.key]
    after = board.put(run)
    assert after.get(run.key) == run
    assert [known for known in after.runs if known.key != run.key] == kept


@given(BATCHES, st.lists(RUNS, max_size=6))
@settings(max_examples=70, deadline=None)
def test_a_board_that_was_merged_into_stays_as_it_was(
    batches: list[list[Run]], page: list[Run]
) -> None:
    board = merged(batches)
    runs, keys = list(board.runs), [run.key for run in board.runs]
    board.merge(page)
    assert list(board.runs) == runs
    assert [run.key for run in runs if board.get(run.key) == run] == keys


def test_a_run_whose_instant_changes_moves() -> None:
    board = merged([[run(n) for n in range(5)]])
    assert ids(board.put(run(1, created=9)))[0] == "000001"
    assert ids(board.put(run(1, created=-9)))[-1] == "000001"


def test_a_run_without_an_instant_stands_last() -> None:
    timeless = Run(source="a", id="a", state=State.QUEUED)
    board = merged([[timeless, run(-100), run(1)]])
    assert board.runs[-1] == timeless


class CountedRun(Run):
    """A run that counts how often its place is asked for."""

    asked = 0

    @property
    def instant(self) -> datetime | None:
        CountedRun.asked += 1
        return self.created_at


def counted(number: int, state: State = State.RUNNING) -> Run:
    return CountedRun(source="prod", id=f"{number:06}", state=state, created_at=at(number))


@pytest.fixture(scope="module")
def many() -> Board:
    return Board().merge(counted(2 * n) for n in range(100_000))


@pytest.mark.parametrize(
    "page",
    [
        [counted(2 * n + 1) for n in range(0, 100_000, 500)],
        [counted(200_000 + n) for n in range(200)],
        [counted(2 * n, State.FAILED) for n in range(0, 100_000, 500)],
        [replace(counted(2 * n), created_at=at(-n)) for n in range(0, 100_000, 500)],
        [counted(2 * n) for n in range(0, 100_000, 500)],
    ],
    ids=["scattered", "newest", "changed", "moved", "known"],
)
def test_a_page_costs_no_look_at_all_the_others(many: Board, page: list[Run]) -> None:
    CountedRun.asked = 0
    board = many.merge(page)
    assert CountedRun.asked < 100 * len(page)
    assert all(board.get(run.key) == run for run in page)


def test_one_run_among_many_costs_next_to_nothing(many: Board) -> None:
    CountedRun.asked = 0
    many.put(counted(101))
    assert CountedRun.asked < 100


# How far the sources were read


def reach_of(page: Sequence[Run], following: str | None, **told: Any) -> Reach:
    oldest = min((run.instant for run in page if run.instant), default=None)
    return Reach(oldest=oldest, next=following, exhausted=following is None, **told)


def arrived(board: Board, page: Sequence[Run], following: str | None, **told: Any) -> Board:
    first = told.pop("first", True)
    return board.arrived("prod", page, reach_of(page, following, **told), first=first)


def test_a_source_that_has_not_answered_holds_nothing_back() -> None:
    board = arrived(Board(), [run(9), run(8)], "8").reached("slow", Reach())
    assert board.horizon == at(8)
    assert board.holding_back == "prod"
    assert Board().reached("slow", Reach()).horizon is None


def test_without_sources_everything_is_complete() -> None:
    assert Board().horizon is None
    assert Board().complete([run(1)]) == 1


def test_the_newest_page_of_a_source() -> None:
    page = [run(9), run(8)]
    board = arrived(Board(), page, "8", total=40)
    assert list(board.runs) == page
    assert board.reach("prod") == Reach(oldest=at(8), next="8", total=40)
    assert board.horizon == at(8)
    assert board.holding_back == "prod"


def test_the_next_page_leads_deeper() -> None:
    board = arrived(Board(), [run(9), run(8)], "8", total=40)
    board = arrived(board, [run(7), run(6)], "6", first=False, read_at=at(20))
    assert board.reach("prod") == Reach(oldest=at(6), next="6", total=40, read_at=at(20))
    board = arrived(board, [run(5)], None, first=False, total=41)
    assert board.reach("prod") == Reach(oldest=at(5), exhausted=True, total=41)
    assert board.horizon is None
    assert board.holding_back is None


def test_an_empty_page_further_down_keeps_the_depth_and_goes_on() -> None:
    board = arrived(Board(), [run(9)], "9")
    board = arrived(board, [], "5", first=False)
    assert board.reach("prod") == Reach(oldest=at(9), next="5")


def test_a_newest_page_that_joins_keeps_the_depth() -> None:
    board = arrived(Board(), [run(9), run(8)], "8", total=40)
    board = arrived(board, [run(7), run(6)], "6", first=False)
    board = arrived(board, [run(10), run(9)], "9", total=41, read_at=at(20))
    assert board.reach("prod") == Reach(oldest=at(6), next="6", total=41, read_at=at(20))
    assert ids(board) == ["000010", "000009", "000008", "000007", "000006"]


def test_a_newest_page_that_joins_leaves_a_source_exhausted() -> None:
    board = arrived(Board(), [run(9), run(8)], None)
    board = arrived(board, [run(10), run(9)], "9")
    assert board.reach("prod").exhausted
    assert board.reach("prod").next is None


def test_a_newest_page_that_leaves_a_hole_begins_anew() -> None:
    board = arrived(Board(), [run(9), run(8)], "8")
    board = arrived(board, [run(7), run(6)], "6", first=False)
    board = arrived(board, [run(20), run(19)], "19")
    assert board.reach("prod") == Reach(oldest=at(19), next="19")
    assert board.complete(board.runs) == 2
    assert len(board) == 6


def test_a_run_that_was_put_hides_no_hole_below_it() -> None:
    board = arrived(Board(), [run(9), run(8)], "8").put(run(20))
    board = arrived(board, [run(20), run(19)], "19")
    assert board.reach("prod") == Reach(oldest=at(19), next="19")
    assert board.complete(board.runs) == 2


def test_a_newest_page_that_is_all_there_is_leaves_nothing_to_load() -> None:
    board = arrived(Board(), [run(9), run(8)], "8")
    board = arrived(board, [run(9)], None)
    assert board.reach("prod").exhausted
    assert board.reach("prod").next is None
    assert board.holding_back is None


def test_a_newest_page_without_a_match_keeps_the_depth() -> None:
    board = arrived(Board(), [], "90")
    board = arrived(board, [run(70)], "70", first=False)
    board = arrived(board, [], "91")
    assert board.reach("prod") == Reach(oldest=at(70), next="70")


def test_a_search_goes_on_where_it_was_while_nothing_was_found() -> None:
    board = arrived(Board(), [], "90")
    board = arrived(board, [], "80", first=False)
    board = arrived(board, [], "91")
    assert board.reach("prod").next == "80"
    assert board.horizon == datetime.max.replace(tzinfo=UTC)


def test_a_page_tells_nothing_of_other_sources_and_ends_an_error() -> None:
    stage = Reach(oldest=at(3), next="3")
    board = Board().reached("stage", stage).reached("prod", Reach(error=Unreachable("cut off")))
    board = arrived(board, [run(9)], "9")
    assert board.reach("stage") is stage
    assert board.reach("prod").error is None


def test_another_query_keeps_runs_ages_and_errors_but_no_depth() -> None:
    error = Unreachable("cut off")
    board = arrived(Board(), [run(9), run(8)], None, total=2, read_at=at(20))
    board = board.reached("stage", Reach(oldest=at(3), next="3", error=error))
    asked = board.asked_anew()
    assert asked.runs == board.runs
    assert asked.reaches == {"prod": Reach(read_at=at(20)), "stage": Reach(error=error)}
    newest = arrived(asked, [run(9)], "9")
    assert newest.reach("prod") == Reach(oldest=at(9), next="9")


REACHES = st.dictionaries(
    st.sampled_from(SOURCES),
    st.builds(
        Reach,
        oldest=st.none() | st.integers(0, 9).map(at),
        next=st.none() | st.just("more"),
        exhausted=st.booleans(),
    ).map(lambda reach: replace(reach, next=None) if reach.exhausted else reach),
)


@given(REACHES, st.lists(RUNS, max_size=10, unique_by=lambda run: run.key))
@settings(max_examples=70, deadline=None)
def test_the_list_is_complete_down_to_the_source_that_was_read_least(
    reaches: dict[str, Reach], runs: list[Run]
) -> None:
    board = replace(Board().merge(runs), reaches=reaches)
    open_ones = {name: reach for name, reach in reaches.items() if reach.next}
    far = datetime.max.replace(tzinfo=UTC)
    depths = {name: reach.oldest or far for name, reach in open_ones.items()}
    above = [
        run for run in board.runs
        if not depths or (run.instant is not None and run.instant >= max(depths.values()))
    ]  # fmt: skip
    assert board.horizon == (max(depths.values()) if depths else None)
    assert list(board.runs[: board.complete(board.runs)]) == above
    back = board.holding_back
    assert (back in open_ones) if open_ones else back is None
    assert back is None or depths[back] == max(depths.values())


@dataclass
class Server:
    """A source to read, which knows more than what was read of it."""

    name: str
    runs: list[Run] = field(default_factory=list)
    told: list[Run] = field(default_factory=list)
    """What there was when the newest page was read last."""

    def start(self, count: int, second: int) -> None:
        for n in range(count):
            number = second * 10 + n
            self.runs.insert(0, run(number, source=self.name, created=number))

    def page(self, cursor: str | None) -> tuple[list[Run], Reach]:
        newest_first = [-int(run.id) for run in self.runs]
        start = bisect_left(newest_first, 1 - int(cursor)) if cursor else 0
        items = self.runs[start : start + 3]
        more = start + 3 < len(self.runs)
        return items, reach_of(items, items[-1].id if more else None)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["start", "newest", "newest", "next", "next"]),
        st.sampled_from(SOURCES),
        st.integers(1, 5),
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=70, deadline=None)
def test_nothing_is_missing_above_the_horizon_however_sources_are_read(
    steps: list[tuple[str, str, int]],
) -> None:
    servers = {name: Server(name) for name in SOURCES}
    board = Board()
    for server in servers.values():
        server.start(5, 0)
        board = board.reached(server.name, Reach())
    for second, (what, name, count) in enumerate(steps, start=1):
        server = servers[name]
        cursor = board.reach(name).next
        if what == "start":
            server.start(count, second)
        elif what == "newest":
            server.told = list(server.runs)
            items, reach = server.page(None)
            board = board.arrived(name, items, reach, first=True)
        elif cursor is not None:
            items, reach = server.page(cursor)
            board = board.arrived(name, items, reach, first=False)
        horizon = board.horizon
        for run in (run for server in servers.values() for run in server.told):
            assert run.instant is not None
            if horizon is None or run.instant >= horizon:
                assert board.get(run.key) == run


def test_the_runs_that_pass_a_test_keep_their_order() -> None:
    states = [State.FAILED, State.RUNNING, State.FAILED]
    board = merged([[run(n, state=state) for n, state in enumerate(states)]])
    found = board.matching(Query.parse("state:failed").predicate(NOW))
    assert [run.id for run in found] == ["000002", "000000"]


@given(BATCHES, st.data())
@settings(max_examples=70, deadline=None)
def test_what_goes_on_is_known_also_when_runs_end_or_vanish(
    batches: list[list[Run]], data: st.DataObject
) -> None:
    board = merged(batches)
    if board.runs:
        gone: Run = data.draw(st.sampled_from(list(board.runs)))
        rest = [run for run in board.runs if run is not gone]
        board = board.without(gone.key)
        assert list(board.runs) == rest
        assert board.get(gone.key) is None
        assert board.without(gone.key) is board
    for source in {run.source for run in board.runs}:
        told = {run.key: run for run in board.going_on(source)}
        assert told == {r.key: r for r in board.runs if r.source == source and r.active}


def test_a_source_that_is_gone_takes_its_runs_and_its_reading_along() -> None:
    board = Board().reached("prod", Reach(exhausted=True)).reached("lab", Reach(exhausted=True))
    mine, other = run(1), run(2, source="lab")
    board = board.merge([mine, other, run(3)]).without_source("prod")
    assert board.runs == [other]
    assert set(board.reaches) == {"lab"}
    assert board.going_on("prod") == []
    assert board.get(mine.key) is None
    assert board.merge([mine]).get(mine.key) == mine
