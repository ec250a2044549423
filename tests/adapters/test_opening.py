import pytest

from runs_tui.adapters.opening import Opening
from runs_tui.model.errors import Unreachable


class Door:
    closed = 0

    async def close(self) -> None:
        self.closed += 1


def test_nothing_is_made_before_it_is_asked_for_and_then_only_once() -> None:
    made: list[Door] = []

    def make() -> Door:
        made.append(Door())
        return made[-1]

    opening = Opening(make)
    assert opening.made is None
    assert made == []
    door = opening.give()
    assert opening.give() is door is opening.made
    assert made == [door]


async def test_what_was_made_is_closed_and_never_given_again() -> None:
    opening = Opening(Door)
    door = opening.give()
    await opening.close()
    assert door.closed == 1
    with pytest.raises(Unreachable, match="the source was closed"):
        opening.give()


async def test_what_was_never_made_is_not_made_any_more() -> None:
    opening = Opening(Door)
    await opening.close()
    with pytest.raises(Unreachable):
        opening.give()
    assert opening.made is None
