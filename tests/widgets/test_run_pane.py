from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.expectation import Expectation
from runs_tui.model.feed import Feed
from runs_tui.model.plan import Plan
from runs_tui.model.run import Event, Run, Step
from runs_tui.model.state import State
from runs_tui.widgets.run_pane import LEFT, TABS, RunPane
from runs_tui.widgets.run_table import RunTable
from tests.screens.stage import until
from tests.widgets.test_virtual_table import Host, lines, press

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def run(state: State = State.RUNNING, **told: Any) -> Run:
    started = NOW - timedelta(minutes=2, seconds=11)
    facts: dict[str, Any] = {
        "source": "prod",
        "id": "17",
        "workflow_name": "etl",
        "started_at": started,
    }
    return Run(**(facts | told), state=state)


def step(key: str, state: State, *parents: str, **told: Any) -> Step:
    return Step(key=key, name=f"{key}-name", state=state, depends_on=parents, **told)


PLAN = Plan.of(
    [
        step("extract", State.SUCCEEDED),
        step("clean", State.SUCCEEDED, "extract"),
        step("load", State.FAILED, "extract", error="HTTP 502"),
        step("archive", State.SKIPPED, "load"),
    ]
)


def on_pane(*, size: tuple[int, int] = (80, 24)) -> Any:
    return Host(RunPane()).run_test(size=size)


def pane_of(pilot: Pilot[Any], tab: str | None = "steps") -> RunPane:
    """Give the pane, with one of its tabs chosen."""
    pane = pilot.app.query_one(RunPane)
    pane.chosen_tab = tab
    return pane


def head(pane: RunPane) -> list[str]:
    return [line.strip() for line in lines(pane.head)]


def shown_parts(pane: RunPane) -> set[str]:
    """Give the ids of what is on the screen."""
    return {child.id or "" for child in pane.children if child.display and child.size.height}


async def test_without_a_run_there_is_nothing_to_tell() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(None, NOW)
        await pilot.pause()
        assert head(pane)[0] == "no run"
        assert not pane.has_class("-said")


async def test_the_head_tells_what_runs_and_how_it_stands() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        told = run(
            State.FAILED, took=131.0, version="3", trigger="cron", attempt=2, error="HTTP 502"
        )
        pane.show_run(told, NOW)
        await pilot.pause()
        assert head(pane) == [
            "etl  ✗ failed  2m 11s",
            "prod/17 · version 3 · cron · started 2m ago · attempt 2",
            "HTTP 502",
        ]


@pytest.mark.parametrize("width", [24, 40, 60, 80])
async def test_a_long_name_hides_neither_how_it_stands_nor_how_long_it_took(width: int) -> None:
    name = "夜間-customer-orders-fulfilment-and-returns-of-all-shops-in-the-north-every-hour"
    async with on_pane(size=(width, 24)) as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(State.FAILED, took=131.0, workflow_name=name), NOW)
        await pilot.pause()
        assert head(pane)[0].endswith("…  ✗ failed  2m 11s")
        pane.expectation = Expectation((60.0, 70.0, 80.0))
        pane.show_run(run(State.FAILED, took=131.0, workflow_name=name), NOW)
        await pilot.pause()
        assert "…  ✗ failed  2m 11s" in head(pane)[0]
        assert ("usually" in head(pane)[0]) is (width >= 60)


async def test_the_head_tells_why() -> None:
    cases = [
        (run(State.FAILED, error="HTTP 502", reason="timeout"), "HTTP 502"),
        (run(State.CANCELLED, reason="Manually cancelled"), "Manually cancelled"),
        (run(State.WAITING, reason="awaiting_approval"), "awaiting_approval"),
        (run(State.SUCCEEDED, reason="done"), None),
        (run(State.RUNNING), None),
    ]
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        for told, why in cases:
            pane.show_run(told, NOW)
            await pilot.pause()
            assert head(pane)[2:] == ([why] if why else [])


async def test_the_head_does_not_say_again_what_the_answer_says() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot, None)
        pane.show_run(run(State.FAILED, error="HTTP 502"), NOW)
        await pilot.pause()
        assert (pane.tab, head(pane)[2:]) == ("why", [])
        pane.show_trouble("not reachable")
        await pilot.pause()
        assert head(pane)[2:] == ["not reachable"]


async def test_the_tab_that_answers_first_is_shown_until_another_one_is_chosen() -> None:
    failed, good = run(State.FAILED, id="1"), run(State.SUCCEEDED, id="2")
    async with on_pane() as pilot:
        pane = pane_of(pilot, None)
        tabs = []
        for choice in (None, "facts", "why"):
            pane.show_run(failed, NOW)
            if choice:
                pane.choose_tab(choice)
            tabs.append(pane.tab)
            pane.show_run(good, NOW)
            tabs.append(pane.tab)
    assert tabs == ["why", "steps", "facts", "facts", "why", "steps"]


