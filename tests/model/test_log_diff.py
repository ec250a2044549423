from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.log_diff import DiffRow, LogDiff, LogLine, lines_of
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from tests.model.test_diff import NOW


def log(text: str) -> list[LogLine]:
    return [LogLine(line) for line in text.split("\n")]


def shown(row: DiffRow) -> str:
    if row.hidden:
        return f"... {row.hidden}"
    if row.same:
        return f"  {row.after.text if row.after else ''}"
    return "".join(
        f"{mark}{line.text}"
        for mark, line in (("-", row.before), ("+", row.after))
        if line is not None
    )


def unified(before: str, after: str) -> list[str]:
    return [shown(row) for row in LogDiff.of(log(before), log(after)).rows(beside=False)]


def test_numbers_times_and_ids_are_no_differences() -> None:
    before = "09:12:41 read 120 rows\nrun 0f3a88d1-1111-4222-8333-abcdefabcdef ended"
    after = "10:44:02 read 7 rows\nrun 9c1b22e0-9999-4222-8333-abcdefabcdef ended"
    assert unified(before, after) == ["... 2"]
    assert LogDiff.of(log(before), log(after)).removed == 0


def test_what_differs_stands_in_its_place() -> None:
    assert unified("begin\nwrote it\nend", "begin\ntimed out\ngave up\nend") == [
        "  begin",
        "-wrote it",
        "+timed out",
        "+gave up",
        "  end",
    ]


def test_lines_beside_each_other() -> None:
    diff = LogDiff.of(log("begin\nwrote it\nend"), log("begin\ntimed out\ngave up\nend"))
    assert [shown(row) for row in diff.rows(beside=True)] == [
        "  begin",
        "-wrote it+timed out",
        "+gave up",
        "  end",
    ]
    assert (diff.removed, diff.added) == (1, 2)


def test_what_is_the_same_is_folded_but_for_its_edges_and_unfolds() -> None:
    alike = "\n".join(f"step {name} went well" for name in "abcdefghijklmnop")
    diff = LogDiff.of(log(f"one\n{alike}\ntwo"), log(f"uno\n{alike}\ndue"))
    rows = list(diff.rows(beside=False))
    assert [shown(row) for row in rows[4:8]] == [
        "  step c went well",
        f"... {16 - 6}",
        "  step n went well",
        "  step o went well",
    ]
    folded = rows[5]
    unfolded = list(diff.rows(beside=False, unfolded=frozenset({folded.block})))
    assert len(unfolded) == 16 + 4
    assert {row.number for row in rows} <= {row.number for row in unfolded}


def test_at_the_ends_nothing_of_the_same_is_shown_far_from_a_difference() -> None:
    alike = "\n".join(f"step {name} went well" for name in "abcdefgh")
    assert [row.hidden for row in LogDiff.of(log(alike), log(alike)).rows(beside=False)] == [8]


def test_a_difference_at_the_end_of_a_long_line_is_one() -> None:
    long = "word " * 100
    assert len(unified(long + "good", long + "bad")) == 2


LOGS = st.lists(st.sampled_from(["a", "b", "c", "tick 1", "tick 2"]).map(LogLine), max_size=40)


@given(LOGS, LOGS, st.booleans(), st.sampled_from([0, 5, 1000]))
def test_every_line_of_both_is_shown_once_and_in_order(
    before: list[LogLine], after: list[LogLine], beside: bool, budget: int
) -> None:
    diff = LogDiff.of(before, after, budget)
    rows = list(diff.rows(beside=beside, unfolded=frozenset(range(len(diff.blocks)))))
    assert [row.before for row in rows if row.before] == before
    assert [row.after for row in rows if row.after] == after
    numbers = [row.number for row in rows]
    assert numbers == sorted(set(numbers))
    folded = list(diff.rows(beside=beside))
    hidden = sum(row.hidden for row in folded)
    assert len(folded) + hidden - sum(1 for row in folded if row.hidden) == len(rows)


@given(LOGS)
def test_a_log_differs_in_nothing_from_itself(lines: list[LogLine]) -> None:
    diff = LogDiff.of(lines, lines)
    assert (diff.removed, diff.added, diff.aligned) == (0, 0, True)


def test_logs_that_take_too_long_to_align_are_told_to_be_so() -> None:
    before = [LogLine("p")] * 5000
    after = [LogLine("p"), LogLine("p"), LogLine("p"), LogLine("q")] * 1250
    diff = LogDiff.of(before, after, budget=1_000_000)
    assert not diff.aligned
    assert sum(len(block.after) for block in diff.blocks) == 5000


def test_the_lines_of_a_step() -> None:
    told: list[Event | Gap] = [
        Event(step="load", message="one\n\ttwo", level="error"),
        Event(step="clean", message="three"),
        Event(step="load", message="failed", state=State.FAILED),
        Gap(since=NOW),
    ]
    assert list(lines_of(told, "load")) == [LogLine("one", "error"), LogLine("    two", "error")]
    assert [line.text for line in lines_of(told)] == ["one", "    two", "three"]
