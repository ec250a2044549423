"""What a run was started with: how it is written, read, compared and kept from view."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.input_text import (
    HIDDEN,
    Writing,
    change,
    shown,
    text_of,
    value_of,
    writing_of,
)
from runs_tui.model.inputs import UNSET, Inputs, RunInput, same, sounds_secret
from runs_tui.model.text import clean

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from(["null", "10", "", " ", '"', "{", "[1", "true", "a\nb", "\x1b[31m", "\u202e"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(VALUES, st.sampled_from(list(Writing)))
def test_what_is_written_is_one_safe_line_and_reads_as_it_was(value: Any, writing: Writing) -> None:
    if writing is Writing.TEXT and not isinstance(value, str):
        writing = Writing.JSON
    text = text_of(value, writing)
    assert text
    assert clean(text) == text
    assert same(value_of(text, writing), value)


def complaint_about(text: str, writing: Writing) -> str | None:
    try:
        value_of(text, writing)
    except ValueError as error:
        return str(error)
    return None


@given(st.text(), st.sampled_from(list(Writing)))
def test_whatever_is_typed_is_read_or_complained_of_in_one_sentence(
    text: str, writing: Writing
) -> None:
    complaint = complaint_about(text, writing)
    assert complaint is None or (complaint.startswith("it ") and "\n" not in complaint)


@pytest.mark.parametrize(
    ("text", "writing", "value"),
    [
        ("", Writing.TEXT, UNSET),
        ("", Writing.JSON, UNSET),
        ("  ", Writing.JSON, UNSET),
        ("null", Writing.TEXT, None),
        ('""', Writing.TEXT, ""),
        ('"null"', Writing.TEXT, "null"),
        ("10", Writing.TEXT, "10"),
        ("eu west", Writing.TEXT, "eu west"),
        ("{a}", Writing.TEXT, "{a}"),
        ("10", Writing.JSON, 10),
        ('{"a": [1, null]}', Writing.JSON, {"a": [1, None]}),
        ("10", Writing.EITHER, 10),
        ("ten", Writing.EITHER, "ten"),
        ('"10"', Writing.EITHER, "10"),
    ],
)
def test_a_line_is_read_as_its_input_is(text: str, writing: Writing, value: Any) -> None:
    assert same(value_of(text, writing), value)


@pytest.mark.parametrize(
    ("text", "writing", "said"),
    [
        ("ten", Writing.JSON, "it is no JSON: a number, true, "),
        ('{"a": }', Writing.EITHER, "it is no JSON: Expecting value, at character 7"),
        ('"open', Writing.TEXT, "it begins with a quote but is no JSON: "),
        ("1e999", Writing.JSON, "it is no JSON that can be sent"),
        ("NaN", Writing.JSON, "it is no JSON that can be sent"),
        ("9" * 5000, Writing.JSON, "it is no JSON that can be sent"),
        ("[" * 100_000, Writing.JSON, "it is no JSON that can be sent"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, writing: Writing, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        value_of(text, writing)


@pytest.mark.parametrize(
    ("field", "writing"),
    [
        (RunInput(name="n", type="string"), Writing.TEXT),
        (RunInput(name="n", type="string or null"), Writing.TEXT),
        (RunInput(name="n", type="integer or null"), Writing.JSON),
        (RunInput(name="n", type="integer or string"), Writing.EITHER),
        (RunInput(name="n", value="x"), Writing.TEXT),
        (RunInput(name="n", value=0), Writing.JSON),
        (RunInput(name="n", default=[]), Writing.JSON),
        (RunInput(name="n", value=None), Writing.EITHER),
        (RunInput(name="n"), Writing.EITHER),
    ],
)
def test_an_input_is_written_by_its_type_or_by_what_it_was(
    field: RunInput, writing: Writing
) -> None:
    assert writing_of(field) is writing


def test_changes_are_what_is_written_otherwise() -> None:
    fields = (RunInput(name="a", value=1), RunInput(name="b", value="x"), RunInput(name="c"))
    inputs = Inputs(fields)
    assert inputs.values == {"a": 1, "b": "x"}
    assert inputs.changed({"a": 1, "b": "x"}) == []
    assert inputs.changed({"a": True, "b": "x"}) == [fields[0]]
    assert inputs.changed({"a": 1.0, "c": None}) == list(fields)
    assert change(fields[0], 20) == "a: 1 → 20"
    assert change(fields[1], UNSET) == "b: x → left out"
    assert change(fields[2], "y" * 100) == f"c: left out → {'y' * 39}…"


def test_what_is_secret_is_never_shown() -> None:
    field = RunInput(name="token", value="s3cr3t", secret=True)
    assert shown(field, "s3cr3t") == HIDDEN
    assert "s3cr3t" not in change(field, "an0ther") + change(field, UNSET)
    assert "an0ther" not in change(field, "an0ther")


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("DB_PASSWORD", True), ("apiKey", True), ("API_KEY", True), ("accessToken", True),
        ("client-secret", True), ("aws_secret_access_key", True), ("Authorization", True),
        ("key", False), ("monkey", False), ("max_tokens", False), ("keyword", False),
        ("sort_key", False), ("secretary", False), ("", False),
    ],
)  # fmt: skip
def test_some_names_say_that_they_are_secret(name: str, secret: bool) -> None:
    assert sounds_secret(name) is secret