async def test_a_failure_does_not_turn_away_what_somebody_reads() -> None:
    async with Host(board := RunTable(["prod"]), RunPane()).run_test() as pilot:
        pane = pane_of(pilot, None)
        pane.show_run(run(), NOW)
        pane.show_plan(Plan())
        pane.main_table().focus()
        await pilot.pause()
        pane.show_run(run(State.FAILED), NOW)
        assert pane.tab == "steps"
        board.focus()
        await pilot.pause()
        pane.show_run(run(State.FAILED), NOW)
        assert pane.tab == "why"


async def test_time_passes() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(progress=0.25), NOW)
        await pilot.pause()
        assert head(pane)[0] == "etl  ● running  2m 11s  25%"
        pane.tick(NOW + timedelta(seconds=50))
        await pilot.pause()
        assert head(pane)[0] == "etl  ● running  3m 01s  25%"
        assert "started 3m ago" in head(pane)[1]


async def test_trouble_is_told_and_what_was_read_stays() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(error="old"), NOW)
        pane.show_plan(PLAN)
        pane.show_trouble("not reachable: cut off [/x]")
        await pilot.pause()
        assert head(pane)[2] == "not reachable: cut off [/x]"
        assert any("load-name" in line for line in lines(pane.plan_table))
        pane.show_run(run(id="18"), NOW)
        await pilot.pause()
        assert head(pane)[2:] == []


GUESSED = Plan.of([Step(key="a", name="a", state=State.SUCCEEDED, derived=frozenset({"state"}))])


async def test_an_empty_place_says_why() -> None:
    cases = [
        (run(id="1"), None, "reading the steps…"),
        (run(id="2"), Plan(), "This run has told of no steps yet."),
        (run(State.FAILED, id="3"), Plan(), "It has no steps."),
        (run(id="4"), PLAN, ""),
        (run(id="5"), GUESSED, "~ was concluded: this API does not tell it"),
    ]
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        for told, plan, sentence in cases:
            pane.show_run(told, NOW)
            if plan is not None:
                pane.show_plan(plan)
            await pilot.pause()
            assert ("plan-state" in shown_parts(pane)) == bool(sentence)
            assert pane.plan_state.text().strip() == sentence


async def test_the_steps_of_another_run_are_nobodys_and_stand_for_a_moment_only() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(id="1"), NOW)
        pane.show_plan(PLAN)
        await pilot.pause()
        assert pane.step is not None
        pane.show_run(run(id="2"), NOW)
        assert pane.step is None
        assert pane.plan_state.text().strip() == ""
        await until(pilot, lambda: not pane.plan_table.rows)
        assert pane.plan_state.text().strip() == "reading the steps…"
        pane.show_run(run(id="1"), NOW)
        pane.show_plan(PLAN)
        pane.show_run(run(id="3"), NOW)
        pane.show_plan(GUESSED)
        assert [row.step.key for row in pane.plan_table.rows] == ["a"]
        await pilot.pause(LEFT * 2)
        assert pane.step is not None


async def test_the_first_failed_step_is_under_the_cursor_at_first() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(State.FAILED), NOW)
        pane.show_plan(PLAN)
        await pilot.pause()
        table = pane.plan_table
        assert table.row is not None
        assert table.row.step.key == "load"
        table.focus()
        await press(pilot, "g")
        pane.show_plan(Plan.of([*PLAN.steps.values(), step("tell", State.QUEUED)]))
        await pilot.pause()
        assert table.row.step.key == "extract"


async def test_the_tabs_tell_which_is_shown_and_how_far_the_steps_are() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(), NOW)
        pane.show_plan(PLAN)
        await pilot.pause()
        told = " ".join(pane.tabs.text().split())
        assert told == "Why ▸Steps Events Attempts Facts JSON 2/4 done, 1 failed"
        pane.tab = "json"
        await pilot.pause()
        assert " ".join(pane.tabs.text().split()).startswith(
            "Why Steps Events Attempts Facts ▸JSON"
        )


async def test_a_tab_shows_its_table_and_takes_the_focus_along() -> None:
    parts = {
        "events": {"feed-head", "feed"},
        "attempts": {"attempts-state", "attempts"},
        "facts": {"facts", "values-head"},
        "json": {"json", "values-head"},
        "why": {"why"},
        "steps": {"plan", "feed-head", "feed"},
    }
    assert parts.keys() == set(TABS)
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(), NOW)
        pane.show_plan(PLAN)
        pane.main_table().focus()
        for tab, its in parts.items():
            await pilot.pause()
            pane.tab = tab
            await pilot.pause()
            assert shown_parts(pane) == {"run-head", "run-tabs", *its}
            assert pilot.app.focused is pane.main_table()


