import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.value_lines import Path, ValueLines, jq_path
from runs_tui.model.value_text import LONGEST, text, written
from runs_tui.model.value_tree import ValueTree

texts = st.text(st.sampled_from('ab \n"{[,日'), max_size=6)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
objects = st.dictionaries(texts, documents, max_size=5)


@st.composite
def trees(draw: st.DrawFn) -> ValueTree:
    """Draw a document with some of its lines folded, in any order."""
    as_json = draw(st.booleans())
    tree = ValueTree.of(ValueLines(draw(documents if as_json else objects), json=as_json))
    if len(tree):
        for number in draw(st.lists(st.integers(0, len(tree) - 1), max_size=6)):
            tree = tree.unfold(number) if draw(st.booleans()) else tree.fold(number)
    return tree


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def hidden(tree: ValueTree, number: int) -> bool:
    above = tree.lines.parents[number]
    return above >= 0 and (above in tree.folded or hidden(tree, above))


def drawn(tree: ValueTree) -> list[str]:
    return [f"{'  ' * line.depth}{line.label}{line.text}" for line in tree]


@given(trees())
def test_what_is_not_under_a_folded_line_is_shown_in_order(tree: ValueTree) -> None:
    numbers = range(len(tree.lines))
    assert [line.number for line in tree] == [n for n in numbers if not hidden(tree, n)]


@given(trees(), st.data())
def test_to_fold_and_to_unfold_again_changes_nothing(tree: ValueTree, data: st.DataObject) -> None:
    if not tree.lines:
        return
    number = data.draw(st.integers(0, len(tree.lines) - 1))
    if number not in tree.folded:
        again = tree.fold(number).unfold(number)
        assert (again.folded, list(again.shown)) == (tree.folded, list(tree.shown))


@given(trees())
def test_the_path_of_a_line_leads_to_its_value_and_to_its_line(tree: ValueTree) -> None:
    lines = tree.lines
    for number in range(len(lines)):
        path = lines.path(number)
        assert at(lines.document, path) == lines.value(number)
        assert lines.number(path) == lines.owner(number)


@given(trees(), st.data())
def test_a_revealed_line_is_shown_and_a_hidden_one_has_its_place(
    tree: ValueTree, data: st.DataObject
) -> None:
    if not tree.lines:
        return
    number = data.draw(st.integers(0, len(tree.lines) - 1))
    place = tree.shown[tree.place(number)]
    assert place <= number < tree.lines.ends[place]
    revealed = tree.reveal(number)
    assert revealed.shown[revealed.place(number)] == number
    assert revealed.folded <= tree.folded


@given(trees())
def test_the_same_document_again_is_folded_alike(tree: ValueTree) -> None:
    again = tree.over(ValueLines(tree.lines.document, json=tree.lines.json))
    assert (again.folded, list(again.shown)) == (tree.folded, list(tree.shown))


@given(documents)
def test_all_of_it_folded_is_one_line_for_each_member_and_unfolded_all(document: object) -> None:
    whole = ValueTree.of(ValueLines(document))
    folded = whole.fold_all()
    assert list(folded.unfold_all().shown) == list(whole.shown)
    if isinstance(document, dict | list) and document:
        assert len(folded) == len(document) + 2
        assert len(folded.fold(0)) == 1


@given(documents)
def test_where_no_text_has_several_lines_it_is_written_as_json_is(document: object) -> None:
    document = json.loads(json.dumps(document).replace("\\n", "n"))
    assert drawn(ValueTree.of(ValueLines(document))) == written_as_json(document)


def written_as_json(document: object) -> list[str]:
    return json.dumps(document, indent=2, ensure_ascii=False).splitlines()


DOCUMENT = {
    "run": {"id": "17", "tags": [], "log": "one\n  two\nthree"},
    "steps": [{"name": "load", "after": [1, 2]}],
}


def test_it_is_written_as_json_with_the_lines_of_a_text_as_lines() -> None:
    assert drawn(ValueTree.of(ValueLines(DOCUMENT)))[:8] == [
        "{",
        '  "run": {',
        '    "id": "17",',
        '    "tags": [],',
        '    "log": "one',
        "      two",
        '    three"',
        "  },",
    ]


def test_it_is_written_plainly_without_brackets_and_quotes() -> None:
    lines = ValueTree.of(ValueLines(DOCUMENT, json=False))
    assert [f"{'  ' * line.depth}{line.label:<5}{line.text}".rstrip() for line in lines] == [
        "run",
        "  id   17",
        "  tags []",
        "  log  one",
        "         two",
        "       three",
        "steps",
        "  0",
        "    name load",
        "    after",
        "      0    1",
        "      1    2",
    ]


def test_what_is_folded_says_how_much_that_is() -> None:
    tree = ValueTree.of(ValueLines(DOCUMENT))
    folded = tree.fold(4).fold(8)
    assert drawn(folded)[4:7] == ['    "log": "one … 3 lines"', "  },", '  "steps": [… 1 item]']
    assert drawn(tree.fold_all())[1] == '  "run": {… 3 keys},'
    assert drawn(ValueTree.of(ValueLines(list(range(1234)))).fold(0)) == ["[… 1,234 items]"]


def test_another_document_keeps_what_is_folded_where_it_is_still_there() -> None:
    tree = ValueTree.of(ValueLines(DOCUMENT)).fold_all()
    later = {"new": [1], "steps": [*DOCUMENT["steps"], {"name": "save"}]}
    assert drawn(tree.over(ValueLines(later))) == [
        "{",
        '  "new": [',
        "    1",
        "  ],",
        '  "steps": [… 2 items]',
        "}",
    ]


def test_a_very_long_text_is_cut_on_its_line_and_nowhere_else() -> None:
    huge = "x" * 1_000_000
    tree = ValueTree.of(ValueLines({"a": huge, "b": f"{huge}\n{huge}"}))
    assert max(len(line) for line in drawn(tree)) < LONGEST + 20
    assert tree[1].value == huge
    assert len(text(tree.lines, 1)) > len(huge)


def test_a_text_is_copied_as_it_is_and_all_else_as_json() -> None:
    assert written('a "b"\nc') == 'a "b"\nc'
    assert written({"a": [1, None]}) == '{\n  "a": [\n    1,\n    null\n  ]\n}'
    assert written(True) == "true"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ((), "."),
        (("run", "id"), ".run.id"),
        (("steps", 3, "name"), ".steps[3].name"),
        ((0, 1), ".[0][1]"),
        (("odd name", "a"), '.["odd name"].a'),
        (("a", 'say "x"', "é"), '.a["say \\"x\\""]["é"]'),
        (("1st",), '.["1st"]'),
    ],
)
def test_a_path_is_written_as_jq_reads_it(path: Path, told: str) -> None:
    assert jq_path(path) == told
