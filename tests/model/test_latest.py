from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.latest import Latest

PUTS = st.lists(st.tuples(st.integers(0, 9), st.integers()))
MOST = st.integers(1, 6)


def latest_of(most: int, puts: list[tuple[int, int]]) -> Latest[int, int]:
    latest: Latest[int, int] = Latest(most)
    for key, value in puts:
        latest[key] = value
    return latest


@given(MOST, PUTS)
def test_it_knows_the_latest_keys_with_their_last_values(
    most: int, puts: list[tuple[int, int]]
) -> None:
    keys = list(dict.fromkeys(key for key, _ in reversed(puts)))[:most]
    last = dict(puts)
    latest = latest_of(most, puts)
    assert list(reversed(latest)) == keys
    assert dict(latest) == {key: last[key] for key in keys}


@given(MOST, PUTS, st.integers(0, 9))
def test_every_way_to_put_something_in_keeps_the_bound(
    most: int, puts: list[tuple[int, int]], key: int
) -> None:
    latest: Latest[int, int] = Latest(most)
    latest.update(puts)
    assert list(latest.items()) == list(latest_of(most, puts).items())
    known = latest.get(key, -1)
    assert latest.setdefault(key, -1) == known
    assert len(latest) <= most


@given(MOST, PUTS, st.integers(0, 9))
def test_what_is_taken_is_forgotten_and_makes_room(
    most: int, puts: list[tuple[int, int]], key: int
) -> None:
    latest = latest_of(most, puts)
    rest = [other for other in latest if other != key]
    assert latest.pop(key, None) == dict(latest_of(most, puts)).get(key)
    latest[key] = 1
    assert list(latest) == [*rest[max(len(rest) + 1 - most, 0) :], key]


def test_reading_keeps_nothing_longer_unless_it_is_asked_for() -> None:
    latest = latest_of(2, [(1, 1), (2, 2)])
    assert latest[1] == latest.get(1) == 1
    latest[3] = 3
    assert list(latest) == [2, 3]
    latest.move_to_end(2)
    latest[4] = 4
    assert list(latest) == [2, 4]
