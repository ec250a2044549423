"""The answer to why a run failed, as it is drawn."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from runs_tui.model.feed import Feed
from runs_tui.model.run import Event, Run, RunKey, Step
from runs_tui.model.state import State
from runs_tui.model.text import clean
from runs_tui.model.why import Why
from runs_tui.widgets.why_row import ToEvents, ToLine, ToRun, ToRuns, ToStep, WhyRow, wrapped
from runs_tui.widgets.why_table import WhyTable
from tests.model.test_why import NOW, at, run_of, states, step_of, why_of, written
from tests.widgets.test_virtual_table import lines, press, shown

SIZE = (76, 30)
LOAD = step_of(
    "load", State.FAILED, attempt=2, error="HTTP 502 from api.example", finished_at=at(20)
)
STEPS = [LOAD, *(step_of(key, State.SKIPPED, "load") for key in ("archive", "tell", "bill", "end"))]
RUN = run_of("1", error='Step "LOAD" failed: HTTP 502 from api.example')
OTHERS = [
    run_of("2", error='Step "SYNC" failed: HTTP 502 from api.example', finished_at=at(10)),
    run_of("3", error="disk full"),
    run_of("4", state=State.SUCCEEDED, created_at=at(-60), finished_at=at(-50), name="brave-owl"),
]


def feed() -> Feed:
    told = states((State.RUNNING, 1), (State.FAILED, 2), (State.RUNNING, 18), (State.FAILED, 20))
    written(told, "page 1 of 7", "page 2 of 7", when=19)
    return written(told, "no answer\n  at Loader.run", level="error", when=20)


def told() -> Why:
    return why_of(*STEPS, run=RUN, runs=OTHERS, feed=feed())


async def show(pilot: Pilot[Any], why: Why, *, complete: bool = True) -> list[str]:
    """Show why a run failed, and give the lines as they are drawn."""
    pilot.app.query_one(WhyTable).show_why(why, NOW, complete=complete)
    await pilot.pause()
    return [line[1:].rstrip() for line in lines(pilot.app.query_one(WhyTable)) if line.strip("▌ ")]


def row(table: WhyTable, key: str) -> WhyRow:
    return next(row for row in table.rows if row.key == key)


async def test_the_first_lines_are_the_answer() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, told())

    assert [line.removesuffix("›").rstrip() for line in drawn] == [
        "✗ LOAD failed at 09:20:00, 10m ago, after 19m 00s",
        "  HTTP 502 from api.example",
        "blocked    4 steps: ARCHIVE, TELL, BILL and END",
        "attempts   2, failed at 09:02:00 and 09:20:00",
        "alike      1 other run failed the same way since yesterday",
        "           1 etl; at 09:10; of the 2 failed runs loaded",
        "last good  1h ago, brave-owl",
        "Last lines of LOAD before it failed",
        "09:19:00  page 1 of 7",
        "09:19:00  page 2 of 7",
        "09:20:00  ERROR no answer",
        "            at Loader.run",
    ]
    assert [line.endswith("›") for line in drawn] == [
        *(True, False, True, True, True, False, True),
        *(True, False, False, False, False),
    ]


async def test_each_row_leads_to_what_it_is_about() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        await show(pilot, told())
        table = pilot.app.query_one(WhyTable)
        alike = row(table, "alike").target

        assert row(table, "what").target == row(table, "error 0").target == ToStep("load")
        assert row(table, "blocked").target == ToStep("archive")
        assert row(table, "tries").target == ToEvents("load")
        assert row(table, "good").target == ToRun(RunKey("prod", "4"))
        assert isinstance(alike, ToRuns)
        assert str(alike.query) == 'state:failed error:"*HTTP 502 from api.example"'
        last = table.rows[-1]
        assert last.target == ToLine(feed()[-1].number)


async def test_the_cursor_keeps_to_its_row_while_the_log_comes_in() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        await show(pilot, replace(told(), excerpt=why_of().excerpt), complete=False)
        table = pilot.app.query_one(WhyTable)
        await press(pilot, "j", "j", "j", "j")
        assert table.row is not None
        before = table.row.key
        await show(pilot, told())
        assert table.row.key == before == "alike"


async def test_a_log_that_is_not_there_yet_is_not_said_to_be_missing() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        assert (await show(pilot, why_of(LOAD), complete=False))[-1] == "Reading the log…"
        assert (await show(pilot, why_of(LOAD), complete=True))[-1] == "No log line is known."


async def test_what_hinders_reading_the_log_is_said() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        table = pilot.app.query_one(WhyTable)
        for why in (why_of(LOAD), told()):
            table.show_why(why, NOW, complete=False, trouble="not reachable: cut off")
            await pilot.pause()
            drawn = [line[1:].rstrip() for line in lines(table)]
            assert "The log is not whole: not reachable: cut off" in drawn
            assert "Reading the log…" not in drawn


async def test_a_run_that_was_cancelled_says_so_and_where_it_stopped() -> None:
    steps = [step_of("load", State.CANCELLED)]
    run = run_of(state=State.CANCELLED, reason="cancelled by dana")
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, why_of(*steps, run=run))

    assert drawn[:2] == [
        "■ The run was cancelled at 09:20:00, 10m ago",
        "  cancelled by dana",
    ]
    assert drawn[2].startswith("stopped in LOAD")


async def test_a_failure_that_nobody_explains_says_where_to_look() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, why_of(run=run_of(url="http://prod.example/1")))

    assert drawn[:2] == [
        "✗ The run failed at 09:20:00, 10m ago, and no step tells why",
        "  Its API tells no reason; o opens its web page.",
    ]


async def test_where_its_api_tells_no_reason_what_the_log_says_was_thrown_is_one() -> None:
    path = "/usr/lib/python3.11/site-packages/engine/sdk/execution_time/task_runner.py"
    frame = f'  File "{path}", line 97, in run'
    thrown = "orders.errors.OrderError: A-2 has no customer [red]x[/red]"
    trace = ["Traceback (most recent call last):", *[frame] * 4, thrown]
    log = written(Feed(), "\n".join(trace), level="error", when=19)
    written(log, "Post Execute", when=19)
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, why_of(replace(LOAD, error=None), feed=log))
        assert drawn[1] == f"  ~ {thrown}"
        frames = [line for line in drawn if "line 97" in line]
        assert len(frames) == 4
        assert all('  File "…' in each and each.endswith(", line 97, in run") for each in frames)
        drawn = await show(pilot, why_of(LOAD, feed=log))
        assert drawn[1] == "  HTTP 502 from api.example"


async def test_what_was_concluded_is_marked() -> None:
    step = replace(LOAD, derived=frozenset({"state", "finished_at"}))
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, why_of(step, run=RUN))
    assert drawn[0].startswith("✗~LOAD failed at ~09:20:00, 10m ago, after ~19m 00s")


async def test_a_run_of_its_own_is_led_to() -> None:
    step = replace(LOAD, child_run="7")
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, why_of(step, run=RUN))
        assert row(pilot.app.query_one(WhyTable), "child").target == ToRun(RunKey("prod", "7"))
    assert any(line.startswith("its run    prod/7") for line in drawn)


async def test_a_step_that_is_the_whole_run_leads_nowhere() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, why_of(replace(LOAD, child_run=RUN.id), run=RUN))
    assert not any(line.startswith("its run") for line in drawn)


async def test_where_nothing_failed_it_says_so() -> None:
    async with shown(WhyTable(), size=SIZE) as pilot:
        for state, sentence in {
            State.RUNNING: "Nothing has failed so far.",
            State.SUCCEEDED: "Nothing failed: it succeeded.",
            State.SKIPPED: "Nothing failed: it was skipped.",
        }.items():
            assert await show(pilot, why_of(run=run_of(state=state))) == [sentence]


async def test_a_long_error_is_folded_and_folded_anew_for_another_width() -> None:
    error = "word " * 40
    run, step = run_of(error=error), replace(LOAD, error=error)
    async with shown(WhyTable(), size=SIZE) as pilot:
        await show(pilot, why_of(step, run=run))
        table = pilot.app.query_one(WhyTable)
        wide = sum(row.key.startswith("error") for row in table.rows)
        await pilot.resize_terminal(120, 30)
        await pilot.pause()
        assert sum(row.key.startswith("error") for row in table.rows) < wide
        await pilot.resize_terminal(30, 30)
        await pilot.pause()
        drawn = [line for line in lines(table) if "word" in line]
    assert len(drawn) == 4
    assert "…" in drawn[-1]


async def test_a_long_error_in_the_log_is_folded_and_other_lines_are_cut() -> None:
    strange = written(Feed(), "first " * 30, when=19)
    written(strange, "  last " * 20, level="error", when=19)
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = await show(pilot, why_of(LOAD, feed=strange))
    assert sum("first" in line for line in drawn) == 1
    assert sum("last last" in line for line in drawn) > 1


async def test_foreign_text_is_drawn_as_it_is() -> None:
    step = replace(LOAD, name="[/x]", error="[red]no[/red]")
    strange = Feed()
    strange.add([Event(step="load", message="[b]bold[/b] [/]", at=at(19))])
    async with shown(WhyTable(), size=SIZE) as pilot:
        drawn = "\n".join(await show(pilot, why_of(step, run=RUN, feed=strange)))
    assert "[/x] failed" in drawn
    assert "[red]no[/red]" in drawn
    assert "[b]bold[/b] [/]" in drawn


@given(st.text().map(clean), st.integers(8, 40), st.integers(1, 5))
def test_folding_keeps_every_word(text: str, width: int, most: int) -> None:
    folded = wrapped(text, width, most)

    assert len(folded) <= most
    assert all(cell_len(line) <= width for line in folded[:-1])
    assert "".join("".join(folded).split()) == "".join(text.split())


def test_a_run_is_explained_without_knowing_anything() -> None:
    step = Step(key="a", name="a", state=State.FAILED)
    why = why_of(step, run=Run(source="s", id="1", state=State.FAILED))
    assert (why.error, why.alike, why.good) == (None, None, None)
