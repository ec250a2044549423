from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from runs_tui.transport.shapes import Instant, OpenShape, Shape

INSTANT = TypeAdapter(Instant)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
NEVER_NEAR_AN_END = st.datetimes().filter(lambda local: 1 < local.year < 9999)


class Closed(Shape):
    id: str


class Open(OpenShape):
    id: str


@given(NEVER_NEAR_AN_END, ZONES)
def test_an_instant_is_told_in_utc(local: datetime, zone: timezone) -> None:
    told = local.replace(tzinfo=zone)
    read = INSTANT.validate_python(told.isoformat())
    assert read == told
    assert read.tzinfo is UTC


@given(st.datetimes())
def test_a_time_without_a_zone_is_taken_for_utc(told: datetime) -> None:
    assert INSTANT.validate_python(told) == told.replace(tzinfo=UTC)


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_what_utc_has_no_instant_for_is_refused(told: str) -> None:
    with pytest.raises(ValidationError, match="there is no such instant in UTC"):
        INSTANT.validate_python(told)


def test_only_an_open_shape_keeps_what_is_not_named() -> None:
    assert Closed.model_validate({"id": "a", "more": 1}).model_extra is None
    assert Open.model_validate({"id": "a", "more": 1}).model_extra == {"more": 1}


@pytest.mark.parametrize("shape", [Closed(id="a"), Open(id="a")])
def test_a_shape_does_not_change(shape: Closed | Open) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(shape, "id", "b")  # noqa: B010
