from hypothesis import given
from hypothesis import strategies as st

from runs_tui.transport.paging import MOST_CURSORS, Cursors, Place


@given(st.lists(st.lists(st.text(min_size=1, max_size=2), max_size=4), max_size=6))
def test_a_place_knows_all_that_came_before_it(pages: list[list[str]]) -> None:
    place = Place()
    for page in pages:
        place = place.after(set(page), place.offset + len(page))
    seen = {each for page in pages for each in page}
    assert all(place.has_seen(each) for each in seen)
    assert not place.has_seen("never")
    assert place.offset == sum(map(len, pages))


def test_a_cursor_stands_for_its_place() -> None:
    cursors = Cursors()
    place = Place(variant="failed").after({"a"}, 5)
    cursor = cursors.keep(place)
    assert cursors.place(cursor) is place
    assert cursors.keep(place) != cursor


def test_a_place_knows_how_many_rows_there_were() -> None:
    place = Place().after({"a"}, 1, total=7)
    assert place.total == 7
    assert place.after({"b"}, 2).total is None


def test_a_forgotten_cursor_keeps_its_offset() -> None:
    cursors = Cursors()
    cursor = cursors.keep(Place(7, variant="a.b"))
    for _ in range(MOST_CURSORS):
        cursors.keep(Place())
    assert cursors.place(cursor) == Place(7, variant="a.b")
    assert cursors.place("nonsense") == Place()
    assert cursors.place("") == Place()
