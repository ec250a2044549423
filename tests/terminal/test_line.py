"""Frames wait for a slow line, and not for a fast one; time is given."""

import pytest

from runs_tui.terminal.line import SLOWEST, STUCK, Line


def answering(trip: float, now: float = 100.0) -> Line:
    """Give a line that was asked some times, and answers after so many seconds."""
    line = Line()
    for step in range(20):
        line.asked(now + step)
        line.answered(now + step + trip)
    return line


def test_the_first_frame_does_not_wait() -> None:
    assert Line().wait(5.0) == 0
    assert answering(0.4).wait(200.0) == 0


@pytest.mark.parametrize(("trip", "pause"), [(0.001, 0.0005), (0.2, 0.1), (3.0, SLOWEST)])
def test_a_frame_waits_half_a_round_trip(trip: float, pause: float) -> None:
    line = answering(trip)
    line.sent(500, 200.0)
    assert line.wait(200.0) == pytest.approx(pause)
    assert line.wait(200.0 + pause) == pytest.approx(0)
    assert line.wait(201.0) == 0


def test_a_late_answer_holds_frames_back_until_it_comes() -> None:
    line = answering(0.1)
    line.sent(500, 200.0)
    line.asked(200.0)
    assert line.wait(200.15) == 0
    assert line.wait(200.25) == pytest.approx(STUCK - 0.25)
    line.answered(200.3)
    assert line.wait(200.3) == 0


def test_a_terminal_that_never_answers_is_not_waited_for() -> None:
    line = Line()
    assert line.asks(10.0)
    line.asked(10.0)
    assert not line.asks(12.0)
    assert not line.asks(14.0)
    assert not line.asks(1000.0)
    line.sent(500, 1000.0)
    assert line.wait(1000.0) == 0
    assert line.read(1000.0).round_trip is None


def test_a_question_goes_with_a_frame_once_in_a_while() -> None:
    line = answering(0.1)
    assert not line.asks(119.5)
    assert line.asks(121.0)


def test_an_answer_that_was_not_asked_for_is_none() -> None:
    line = answering(0.1)
    line.answered(900.0)
    assert line.read(900.0).round_trip == pytest.approx(0.1)


def test_bytes_are_counted_over_the_last_seconds() -> None:
    line = Line()
    line.sent(1000, 10.0)
    line.sent(500, 12.0)
    assert line.read(12.0).rate == 300
    assert line.read(16.0).rate == 100
    reading = line.read(60.0)
    assert (reading.rate, reading.sent) == (0, 1500)


def test_an_answer_on_its_way_is_waited_for_at_the_end() -> None:
    line = answering(0.4)
    assert line.patience(200.0) == 0
    line.asked(200.0)
    assert line.patience(200.1) == pytest.approx(0.7)
    assert line.patience(201.0) == 0
