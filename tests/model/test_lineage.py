from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.effort import Effort, effort_of
from runs_tui.model.kin import Attempt, Kin, Relation, Relative
from runs_tui.model.lineage import Lineage, LineageRow
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State

START = datetime(2026, 6, 2, 12, tzinfo=UTC)


def run(run_id: str, minute: float = 0, state: State = State.SUCCEEDED, **more: Any) -> Run:
    at = START + timedelta(minutes=minute)
    told = {"created_at": at, "started_at": at, **more}
    return Run(source="prod", id=run_id, state=state, **told)


def step(key: str, start: float | None, end: float | None = None, **more: Any) -> Step:
    return Step(
        key=key,
        name=key,
        state=State.SUCCEEDED,
        started_at=None if start is None else START + timedelta(minutes=start),
        finished_at=None if end is None else START + timedelta(minutes=end),
        **more,
    )


def lineage(
    shown: Run,
    runs: Sequence[Run] = (),
    kins: dict[str, Kin] | None = None,
    plans: dict[str, Plan] | None = None,
    origins: dict[str, str] | None = None,
) -> Lineage:
    known = {run.id: run for run in runs}
    return Lineage.of(shown, known.values(), known.get, kins or {}, plans or {}, origins or {})


def drawn(found: Lineage) -> list[str]:
    return [
        f"{row.prefix}{row.id}{row.attempt.number if row.attempt else ''}" for row in found.rows
    ]


def by_id(found: Lineage) -> dict[str, LineageRow]:
    return {row.id: row for row in found.rows if row.attempt is None}


def relatives(relation: Relation, *runs: Run) -> Kin:
    return Kin(tuple(Relative(run, relation) for run in runs))


def test_a_run_that_nothing_belongs_to_is_alone() -> None:
    found = lineage(run("a"), [run("b"), run("c", retry_of="b")])
    assert drawn(found) == ["a"]
    assert found.alone
    (row,) = found.rows
    assert (row.here, row.relation, row.number, row.final) == (True, None, None, False)


def test_attempts_stand_in_their_order_and_the_last_one_counts() -> None:
    first = run("x", 0, State.FAILED)
    second = run("b", 5, State.FAILED, retry_of="x")
    third = run("m", 9, retry_of="b")
    for shown in (first, second, third):
        found = lineage(shown, [third, first, second])
        assert drawn(found) == ["x", "b", "m"]
        assert [row.number for row in found.rows] == [1, 2, 3]
        assert [row.final for row in found.rows] == [False, False, True]
        assert [row.here for row in found.rows] == [row.id == shown.id for row in found.rows]
        assert {row.relation for row in found.rows if not row.here} == {Relation.ATTEMPT}


def test_nothing_counts_before_the_newest_attempt_is_over() -> None:
    again = run("b", 5, State.RUNNING, retry_of="a")
    assert not any(row.final for row in lineage(again, [run("a", 0, State.FAILED)]).rows)


def test_an_attempt_that_was_skipped_does_not_count() -> None:
    skipped = run("b", 5, State.SKIPPED, retry_of="a")
    assert by_id(lineage(skipped, [run("a", 0, State.FAILED)]))["a"].final


def test_numbers_are_those_told_or_else_marked_as_places() -> None:
    second, third = run("b", 5, attempt=2, retry_of="a"), run("c", 9, attempt=3, retry_of="b")
    rows = lineage(third, [second]).rows
    assert [(row.id, row.number, row.counted) for row in rows] == [
        ("a", 1, True),
        ("b", 2, True),
        ("c", 3, True),
    ]
    first = run("a", 0, attempt=1)
    assert not any(row.counted for row in lineage(third, [second, first]).rows)
    anew = run("d", 12, attempt=1)
    rows = lineage(anew, [first, second, third], origins={"d": "c"}).rows
    assert [(row.number, row.counted) for row in rows] == [(n, True) for n in (1, 2, 3, 4)]


def test_a_run_that_is_only_named_has_its_place() -> None:
    found = lineage(run("b", 5, retry_of="gone"))
    assert drawn(found) == ["gone", "b"]
    assert found.rows[0].run is None


def test_a_retry_that_only_we_know_of_is_tied_to_its_origin() -> None:
    first, again = run("a"), run("b", 5)
    for shown in (first, again):
        assert drawn(lineage(shown, [first, again], origins={"b": "a"})) == ["a", "b"]


def test_children_stand_under_the_run_that_started_them_and_parents_above() -> None:
    parent, shown, child = run("p"), run("s", 2), run("c", 3)
    kins = {
        "s": Kin(
            (Relative(parent, Relation.PARENT), Relative(child, Relation.CHILD)),
        )
    }
    found = lineage(shown, kins=kins)
    assert drawn(found) == ["p", "└ s", "  └ c"]
    relations = {row.id: row.relation for row in found.rows}
    assert relations == {"p": Relation.PARENT, "s": None, "c": Relation.CHILD}


def test_what_is_beside_a_run_is_nothing_to_it_and_still_drawn() -> None:
    parent, one, other = run("p"), run("s", 2), run("t", 3)
    kins = {"p": relatives(Relation.CHILD, one, other), "s": relatives(Relation.PARENT, parent)}
    found = lineage(one, kins=kins)
    assert drawn(found) == ["p", "├ s", "└ t"]
    assert by_id(found)["t"].relation is None


def test_a_step_that_is_a_run_is_a_child() -> None:
    plan = Plan.of([step("one", 0, 1), step("two", 1, 2, child_run="c")])
    assert drawn(lineage(run("s"), plans={"s": plan})) == ["s", "└ c"]
    own = Plan.of([step("s", 0, 1, child_run="s"), step("t", 1, 2, child_run="t")])
    assert drawn(lineage(run("s"), plans={"s": own})) == ["s"]


