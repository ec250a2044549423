from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.query import Query
from runs_tui.model.run import RunKey
from runs_tui.screens.places import KEPT, Place, Places

PLACES = st.builds(
    Place,
    st.sampled_from([Query.parse(text) for text in ("", "state:failed", "etl")]),
    st.none() | st.builds(RunKey, st.just("prod"), st.sampled_from("ab")),
    st.booleans(),
)


def test_there_is_no_last_place_at_first() -> None:
    assert Places().last(Place(Query())) is None


@given(st.lists(PLACES, max_size=KEPT * 2), PLACES)
def test_the_last_place_is_the_latest_that_is_another_one(
    left: Sequence[Place], here: Place
) -> None:
    places = Places()
    for place in left:
        places = places.leave(place)
    others = [place for place in left[-KEPT:] if place != here]
    assert places.last(here) == (others[-1] if others else None)
    assert len(places.left) <= KEPT


@given(st.lists(PLACES, max_size=5), PLACES, PLACES)
def test_going_back_twice_is_being_here_again(
    left: Sequence[Place], before: Place, here: Place
) -> None:
    places = Places(tuple(left))
    if before != here:
        places = places.leave(before)
        assert places.last(here) == before
        assert places.leave(here).last(before) == here
