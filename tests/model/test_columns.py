import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.columns import COLUMNS, is_column, sort_of, wrong_column
from runs_tui.model.query import Sort

NAMES = st.sampled_from([*COLUMNS, "details.deployment_name", "details.a.b", "details.its name"])


@given(NAMES, st.booleans())
def test_runs_are_sorted_by_every_column(name: str, descending: bool) -> None:
    sort = Sort(name, descending=descending)
    assert sort_of(str(sort)) == sort
    assert wrong_column(name) is None


def test_a_sort_calls_what_a_run_took_as_a_filter_does() -> None:
    assert sort_of("-duration") == Sort("took", descending=True)
    assert not is_column("duration")


@pytest.mark.parametrize("name", ["", "State", "details", "details.", "details. ", "details.a\n"])
def test_no_columns(name: str) -> None:
    assert not is_column(name)
    with pytest.raises(ValueError, match="runs cannot be sorted by"):
        sort_of(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sate", "did you mean 'state'?"),
        ("detail.name", "did you mean 'details.NAME'?"),
        ("qqq", "there are: state, workflow, run, "),
    ],
)
def test_a_misspelt_column(name: str, meant: str) -> None:
    assert meant in str(wrong_column(name))


def test_a_sort_is_misspelt_by_what_it_says_after_the_minus() -> None:
    with pytest.raises(ValueError, match="by 'finishd': did you mean 'finished'"):
        sort_of("-finishd")
    with pytest.raises(ValueError, match="by '-took'"):
        sort_of("--took")
