"""When a budget of the benchmarks counts as missed."""

from collections.abc import Iterator

import pytest

from tests.bench.judging import MORE, judged
from tests.bench.table import Finding, Unit


def found(measured: float, unit: Unit = "ms") -> Finding:
    return Finding(group="made up", what="a thing", unit=unit, measured=measured, budget=100)


class Measuring:
    """A benchmark that finds one amount after the other."""

    def __init__(self, *amounts: float, unit: Unit = "ms") -> None:
        self.amounts = list(amounts)
        self.unit = unit
        self.rounds: list[int] = []

    def __call__(self, rounds: int) -> Iterator[Finding]:
        self.rounds.append(rounds)
        yield found(self.amounts.pop(0), self.unit)


def test_what_holds_is_measured_once() -> None:
    measuring = Measuring(99)
    (held,) = judged(measuring, 5, 1)
    assert held.verdict == "ok"
    assert measuring.rounds == [5]


def test_what_does_not_hold_is_measured_again_before_it_counts() -> None:
    measuring = Measuring(120, 90)
    (held,) = judged(measuring, 5, 1)
    assert held.verdict == "ok, measured again"
    assert not held.over
    assert measuring.rounds == [5, 5 * MORE]
    (missed,) = judged(Measuring(120, 101), 5, 1)
    assert missed.verdict == "OVER, measured again"
    assert missed.over


@pytest.mark.parametrize(("amount", "over"), [(101, False), (150, False), (151, True)])
def test_a_margin_is_told_and_counts(amount: float, over: bool) -> None:
    (judgement,) = judged(Measuring(amount, amount), 1, 1.5)
    assert judgement.over == over
    assert ("within 1.5 ×" in judgement.verdict) == (not over)


def test_bytes_have_no_margin_and_no_second_try() -> None:
    measuring = Measuring(101, 99, unit="bytes")
    (missed,) = judged(measuring, 1, 1.5)
    assert missed.verdict == "OVER"
    assert measuring.rounds == [1]
