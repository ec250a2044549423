from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from runs_tui.model.board import Board, Reach
from runs_tui.model.query import Field, Query
from runs_tui.screens import told

AT = datetime(2026, 11, 2, tzinfo=UTC)
QUERY = Query.parse("state:failed started:>2h")
STATE, STARTED = QUERY.terms


def words(
    pushed: Mapping[str, Sequence[object]],
    lacks: Mapping[str, frozenset[Field]] | None = None,
    query: Query = QUERY,
) -> Sequence[Sequence[str]]:
    """Give the words for each term where these sources answered, with what each applied."""
    reaches = {
        name: Reach(exhausted=True, read_at=AT, pushed=frozenset(terms))  # type: ignore[arg-type]
        for name, terms in pushed.items()
    }
    where = told.where(query, Board(reaches=reaches), lacks or {})
    return [where.get(term, ()) for term in query.terms]


def test_a_term_ran_on_the_servers_or_here() -> None:
    assert words({"prod": [STATE], "stage": [STATE]}) == [["server"], ["here"]]


def test_where_sources_differ_those_are_named_that_did_not_apply_it() -> None:
    assert words({"prod": [STATE, STARTED], "lightning": [STATE]})[1] == [
        "server; here: lightning",
        "server, here",
    ]
    assert words({"prod": [STATE, STARTED], "lightning": [], "b": []})[1] == [
        "server; here: lightning, b",
        "server; here: 2 sources",
        "server, here",
    ]


def test_what_an_api_never_tells_is_not_offered_by_it() -> None:
    lacks = {"noxus": frozenset({Field.STARTED})}
    assert words({"noxus": []}, lacks) == [["here"], ["not offered by noxus"]]
    assert words({"noxus": [], "prod": [STARTED]}, lacks)[1] == ["server; not offered by noxus"]
    assert words({"noxus": [], "prod": [STARTED], "lab": []}, lacks)[1] == [
        "server; here: lab; not offered by noxus",
        "server, here; not offered by noxus",
    ]


def test_many_that_do_not_offer_it_are_counted_where_there_is_no_room() -> None:
    lacks = dict.fromkeys(("lightning", "noxus"), frozenset({Field.STARTED}))
    assert words({"lightning": [], "noxus": []}, lacks)[1] == [
        "not offered by lightning, noxus",
        "not offered by 2 sources",
    ]


def test_a_source_that_did_not_answer_or_is_not_asked_counts_for_nothing() -> None:
    board = Board(reaches={"prod": Reach(read_at=AT)})
    assert told.where(QUERY, board, {}) == {}
    query = Query.parse("state:failed source:prod")
    assert words({"prod": [query.terms[0]], "stage": []}, query=query) == [["server"], ["here"]]


@pytest.mark.parametrize("names", ["a", "ab", "abc"])
def test_the_words_get_shorter(names: str) -> None:
    lacks = {"c": frozenset({Field.STARTED})}
    for chip in words({name: [STATE] for name in names} | {"z": [STATE, STARTED]}, lacks):
        assert list(map(len, chip)) == sorted(map(len, chip), reverse=True)
