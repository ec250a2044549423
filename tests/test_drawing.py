"""Signs and text in ASCII: every sign of ours has one, and nothing moves."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

import runs_tui
from runs_tui import looks
from runs_tui.drawing import Ascii
from runs_tui.model.state import State

PACKAGE = Path(runs_tui.__file__).parent
DRAWN = [
    *(path for part in ("widgets", "screens") for path in (PACKAGE / part).rglob("*.py")),
    *(PACKAGE / "model" / f"{name}.py" for name in ("outline", "plan", "lineage")),
    *(PACKAGE / "model" / f"{name}.py" for name in ("value_text", "feed_view", "run")),
]


def signs(path: Path) -> set[str]:
    """Give what is not ASCII in the texts of a module, comments and docstrings left out."""
    tree = ast.parse(path.read_text())
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        letter
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        for letter in node.value
        if not letter.isascii()
    }


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_sign_that_is_drawn_stands_in_the_table(path: Path) -> None:
    assert signs(path) <= looks.ASCII.keys()


def test_signs_are_looked_for() -> None:
    assert {"▸", "…", "✓", "│"} <= set().union(*map(signs, DRAWN))


def test_each_has_one_sign_of_its_own_width() -> None:
    for sign, told in looks.ASCII.items():
        assert cell_len(sign) == len(sign) == len(told) == 1
        assert " " < told <= "~"


def test_states_are_told_apart_in_ascii() -> None:
    told = [looks.ASCII.get(looks.glyph(state), looks.glyph(state)) for state in State]
    assert len(set(told)) == len(told)


def in_ascii(text: str) -> str:
    (segment,) = Ascii().apply([Segment(text)], Color(0, 0, 0))
    return segment.text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_any_text_is_ascii_and_no_letter_of_it_that_was_is_another(text: str) -> None:
    told = in_ascii(text)
    assert told.isascii()
    assert len(told) == cell_len(text)
    if text.isascii():
        assert told == text


def test_foreign_text_is_asked_about_cell_by_cell() -> None:
    assert in_ascii("✗ naïve 東京 …") == "x na?ve ???? ."
    assert in_ascii("a👩‍💻b ❤️ 🇩🇪 👍🏽 e\u0301 1️⃣") == "a??b ?? ?? ?? e 1?"