def test_attempts_within_a_run_stand_under_it() -> None:
    own = [
        Attempt(number=1, state=State.FAILED, asked_at=START),
        Attempt(number=2, state=State.SUCCEEDED, asked_at=START + timedelta(minutes=5)),
    ]
    child = Relative(run("c", 3), Relation.CHILD)
    plan = Plan.of([step("a", 0, 1), step("b", 6, 7), step("c", None)])
    found = lineage(run("s", attempt=2), kins={"s": Kin((child,), own)}, plans={"s": plan})
    assert drawn(found) == ["s", "├ s1", "├ s2", "└ c"]
    assert [row.final for row in found.rows] == [False, False, True, False]
    assert found.rows[2].effort == Effort(ran=1, kept=1, total=3)
    assert found.rows[1].effort is None


def test_what_ran_again_is_told_of_later_attempts_alone() -> None:
    first, again = run("a", 0, State.FAILED), run("b", 10, retry_of="a")
    kept, ran = step("one", 1, 2), step("two", 11, 12)
    plans = {"a": Plan.of([kept]), "b": Plan.of([kept, ran])}
    rows = by_id(lineage(again, [first], plans=plans))
    assert rows["a"].effort is None
    assert rows["b"].effort == Effort(ran=1, kept=1, total=2)


def test_effort_marks_what_rests_on_times_that_were_concluded() -> None:
    begun = START + timedelta(minutes=5)
    steps = [
        step("kept", 0, 1),
        step("cached", 6, 6, reused=True),
        step("ran", 6, 7),
        step("at the edge", 0, 5),
        step("going on", 4),
        step("skipped", None, 1),
    ]
    assert effort_of("s", steps, begun) == Effort(ran=2, kept=3, total=6)
    about = step("about", 6, 7, derived=frozenset({"started_at"}))
    assert effort_of("s", [about], begun) == Effort(1, 0, 1, about=True)
    assert effort_of("s", [], begun) is None
    assert effort_of("s", steps, None) is None


def test_what_an_attempt_took_is_told_or_reckoned() -> None:
    now = START + timedelta(minutes=3)
    began = {"started_at": START}
    assert Attempt(number=1, state=State.RUNNING, **began).duration(now) == 180  # type: ignore[arg-type]
    assert Attempt(number=1, state=State.FAILED, finished_at=now, **began).duration(now) == 180  # type: ignore[arg-type]
    assert Attempt(number=1, state=State.FAILED, took=7.0, **began).duration(now) == 7  # type: ignore[arg-type]
    assert Attempt(number=1, state=State.QUEUED).duration(now) is None


IDS = st.sampled_from("abcdefgh")


@st.composite
def told(draw: st.DrawFn) -> tuple[Run, list[Run], dict[str, Kin], dict[str, str]]:
    """Give runs whose links may be missing, doubled, contradictory or circular."""
    runs = {
        run_id: run(
            run_id,
            draw(st.integers(0, 3)),
            draw(st.sampled_from(State)),
            retry_of=draw(st.none() | IDS | st.just("nobody")),
            attempt=draw(st.none() | st.integers(1, 3)),
        )
        for run_id in draw(st.lists(IDS, min_size=1, unique=True))
    }
    listed = draw(st.lists(st.sampled_from(list(runs.values())), max_size=12))
    relative = st.builds(Relative, st.sampled_from(list(runs.values())), st.sampled_from(Relation))
    own = st.lists(st.integers(1, 3), max_size=3, unique=True).map(
        lambda numbers: [Attempt(number=n, state=State.FAILED) for n in sorted(numbers)]
    )
    kin = st.builds(Kin, st.lists(relative, max_size=6), own)
    kins = draw(st.dictionaries(IDS, kin, max_size=6))
    origins = draw(st.dictionaries(IDS, IDS, max_size=3))
    return draw(st.sampled_from(list(runs.values()))), listed, kins, origins


@given(told())
def test_every_run_of_a_lineage_stands_once_whatever_is_told(
    known: tuple[Run, list[Run], dict[str, Kin], dict[str, str]],
) -> None:
    shown, listed, kins, origins = known
    found = lineage(shown, listed, kins, origins=origins)
    keys = [row.key for row in found.rows]
    assert len(keys) == len(set(keys))
    assert [row.id for row in found.rows if row.here and row.attempt is None] == [shown.id]
    assert sum(row.final for row in found.rows if row.here and row.attempt is None) <= 1
    linked = {shown.id}
    for run_id, kin in kins.items():
        if run_id == shown.id:
            linked |= {relative.run.id for relative in kin.relatives}
    assert linked <= {row.id for row in found.rows}
    again = lineage(shown, listed[::-1], kins, origins=origins)
    assert {row.id for row in again.rows} == {row.id for row in found.rows}


@given(told())
def test_every_member_of_a_lineage_has_the_same_lineage(
    known: tuple[Run, list[Run], dict[str, Kin], dict[str, str]],
) -> None:
    shown, listed, kins, origins = known
    everyone = [*{run.id: run for run in listed}.values()]
    runs = {run.id: run for run in everyone} | {shown.id: shown}
    for kin in kins.values():
        for relative in kin.relatives:
            runs.setdefault(relative.run.id, relative.run)
    found = lineage(shown, everyone, kins, origins=origins)
    for row in found.rows:
        if row.run is not None and row.attempt is None:
            other = lineage(runs[row.id], runs.values(), kins, origins=origins)  # type: ignore[arg-type]
            assert drawn(other) == drawn(lineage(shown, list(runs.values()), kins, origins=origins))
