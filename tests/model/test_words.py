import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.words import did_you_mean, nearest, several

FIELDS = ["state", "workflow", "source", "trigger", "created"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("stat", "state"),
        ("STATE", "state"),
        ("wokflow", "workflow"),
        ("sources", "source"),
        ("trigered", "trigger"),
        ("xyzzy", None),
        ("", None),
    ],
)
def test_the_nearest_word(word: str, meant: str | None) -> None:
    assert nearest(word, FIELDS) == meant


def test_the_nearest_word_is_given_as_it_is_written() -> None:
    assert nearest("prefct", ["Prefect", "Airflow"]) == "Prefect"


def test_a_hint_names_the_nearest_word_or_all() -> None:
    assert did_you_mean("stat", FIELDS) == "did you mean 'state'?"
    assert did_you_mean("xyzzy", FIELDS) == "there are: state, workflow, source, trigger, created"


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=12), max_size=6))
@settings(max_examples=100, deadline=None)
def test_the_nearest_word_is_one_of_them(word: str, words: list[str]) -> None:
    meant = nearest(word, words)
    assert meant is None or meant in words


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, unique=True), st.data())
@settings(max_examples=100, deadline=None)
def test_a_right_word_is_its_own_nearest(words: list[str], data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(words))
    assert nearest(word, words) == word


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("", ""),
        ("a", "a"),
        ("ab", "a and b"),
        ("abc", "a, b and c"),
        ("abcd", "a, b, c and d"),
        ("abcde", "a, b, c and 2 more"),
    ],
)
def test_several_names_are_told_with_how_many_more_there_are(names: str, told: str) -> None:
    assert several(list(names)) == told
