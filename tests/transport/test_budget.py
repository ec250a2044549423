from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.clock import SetClock
from runs_tui.model.errors import RateLimited, SourceError
from runs_tui.transport.budget import Budget
from runs_tui.transport.http import Http, Patience
from tests.transport.script import Reply, reply, serving

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
OK = reply(200, "{}")
QUICK = Patience(first_delay=0.01, longest_delay=0.05, fresh=0)


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60), st.integers(1, 7))
def test_no_stretch_holds_more_requests_than_allowed(pauses: list[float], most: int) -> None:
    budget, at, sent = Budget(most, 10.0), 0.0, []
    for pause in pauses:
        at += pause
        at += budget.wait(at)
        budget.spend(at)
        sent.append(at)
    for first, later in zip(sent, sent[most:], strict=False):
        assert later - first >= 10.0 - 1e-6


def test_a_request_waits_only_when_all_are_spent() -> None:
    budget = Budget(2, 10.0)
    for at in (0.0, 4.0):
        assert budget.wait(at) == 0
        budget.spend(at)
    assert budget.wait(5.0) == 5.0
    assert budget.wait(10.0) == 0


def test_what_the_server_tells_counts_more() -> None:
    budget = Budget(1)
    budget.spend(0.0)
    assert budget.wait(1.0) == 59.0
    budget.heed({"x-ratelimit-limit": "300", "x-ratelimit-remaining": "298"}, 1.0, NOON)
    assert (budget.wait(1.0), budget.left, budget.most) == (0, 298, 300)
    reset = str(int((NOON + timedelta(seconds=20)).timestamp()))
    budget.heed({"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}, 1.0, NOON)
    assert (budget.wait(1.0), budget.left) == (20.0, 0)


@pytest.mark.parametrize("odd", ["", "-1", "x", "1e9", "9" * 40, "٣"])
def test_odd_limits_are_passed_over(odd: str) -> None:
    budget = Budget(5)
    headers = {"x-ratelimit-limit": odd, "x-ratelimit-remaining": odd, "x-ratelimit-reset": odd}
    budget.heed(headers, 0.0, NOON)
    assert budget.wait(0.0) == 0


async def test_a_read_that_would_wait_for_long_is_not_sent() -> None:
    async with serving(OK) as script:
        http = Http(script.url, patience=QUICK, clock=SetClock(NOON), budget=Budget(3))
        for _ in range(3):
            await http.get("/runs")
        with pytest.raises(RateLimited) as caught:
            await http.get("/runs")
        with pytest.raises(RateLimited):
            async with http.stream("/runs"):
                pass
        assert 50 < (caught.value.retry_after or 0) <= 60
        assert "3 requests" in caught.value.sentence
        assert len(script.asked) == 3
        await http.send("/runs/1/cancel")
        assert len(script.asked) == 4
        await http.close()


async def test_a_read_waits_a_little_for_its_turn() -> None:
    async with serving(OK) as script:
        http = Http(script.url, patience=QUICK, budget=Budget(1, seconds=0.03))
        for _ in range(3):
            await http.get("/runs")
        assert len(script.asked) == 3
        await http.close()


async def test_a_server_that_has_none_left_is_left_alone() -> None:
    told: list[Reply] = [reply(200, "{}", x_ratelimit_remaining="0", x_ratelimit_reset="30"), OK]
    async with serving(*told) as script:
        http = Http(script.url, patience=QUICK, clock=SetClock(NOON), budget=Budget(100))
        await http.get("/runs")
        with pytest.raises(RateLimited):
            await http.get("/runs")
        assert len(script.asked) == 1
        await http.close()


@pytest.mark.parametrize(
    ("refusal", "seconds"),
    [
        (reply(429, retry_after="30"), 30),
        (reply(403, retry_after="30"), 30),
        (reply(403, '{"message": "You have exceeded a secondary rate limit."}'), 60),
    ],
)
async def test_a_server_that_asks_to_be_left_alone_is(refusal: bytes, seconds: int) -> None:
    async with serving(refusal, OK) as script:
        http = Http(script.url, patience=QUICK, clock=SetClock(NOON), budget=Budget(100))
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                await http.get("/runs")
            assert seconds - 5 < (caught.value.retry_after or 0) <= seconds
        assert "left alone" in caught.value.sentence
        assert len(script.asked) == 1
        await http.send("/runs/1/cancel")
        assert len(script.asked) == 2
        await http.close()


@pytest.mark.parametrize("refusal", [reply(429), reply(403, '{"message": "Forbidden"}')])
async def test_a_refusal_that_asks_for_no_rest_stops_nothing(refusal: bytes) -> None:
    async with serving(refusal, refusal, refusal, OK) as script:
        patience = Patience(tries=1, fresh=0)
        http = Http(script.url, patience=patience, budget=Budget(100))
        for _ in range(3):
            with pytest.raises(SourceError):
                await http.get("/runs")
        assert (await http.get("/runs")).body == b"{}"
        await http.close()


def test_what_is_unchanged_takes_nothing_where_that_is_free() -> None:
    free, counted = Budget(2, unchanged_is_free=True), Budget(2)
    for budget in (free, counted):
        for status in (200, 304, 304):
            budget.spend(0)
            budget.heed({}, 0, NOON, status)
    assert free.wait(0) == 0
    assert counted.wait(0) == 60
    free.spend(0)
    assert free.wait(0) == 60