async def test_a_tab_leaves_the_focus_where_it_is_outside_the_pane() -> None:
    async with Host(board := RunTable(["prod"]), RunPane()).run_test() as pilot:
        board.focus()
        await pilot.pause()
        pane_of(pilot).tab = "facts"
        await pilot.pause()
        assert pilot.app.focused is board


async def test_another_run_begins_without_the_steps_and_events_of_the_one_before() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        feed = Feed()
        feed.add([Event(id="1", message="boom")])
        pane.show_run(run(), NOW)
        pane.show_plan(PLAN)
        pane.feed_table.show_feed(feed)
        pane.show_run(run(State.RUNNING, error="told later"), NOW)
        await pilot.pause()
        assert pane.plan is PLAN
        assert pane.feed_table.feed is feed
        pane.show_run(run(id="18"), NOW)
        await until(pilot, lambda: not pane.plan_table.rows)
        assert pane.plan is None
        assert len(pane.feed_table.feed) == 0


async def test_no_drawing_shows_the_steps_of_the_run_before() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(), NOW)
        pane.show_plan(PLAN)
        pane.show_run(run(id="18"), NOW)
        pane.plan_table.focus()
        await until(pilot, lambda: not pane.plan_table.rows)
        for _ in range(3):
            await press(pilot, "t")
            assert not pane.plan_table.rows
            assert not any("load" in line for line in lines(pane.plan_table))


async def test_every_drawing_has_the_lines_it_needs() -> None:
    async with on_pane(size=(80, 60)) as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(), NOW)
        pane.show_plan(PLAN)
        pane.plan_table.focus()
        await pilot.pause()
        for height, legend in ((5, "· queued"), (12, ""), (4, "")):
            await press(pilot, "t")
            await pilot.pause()
            assert pane.plan_table.size.height == height
            drawn = "".join(lines(pane.plan_table))
            assert all(step.name in drawn for step in PLAN.steps.values())
            assert ("plan-state" in shown_parts(pane)) == bool(legend)
            assert not legend or lines(pane.plan_state)[0].strip().startswith(legend)


async def test_the_head_tells_what_is_to_be_expected() -> None:
    past = [run(State.SUCCEEDED, id=str(n), took=seconds) for n, seconds in enumerate((60, 70, 80))]
    late = "usually 1m 10s to 1m 20s, late by 1m"
    for width, told in ((80, late), (50, "late by 1m")):
        async with on_pane(size=(width, 24)) as pilot:
            pane = pane_of(pilot)
            pane.expectation = Expectation.of(past)
            pane.show_run(run(), NOW)
            await pilot.pause()
            assert head(pane)[0].endswith(f" {told}")
            pane.show_run(run(State.SUCCEEDED, took=75), NOW)
            assert "late" not in head(pane)[0]
            assert "usually 1m 10s" in head(pane)[0]
            pane.show_run(run(started_at=NOW - timedelta(seconds=10)), NOW)
            assert head(pane)[0].endswith("done in about 1m")
            pane.expectation = None
            pane.tick(NOW)
            assert "usually" not in head(pane)[0]


async def test_no_run_leaves_nothing_of_the_one_before() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(), NOW)
        pane.show_plan(PLAN)
        pane.show_run(None, NOW)
        await pilot.pause()
        assert head(pane)[0] == "no run"
        assert not pane.plan_table.rows
        assert not pane.facts_table.rows


async def test_events_are_told_by_the_names_of_their_steps() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(), NOW)
        pane.feed_table.feed.add([Event(id="1", step="load", message="boom")])
        pane.feed_table.take_in()
        pane.show_plan(PLAN)
        await pilot.pause()
        assert "load-name" in lines(pane.feed_table)[0]


async def test_facts_and_json_tell_of_the_run() -> None:
    async with on_pane() as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(State.FAILED, details={"[/x]": "y"}), NOW)
        pane.document({"run": {"id": "17"}})
        pane.tab = "facts"
        await pilot.pause()
        assert any("[/x]" in line and " y " in line for line in lines(pane.facts_table))
        pane.tab = "json"
        await pilot.pause()
        assert '    "id": "17"' in lines(pane.json_table)[2]


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (200, 50)])
async def test_a_pane_of_any_size(size: tuple[int, int]) -> None:
    async with on_pane(size=size) as pilot:
        pane = pane_of(pilot)
        pane.show_run(run(State.FAILED, error="日本 [/x] " * 40), NOW)
        pane.show_plan(PLAN)
        await pilot.pause()
        assert head(pane)[0].startswith("etl  ✗ failed")
        assert any("load" in line for line in lines(pane.plan_table))
