"""The tree of `runs-tui watch` in few lines."""

from datetime import UTC, datetime

import pytest
from rich.text import Text

from runs_tui.cli.watch_ledger import Ledger, Until
from runs_tui.cli.watch_tree import tree
from runs_tui.model.run import RunKey

NOW = datetime(2026, 11, 2, 9, 12, 41, tzinfo=UTC)


def drawn(count: int, height: int) -> list[str]:
    ledger = Ledger(Until())
    ledger.expect(RunKey("lab", str(number)) for number in range(count))
    return [line.plain for line in tree(ledger, NOW, height).renderables if isinstance(line, Text)]


@pytest.mark.parametrize(("count", "height"), [(1, 1), (5, 5), (5, 9)])
def test_where_all_runs_fit_all_are_drawn(count: int, height: int) -> None:
    assert drawn(count, height) == [f"○ lab/{number}  not seen yet" for number in range(count)]


@pytest.mark.parametrize(("count", "height"), [(2, 1), (6, 5), (30, 12)])
def test_runs_beyond_the_last_line_are_counted(count: int, height: int) -> None:
    *heads, last = drawn(count, height)
    assert len(heads) == height - 1
    left = count - len(heads)
    assert last == f"… and {left} runs more"
