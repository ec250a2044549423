import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.config.remembered import (
    recall,
    remember,
    remembered_in,
    state_path,
    with_remembered,
)
from runs_tui.model.columns import COLUMNS
from runs_tui.model.query import Sort
from runs_tui.model.remembered import Pane, Remembered
from runs_tui.model.run import RunKey
from runs_tui.model.text import clean

PROD, LAB = Path("/etc/runs/prod.toml"), Path("/etc/runs/lab.toml")
HERE = Remembered(
    view="night failures",
    filter='state:failed workflow:"nightly etl"',
    sort=Sort("details.deployment_name", descending=True),
    columns=("state", "details.deployment_name"),
    marks=(RunKey("prod", "r/1"), RunKey("lab", "2")),
    cursor=RunKey("prod", "r/1"),
    pane=Pane(tab="events", hidden=True, zoomed=True),
)

WORDS = st.text(max_size=20).map(clean)
KEYS = st.builds(RunKey, WORDS, WORDS)
NAMES = st.sampled_from([*COLUMNS, "details.a", "details.its name"])
VALUES = st.builds(
    Remembered,
    view=st.none() | WORDS,
    filter=WORDS,
    sort=st.none() | st.builds(Sort, NAMES, st.booleans()),
    columns=st.lists(NAMES, max_size=4).map(tuple),
    marks=st.lists(KEYS, max_size=4).map(tuple),
    cursor=st.none() | KEYS,
    pane=st.builds(Pane, tab=st.none() | WORDS, hidden=st.booleans(), zoomed=st.booleans()),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file in the user's own folder for states."""
    monkeypatch.delenv("RUNS_TUI_STATE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return state_path()


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a file that the variable names."""
    path = tmp_path / "elsewhere.json"
    monkeypatch.setenv("RUNS_TUI_STATE", str(path))
    return path


def test_nothing_is_remembered_at_the_first_start(place: Path) -> None:
    assert recall(PROD) == Remembered()
    assert not place.exists()


def test_it_is_private_and_in_the_folder_for_states(place: Path) -> None:
    assert remember(PROD, HERE)
    assert place.parts[-2:] == ("runs-tui", "state.json")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert [path.name for path in place.parent.iterdir()] == ["state.json"]


def test_two_configurations_do_not_share(place: Path) -> None:
    remember(PROD, HERE)
    assert recall(LAB) == Remembered()
    remember(LAB, Remembered(filter="x"))
    assert recall(PROD) == HERE
    assert recall(LAB) == Remembered(filter="x")


def test_a_configuration_by_another_path_is_the_same(place: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "config.toml")
    remember(tmp_path / "config.toml", HERE)
    assert recall(link) == HERE


@given(VALUES, VALUES)
def test_it_is_read_as_it_was_written(first: Remembered, second: Remembered) -> None:
    text = with_remembered("", PROD, first)
    assert text is not None
    text = with_remembered(text, LAB, second)
    assert text is not None
    assert remembered_in(text, PROD) == first
    assert remembered_in(text, LAB) == second


@given(st.text() | JSON.map(json.dumps))
def test_what_is_broken_or_foreign_remembers_nothing(text: str) -> None:
    assert remembered_in(text, PROD) == Remembered()


@given(st.dictionaries(st.sampled_from(sorted(Remembered.__slots__)), JSON))
def test_a_value_of_another_kind_counts_as_unsaid(told: dict[str, Any]) -> None:
    text = json.dumps({"runs-tui-state": 1, "places": {str(PROD): told}})
    found = remembered_in(text, PROD)
    again = with_remembered("", PROD, found)
    assert again is not None
    assert remembered_in(again, PROD) == found


def test_a_later_format_is_neither_read_nor_overwritten(place: Path) -> None:
    remember(PROD, HERE)
    later = place.read_text().replace('"runs-tui-state": 1', '"runs-tui-state": 2')
    place.write_text(later)
    assert recall(PROD) == Remembered()
    assert not remember(PROD, HERE)
    assert place.read_text() == later


def test_what_is_broken_in_its_own_folder_is_written_anew(place: Path) -> None:
    remember(PROD, HERE)
    place.write_text(place.read_text()[:-20])
    assert recall(PROD) == Remembered()
    assert remember(PROD, HERE)
    assert recall(PROD) == HERE


@pytest.mark.parametrize("text", ["my notes", "[]", '{"places": {}}', "12"])
def test_a_foreign_file_that_was_named_stays(named: Path, text: str) -> None:
    named.write_text(text)
    assert not remember(PROD, HERE)
    assert recall(PROD) == Remembered()
    assert named.read_text() == text


def test_the_variable_names_another_file(named: Path) -> None:
    assert remember(PROD, HERE)
    assert recall(PROD) == HERE
    assert named.is_file()


def test_a_device_or_a_folder_forgets_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/dev/null", str(tmp_path)):
        monkeypatch.setenv("RUNS_TUI_STATE", path)
        assert not remember(PROD, HERE)
        assert recall(PROD) == Remembered()


def test_a_state_that_is_no_text_forgets_everything(named: Path) -> None:
    named.write_bytes(b"\xff\xfe")
    assert recall(PROD) == Remembered()
    assert not remember(PROD, HERE)


def test_only_the_latest_places_are_kept() -> None:
    text: str | None = ""
    for number in range(60):
        assert text is not None
        text = with_remembered(text, Path(f"/{number}.toml"), Remembered(filter=str(number)))
    assert text is not None
    assert remembered_in(text, Path("/59.toml")) == Remembered(filter="59")
    assert remembered_in(text, Path("/10.toml")) == Remembered(filter="10")
    assert remembered_in(text, Path("/9.toml")) == Remembered()
