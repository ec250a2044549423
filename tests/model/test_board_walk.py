"""The board against a naive model, in a random walk of everything that can happen to it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from runs_tui.model.board import Board, Reach, place
from runs_tui.model.columns import sort_of
from runs_tui.model.errors import Unreachable
from runs_tui.model.order import in_order
from runs_tui.model.query import Query
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PAGE = 3
SOURCES = ("prod", "stage", "lab")
FILTERS = (
    "",
    "state:failed",
    "-state:succeeded",
    "workflow:etl",
    "source:prod,lab",
    "trigger:cron",
)
SORTS = (None, "-took", "state", "workflow", "-created")
NAMES = st.sampled_from(SOURCES)
PICKS = st.integers(0, 10**6)


@dataclass
class Server:
    """A source as it truly is, and what it had told or shown when it was read."""

    name: str
    runs: dict[str, Run] = field(default_factory=dict)
    """Every run it has now."""
    there: set[str] = field(default_factory=set)
    """Those that have matched ever since the newest page was read last."""
    count: int = 0

    def start(self, count: int, state: State, workflow: str) -> None:
        for _ in range(count):
            self.count += 1
            run = Run(
                source=self.name,
                id=f"{self.count:04}",
                workflow_name=workflow,
                state=state,
                created_at=NOON + timedelta(seconds=self.count),
                started_at=NOON + timedelta(seconds=self.count + 1),
            )
            self.runs[run.id] = run

    def matching(self, query: Query) -> list[Run]:
        holds = query.predicate(NOON)
        return sorted((run for run in self.runs.values() if holds(run)), key=place)

    def page(self, query: Query, cursor: str | None) -> tuple[list[Run], Reach]:
        found = [run for run in self.matching(query) if cursor is None or run.id < cursor]
        items, more = found[:PAGE], len(found) > PAGE
        return items, Reach(
            oldest=min((run.instant for run in items if run.instant), default=None),
            next=items[-1].id if more else None,
            exhausted=not more,
            pushed=frozenset(query.terms),
            read_at=NOON,
        )


class BoardWalk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.servers = {name: Server(name) for name in SOURCES}
        self.query = Query()
        self.board = Board()
        self.told: dict[RunKey, Run] = {}
        """What was told last of each run."""

    @initialize(count=st.integers(0, 9))
    def begin(self, count: int) -> None:
        for server in self.servers.values():
            server.start(count, State.SUCCEEDED, "etl")
        self.ask(self.query)

    def ask(self, query: Query) -> None:
        self.query = query
        self.board = self.board.asked_anew()
        for name, server in self.servers.items():
            server.there.clear()
            asked = query.admits_source(name)
            reach = replace(self.board.reach(name), exhausted=not asked)
            self.board = self.board.reached(name, reach)

    # What happens on the servers

    @rule(name=NAMES, count=st.integers(1, 5), state=st.sampled_from(State), etl=st.booleans())
    def runs_start(self, name: str, count: int, state: State, etl: bool) -> None:
        self.servers[name].start(count, state, "etl" if etl else "load")

    @rule(name=NAMES, pick=PICKS, state=st.sampled_from(State), told=st.booleans())
    def a_run_changes(self, name: str, pick: int, state: State, told: bool) -> None:
        server = self.servers[name]
        if not server.runs:
            return
        run = list(server.runs.values())[pick % len(server.runs)]
        run = server.runs[run.id] = replace(run, state=state)
        if not self.query.predicate(NOON)(run):
            server.there.discard(run.id)
        if told:
            self.put(run)

    @rule(name=NAMES, pick=PICKS)
    def a_run_vanishes(self, name: str, pick: int) -> None:
        server = self.servers[name]
        if not server.runs:
            return
        run_id = list(server.runs)[pick % len(server.runs)]
        del server.runs[run_id]
        server.there.discard(run_id)
        self.board = self.board.without(RunKey(name, run_id))
        self.told.pop(RunKey(name, run_id), None)

    def put(self, run: Run) -> None:
        self.board = self.board.put(run)
        self.told[run.key] = run

    # What is read of them

    @rule(name=NAMES)
    def the_newest_page_arrives(self, name: str) -> None:
        if not self.query.admits_source(name):
            return
        server = self.servers[name]
        items, reach = server.page(self.query, None)
        server.there = {run.id for run in server.matching(self.query)}
        self.take(name, items, reach, first=True)

    @rule(name=NAMES)
    def the_next_page_arrives(self, name: str) -> None:
        cursor = self.board.reach(name).next
        if cursor is not None:
            items, reach = self.servers[name].page(self.query, cursor)
            self.take(name, items, reach, first=False)

    @rule(name=NAMES)
    def a_source_fails(self, name: str) -> None:
        reach = replace(self.board.reach(name), error=Unreachable("cut off"))
        self.board = self.board.reached(name, reach)

    def take(self, name: str, items: list[Run], reach: Reach, *, first: bool) -> None:
        self.board = self.board.arrived(name, items, reach, first=first)
        self.told |= {run.key: run for run in items}

    # What a person asks for

    @rule(text=st.sampled_from(FILTERS))
    def the_filter_changes(self, text: str) -> None:
        self.ask(replace(Query.parse(text), sort=self.query.sort))

    @rule(text=st.sampled_from(SORTS))
    def the_order_changes(self, text: str | None) -> None:
        self.ask(replace(self.query, sort=sort_of(text) if text else None))

    # What must hold all the while

    @invariant()
    def every_run_that_was_told_is_there_once_as_it_was_told_last(self) -> None:
        assert {run.key: run for run in self.board.runs} == self.told
        assert len(self.board.runs) == len(self.told)
        assert all(self.board.get(key) == run for key, run in self.told.items())

    @invariant()
    def they_are_in_order(self) -> None:
        assert list(self.board.runs) == sorted(self.told.values(), key=place)
        matching = [run for run in self.board.runs if self.query.predicate(NOON)(run)]
        rows = in_order(self.board.matching(self.query.predicate(NOON)), self.query.sort, NOON)
        assert list(rows) == list(in_order(matching, self.query.sort, NOON))
        assert sorted(map(place, rows)) == sorted(map(place, matching))

    @invariant()
    def above_the_horizon_nothing_is_missing(self) -> None:
        horizon = self.board.horizon
        for server in self.servers.values():
            if not self.answered(server.name):
                continue
            for run_id in server.there:
                run = server.runs[run_id]
                if horizon is None or (run.instant is not None and run.instant >= horizon):
                    assert self.board.get(run.key) is not None, (run.key, horizon)

    @precondition(lambda self: self.board.horizon is not None)
    @invariant()
    def the_horizon_is_where_the_source_that_was_read_least_stands(self) -> None:
        name = self.board.holding_back
        assert name is not None
        assert self.board.reach(name).next
        assert self.board.reach(name).complete_to == self.board.horizon
        shown = [run for run in self.board.runs if self.query.predicate(NOON)(run)]
        complete = self.board.complete(shown)
        assert all(run.instant >= self.board.horizon for run in shown[:complete] if run.instant)
        assert all(run.instant < self.board.horizon for run in shown[complete:] if run.instant)

    def answered(self, name: str) -> bool:
        reach = self.board.reach(name)
        return bool(reach.next or reach.exhausted)


BoardWalk.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestBoardWalk = BoardWalk.TestCase
