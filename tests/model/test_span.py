import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.span import (
    Ago,
    Amount,
    Day,
    Instant,
    amount_of,
    amount_text,
    moment_of,
    seconds_of,
)

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
NEPAL = "NPT-5:45"
NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
MIDNIGHT_CHANGES = "BRT3BRST,M10.3.0/0,M2.3.0/0"
"""Clocks go back to 23:00 at the end of 14 February 2026, and skip 00:00 on 18 October."""


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def in_zone(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("zone", [name], indirect=True)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def whole_day(text: str) -> tuple[datetime, datetime]:
    day = moment_of(text)
    assert isinstance(day, Day)
    first, last = day.bounds(NOW)
    return first, last + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("3d", 259_200),
        ("1w", 604_800),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("2H", 7200),
        ("0s", 0),
    ],
)
def test_amounts_of_time(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-2h", "2y", "2h3", "2ſ", "٢h", "1e3s", "."])
def test_no_amounts_of_time(text: str) -> None:
    assert seconds_of(text) is None


@given(st.floats(min_value=0, max_value=3e9))
def test_an_amount_of_time_is_written_as_it_is_read(seconds: float) -> None:
    assert seconds_of(amount_text(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"), [(5.0, "5s"), (90.0, "90s"), (60.0, "1m"), (0.25, "0.25s"), (0.0, "0s")]
)
def test_an_amount_of_time_is_written_shortly(seconds: float, text: str) -> None:
    assert amount_text(seconds) == text


def test_the_longest_amount_still_leads_to_an_instant() -> None:
    for text in ("1000000000w", "9" * 400 + "h"):
        long_ago, _ = Ago(text).bounds(NOW)
        assert long_ago < utc(1935, 1, 1)


@pytest.mark.parametrize("text", ["10", "10.5", "10m", "1h30m"])
def test_durations(text: str) -> None:
    assert amount_of(text) == Amount(text)


@pytest.mark.parametrize("text", ["", "-1", "10 m", "1e3", "٣", "ten", "2026-11-01"])
def test_no_durations(text: str) -> None:
    assert amount_of(text) is None


def test_a_plain_number_is_a_duration_in_seconds() -> None:
    assert Amount("90").seconds == Amount("90s").seconds == Amount("1m30s").seconds == 90


def test_an_amount_is_an_instant_so_long_ago() -> None:
    moment = moment_of("1H30m")
    assert moment == Ago("1h30m")
    assert moment.bounds(NOW) == (utc(2026, 11, 2, 8, 0), utc(2026, 11, 2, 8, 0))


@in_zone(NEPAL)
@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-01T10:00", utc(2026, 11, 1, 4, 15)),
        ("2026-11-01 10:00:30", utc(2026, 11, 1, 4, 15, 30)),
        ("2026-11-01T10:00Z", utc(2026, 11, 1, 10, 0)),
        ("2026-11-01T10:00+02:00", utc(2026, 11, 1, 8, 0)),
    ],
)
def test_a_time_without_an_offset_is_local(text: str, instant: datetime) -> None:
    moment = moment_of(text)
    assert moment == Instant(text)
    assert moment.bounds(NOW) == (instant, instant)


@in_zone(NEPAL)
@pytest.mark.usefixtures("zone")
def test_a_date_is_a_whole_local_day() -> None:
    assert whole_day("2026-11-01") == (utc(2026, 10, 31, 18, 15), utc(2026, 11, 1, 18, 15))


@in_zone(NEW_YORK)
@pytest.mark.usefixtures("zone")
def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    assert whole_day("2026-11-01") == (utc(2026, 11, 1, 4), utc(2026, 11, 2, 5))
    assert whole_day("2026-03-08") == (utc(2026, 3, 8, 5), utc(2026, 3, 9, 4))


@in_zone(MIDNIGHT_CHANGES)
@pytest.mark.usefixtures("zone")
def test_a_day_whose_last_hour_comes_twice_holds_both() -> None:
    assert whole_day("2026-02-14") == (utc(2026, 2, 14, 2), utc(2026, 2, 15, 3))
    assert whole_day("2026-02-15") == (utc(2026, 2, 15, 3), utc(2026, 2, 16, 3))


@in_zone(MIDNIGHT_CHANGES)
@pytest.mark.usefixtures("zone")
def test_a_day_without_a_midnight_begins_when_the_day_before_ends() -> None:
    assert whole_day("2026-10-17")[1] == whole_day("2026-10-18")[0] == utc(2026, 10, 18, 3)


@pytest.mark.parametrize("zone", [NEPAL, NEW_YORK, MIDNIGHT_CHANGES, "UTC0"], indirect=True)
@pytest.mark.usefixtures("zone")
def test_days_follow_each_other_without_a_hole() -> None:
    days = [f"{datetime(2026, 1, 1) + timedelta(days=n):%Y-%m-%d}" for n in range(366)]  # noqa: DTZ001
    bounds = [whole_day(day) for day in days]
    for (_, end), (start, _) in pairwise(bounds):
        assert end == start


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-11-01T25:00", "2026-11-01T10:00 ", "11/01/2026"]
)
def test_no_times(text: str) -> None:
    assert moment_of(text) is None


@pytest.mark.parametrize("zone", [NEPAL, NEW_YORK], indirect=True)
@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    "text", ["0001-01-01", "0001-01-01T00:00", "9999-12-31", "9999-12-31T23:59:59.999999"]
)
def test_a_time_at_the_end_of_time_is_none_or_can_be_used(text: str) -> None:
    moment = moment_of(text)
    assert moment is None or moment.bounds(NOW)


@given(
    st.text("0123456789.smhdwSMHDWſ٢ -", max_size=12)
    | st.dates().map(str)
    | st.datetimes(timezones=st.none() | st.just(UTC)).map(datetime.isoformat)
    | st.text(max_size=20)
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_read_as_a_time_can_be_used(text: str) -> None:
    moment = moment_of(text)
    if moment is not None:
        first, last = moment.bounds(NOW)
        assert first <= last
        assert first.utcoffset() == last.utcoffset() == timedelta()
    amount = amount_of(text)
    assert amount is None or amount.seconds >= 0
