from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.exchange import Body, Exchange, Exchanges
from runs_tui.model.purpose import Purpose

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)


def exchange(number: int, **more: Any) -> Exchange:
    told: dict[str, Any] = {
        "at": NOON,
        "source": "prod",
        "purpose": Purpose("list"),
        "method": "GET",
        "url": "https://prod.test/runs",
    }
    return Exchange(number=number, **told | more)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 40)), max_size=80))
def test_what_is_kept_stays_within_bounds_and_in_order(puts: list[tuple[int, int]]) -> None:
    exchanges = Exchanges(most=5, most_bytes=100)
    latest: dict[int, int] = {}
    newest = 0
    for number, size in puts:
        number = number if number in latest else newest + number
        newest = max(newest, number)
        latest[number] = size
        exchanges.put(exchange(number, answer=Body(b"x" * size, size)))
        kept = exchanges.all
        assert [one.number for one in kept] == sorted(latest)[-5:]
        assert [one.answer.size for one in kept] == [latest[one.number] for one in kept]
        assert sum(one.weight for one in kept) <= 100
        assert exchanges.forgotten == len(latest) - len(kept)


def test_what_becomes_of_one_is_told_in_its_place() -> None:
    exchanges = Exchanges()
    heard = []
    exchanges.listeners.append(lambda: heard.append(len(exchanges.all)))
    first = exchange(1)
    exchanges.put(first)
    exchanges.put(exchange(2))
    exchanges.put(replace(first, status=200, took=0.5))
    assert [one.status for one in exchanges.all] == [200, None]
    assert heard == [1, 2, 2]


def test_a_log_has_it_on_one_line() -> None:
    told = exchange(
        7, status=429, took=0.25, received=12, sent=3, attempt=2, left=0, failure="cut off"
    )
    assert str(told) == (
        "#7 prod: GET https://prod.test/runs -> 429 in 0.250 s, 12 bytes, sent 3 bytes, try 2, "
        "0 left, for list, failed: cut off"
    )
    assert str(exchange(8)).endswith("-> no answer, goes on, for list")


def test_its_text_for_programmers_has_no_body() -> None:
    assert "planted" not in repr(exchange(1, request=Body(b"planted", 7)))
