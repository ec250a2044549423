import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.json_lines import json_lines

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
).filter(lambda value: isinstance(value, list | dict))


@given(VALUES)
def test_it_is_what_json_indents(value: Any) -> None:
    told = list(json_lines(json.dumps(value)))
    assert told == json.dumps(value, indent=2).split("\n")


@given(VALUES, st.data())
def test_a_beginning_is_shown_as_far_as_it_goes(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text)))
    told = "".join(json_lines(text[:cut]))
    assert "".join(told.split()) == "".join(text[:cut].split())


def test_numbers_stay_as_they_were_written() -> None:
    assert list(json_lines("[1.0,1e3]")) == ["[", "  1.0,", "  1e3", "]"]
