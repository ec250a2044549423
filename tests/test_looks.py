from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from runs_tui import looks
from runs_tui.model.run import Run
from runs_tui.model.state import State

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def run(state: State, status: str = "") -> Run:
    return Run(source="prod", id="1", state=state, status=status)


def test_every_state_has_a_glyph_of_its_own_in_one_cell() -> None:
    glyphs = [looks.glyph(state) for state in State]
    assert len(set(glyphs)) == len(State)
    assert all(cell_len(glyph) == 1 for glyph in glyphs)


def test_every_state_has_a_class_of_its_own() -> None:
    assert {looks.css_class(state) for state in State} == {f"state--{state}" for state in State}


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (run(State.RUNNING, "RUNNING"), "running"),
        (run(State.SUCCEEDED, "COMPLETED"), "succeeded"),
        (run(State.RUNNING, "CANCELLING"), "cancelling"),
        (run(State.RUNNING, "Canceling"), "cancelling"),
        (run(State.QUEUED, "stopping"), "cancelling"),
        (run(State.CANCELLED, "cancelling"), "cancelled"),
        (run(State.UNKNOWN, "hibernating"), "hibernating"),
        (run(State.UNKNOWN, "stopping"), "cancelling"),
        (run(State.UNKNOWN), "unknown"),
    ],
)
def test_the_word_for_where_a_run_stands(told: Run, word: str) -> None:
    assert looks.word(told) == word


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0s"),
        (0.4, "<1s"),
        (1, "1s"),
        (1.9, "1s"),
        (59.99, "59s"),
        (60, "1m 00s"),
        (131, "2m 11s"),
        (3599, "59m 59s"),
        (3600, "1h 00m"),
        (3720, "1h 02m"),
        (86_399, "23h 59m"),
        (86_400, "1d 00h"),
        (273_600, "3d 04h"),
        (40_000_000, "462d 23h"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert looks.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (86_400, "1d"),
        (1e6, "11d"),
    ],
)
def test_amounts(seconds: float, text: str) -> None:
    assert looks.amount(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0"), (30, "30s"), (90, "1m30s"), (3600, "1h"), (9000, "2h30m"), (90_000, "1d1h")],
)
def test_ticks(seconds: int, text: str) -> None:
    assert looks.tick(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (41.4, "41s"),
        (59.7, "1m"),
        (131, "2m 10s"),
        (596, "10m"),
        (1500, "25m"),
        (11_500, "3h 10m"),
        (86_390, "1d"),
        (90_000, "1d 01h"),
    ],
)
def test_times_as_one_says_them(seconds: float, text: str) -> None:
    assert looks.about(seconds) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(), "0s ago"),
        (timedelta(seconds=4), "4s ago"),
        (timedelta(minutes=4, seconds=50), "4m ago"),
        (timedelta(days=3), "3d ago"),
        (timedelta(seconds=-1), "0s ago"),
        (timedelta(minutes=-5), "in 5m"),
    ],
)
def test_how_long_ago(passed: timedelta, text: str) -> None:
    assert looks.ago(NOW - passed, NOW) == text


def test_what_is_not_told_is_a_dash() -> None:
    assert looks.ago(None, NOW) == looks.instant(None) == looks.duration(None) == looks.NOTHING


def test_instants_are_told_in_utc_to_the_second() -> None:
    assert looks.instant(NOW + timedelta(microseconds=7)) == "2026-11-02 09:30:00 UTC"


def test_counts() -> None:
    assert looks.count(1_234_567) == "1,234,567"
    assert [looks.counted(n, "run") for n in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]
    assert looks.counted(12_345, "line") == "12,345 lines"


@given(st.floats(0, 8.6e6))
@settings(max_examples=100, deadline=None)
def test_a_duration_fits_its_column(seconds: float) -> None:
    assert cell_len(looks.duration(seconds)) <= 7
    assert cell_len(looks.ago(NOW - timedelta(seconds=seconds), NOW)) <= 8


@given(st.floats(0, 1e7), st.floats(0, 1e7))
@settings(max_examples=100, deadline=None)
def test_a_longer_time_never_reads_shorter(one: float, other: float) -> None:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

    def read(text: str) -> float:
        return sum(units[part[-1]] * float(part[:-1].replace("<1", "0.5")) for part in text.split())

    short, long = sorted([one, other])
    assert read(looks.duration(short)) <= read(looks.duration(long))
    assert read(looks.amount(short)) <= read(looks.amount(long))
    assert read(looks.duration(long)) <= max(long, 0.5)


def test_where_no_start_is_told_the_creation_stands_for_it() -> None:
    def run(state: State, **told: datetime) -> Run:
        return Run(source="a", id="1", state=state, **told)  # type: ignore[arg-type]

    created = NOW - timedelta(minutes=3)
    assert looks.started(run(State.RUNNING, created_at=created), NOW) == "~3m ago"
    assert looks.took(run(State.RUNNING, created_at=created), NOW) == "~3m 00s"
    assert looks.started(run(State.RUNNING, created_at=created, started_at=NOW), NOW) == "0s ago"
    assert looks.took(run(State.RUNNING, created_at=created, started_at=NOW), NOW) == "0s"
    for state in (State.QUEUED, State.RUNNING):
        assert looks.started(run(state), NOW) == looks.took(run(state), NOW) == looks.NOTHING
    assert looks.started(run(State.QUEUED, created_at=created), NOW) == looks.NOTHING
    assert looks.took(run(State.FAILED, created_at=created), NOW) == looks.NOTHING


def test_the_line_to_the_terminal_is_told() -> None:
    told = looks.line(0.0434, 1234.4, 84_000)
    assert told == "The line: 43 ms there and back · 1.2 kB/s in the last seconds · 84 kB in all"
    told = looks.line(None, 0, 512)
    assert told == "The line: not answering · 0 B/s in the last seconds · 512 B in all"
