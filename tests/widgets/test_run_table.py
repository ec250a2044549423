from datetime import UTC, datetime, timedelta
from typing import Any

from rich.cells import cell_len

from runs_tui import looks
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.widgets.columns import share
from runs_tui.widgets.run_table import RunTable
from tests.widgets.test_virtual_table import lines, press, shown

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def run(number: int, state: State = State.SUCCEEDED, **told: Any) -> Run:
    return Run(**({"source": "prod", "id": f"{number:08}-long"} | told), state=state)


def table_of(*runs: Run, sources: tuple[str, ...] = ("prod", "stage")) -> RunTable:
    table = RunTable(sources)
    table.now, table.rows = NOW, runs
    return table


FAILED = run(
    1,
    State.FAILED,
    workflow_name="etl-nightly",
    name="etl-17",
    trigger="cron",
    started_at=NOW - timedelta(minutes=4),
    finished_at=NOW - timedelta(minutes=1, seconds=49),
    error="HTTP 502",
)


async def test_a_run_is_a_line() -> None:
    async with shown(table := table_of(FAILED, run(2, State.QUEUED)), size=(132, 4)):
        told = [" ".join(line[1:].split()) for line in lines(table)]
        assert told[0] == "STATE WORKFLOW RUN SOURCE TRIGGER STARTED TOOK ERROR"
        assert told[1] == "✗ failed etl-nightly etl-17 prod cron 4m ago 2m 11s HTTP 502"
        assert told[2] == "○ queued – 00000002 prod – – –"


async def test_one_source_needs_no_column() -> None:
    async with shown(table := table_of(FAILED, sources=("prod",)), size=(132, 4)):
        assert "SOURCE" not in lines(table)[0]
        assert "prod" not in lines(table)[1]


async def test_state_and_workflow_are_told_at_every_width() -> None:
    runs = [run(n, state, workflow_name="etl-nightly") for n, state in enumerate(State)]
    async with shown(table := table_of(*runs), size=(160, 10)) as pilot:
        for width in [132, 100, 80, 60, 40]:
            await pilot.resize_terminal(width, 10)
            await pilot.pause()
            drawn = lines(table)
            assert {cell_len(line) for line in drawn} == {width}
            for state, line in zip(State, drawn[1:], strict=False):
                assert f"{looks.glyph(state)} {state} " in line
                assert "etl-nightly" in line


def test_columns_give_way_one_after_the_other() -> None:
    columns = table_of().columns
    gone: list[str] = []
    for width in range(160, 20, -1):
        shown_now = [column.id for column, _ in share(columns, width)]
        gone += [column.id for column in columns if column.id not in [*shown_now, *gone]]
    assert gone == ["error", "trigger", "run", "source", "took", "started"]


async def test_what_is_being_done_to_a_run_stands_for_its_state() -> None:
    async with shown(table := table_of(FAILED, run(2)), size=(132, 4)) as pilot:
        table.pending = {FAILED.key: "retrying…"}
        table.refresh_changed()
        await pilot.pause()
        assert "✗ retrying…" in lines(table)[1]
        assert "✓ succeeded" in lines(table)[2]


async def test_time_passes_only_where_it_is_seen() -> None:
    running = run(2, State.RUNNING, started_at=NOW - timedelta(seconds=5))
    table = table_of(FAILED, running, run(3))
    async with shown(table, size=(132, 5)) as pilot:
        assert " 5s ago " in lines(table)[2]
        table.tick(NOW + timedelta(seconds=1))
        await pilot.pause()
        assert " 6s ago " in lines(table)[2]
        assert " 4m ago " in lines(table)[1]


async def test_the_cursor_stays_with_its_run_while_others_arrive() -> None:
    async with shown(table := table_of(FAILED, run(2)), size=(100, 8)) as pilot:
        await press(pilot, "j")
        table.set_rows([run(9), run(8), FAILED, run(2, State.FAILED), run(1)])
        await pilot.pause()
        assert table.row is not None
        assert table.row.key == run(2).key


async def test_foreign_names_are_drawn_as_they_are() -> None:
    names = ["[/x]", "[bold]", "日本語のワークフロー", "👩\u200d🔧" * 20, "x" * 500]
    told = [
        run(n, workflow_name=name, name=name, error=name, trigger=name)
        for n, name in enumerate(names)
    ]
    async with shown(table := table_of(*told), size=(140, 6)):
        drawn = lines(table)
        assert {cell_len(line) for line in drawn} == {140}
        assert all(name[:5] in line for name, line in zip(names, drawn[1:], strict=True))
