from runs_tui.model.run import Event, RunKey
from runs_tui.screens.opened import KEPT, LINES, Opened


def key(number: int) -> RunKey:
    return RunKey("prod", str(number))


def test_the_latest_opened_runs_are_kept() -> None:
    opened = Opened()
    for number in range(KEPT + 5):
        opened.open(key(number))[1].add([Event(id="1")])
    assert len(opened.open(key(KEPT))[1]) == 1
    assert len(opened.open(key(0))[1]) == 0


def test_runs_with_long_logs_are_kept_for_less_long() -> None:
    opened = Opened()
    long = "\n" * (LINES // 4)
    for number in range(6):
        opened.open(key(number))[1].add([Event(id="1", message=long)])
    kept = [number for number in range(6) if key(number) in opened._kept]
    assert kept == [2, 3, 4, 5]
