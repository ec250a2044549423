import gc
from collections.abc import Iterator

import pytest

from runs_tui.screens.lasting import EVERY, Lasting


@pytest.fixture
def lasting() -> Iterator[Lasting]:
    yield (told := Lasting())
    told.over()


def test_many_lines_are_set_apart_until_another_run_is_opened(lasting: Lasting) -> None:
    lasting.came(EVERY - 1)
    assert gc.get_freeze_count() == 0
    lasting.came(1)
    assert gc.get_freeze_count() > 0
    lasting.over()
    assert gc.get_freeze_count() == 0


def test_a_few_lines_change_nothing(lasting: Lasting) -> None:
    lasting.came(EVERY - 1)
    lasting.over()
    lasting.came(EVERY - 1)
    assert gc.get_freeze_count() == 0
