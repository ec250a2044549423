"""The schema of the configuration, beside what its reader accepts and refuses."""

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from runs_tui.adapters import api_names, source_type
from runs_tui.app import known
from runs_tui.config.checking import checked
from runs_tui.config.reading import parsed
from runs_tui.config.schema import schema_of
from runs_tui.config.settings import NOTIFY, OPTIONS, SOURCE, VIEW
from runs_tui.config.values import Problem
from runs_tui.model.columns import COLUMNS
from runs_tui.model.settings import SourceSettings
from tests.test_config import PROBLEMS, MadeUp
from tests.test_rules import BINDINGS

PATH = Path("config.toml")
APIS = {name: source_type(name).options for name in api_names()}
SCHEMA = Draft202012Validator(schema_of(APIS, known()))
MADE_UP = Draft202012Validator(schema_of({"made_up": MadeUp.options, "other": {}}, known()))
BEYOND = (
    "there is no API",  # an adapter may be installed where the program runs
    "views.a.filter, character",  # a filter has a grammar of its own
    "this is not TOML",
    "sources.prod.url: the address must be http://host",  # a port may be a wrong one
)
"""What a schema cannot refuse."""


def problems_of(text: str) -> tuple[Problem, ...]:
    return checked(parsed(PATH, text), known()).problems


def accepted(values: Mapping[str, Any]) -> bool:
    return bool(SCHEMA.is_valid(values))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)


@pytest.mark.parametrize(("text", "problem"), PROBLEMS)
def test_what_the_reader_refuses_the_schema_refuses(text: str, problem: str) -> None:
    told = problem.partition(": ")[2]
    if told.startswith(BEYOND) or any(f": {beyond}" in told for beyond in BEYOND):
        return
    assert not MADE_UP.is_valid(tomllib.loads(text))


def test_the_example_of_the_readme_is_right() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    text = readme.partition("## Configuration")[2].partition("```toml\n")[2].partition("```")[0]
    assert tomllib.loads(text)["sources"]
    assert accepted(tomllib.loads(text))
    assert problems_of(text) == ()


def test_the_readme_names_every_setting_and_every_column() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    told = readme.partition("## Configuration")[2].partition("\n## ")[0]
    settings = {setting.name for setting in (*SOURCE, *VIEW, *NOTIFY)}
    assert {name for name in settings if name not in told} == set()
    assert {name for name in COLUMNS if f"`{name}`" not in told} == set()


@pytest.mark.parametrize(
    "text",
    [
        'theme = "nigt"',
        '[keys]\n"run.cancle" = "X"',
        '[keys]\nrun.cancle = "X"',
        '[keys]\n"run.cancel" = ""',
        '[sources.a]\napi = "prefect"\nurl = "http://a"\n[sources.a.options]\natuh = "basic"',
        '[sources.a]\napi = "prefect"\nurl = "http://a"\noptions.auth = 1.5',
    ],
)
def test_what_the_check_refuses_the_schema_refuses(text: str) -> None:
    assert problems_of(text)
    assert not accepted(tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[sources]\n[views]\n[keys]",
        '[sources.a]\napi = "somebody_elses"\nurl = "http://a"\noptions.anything = 3',
        '[sources.a]\napi = "prefect"\nurl = "HTTPS://[::1]:4200/api/"\noptions.upcoming = "show"',
        '[keys]\nrun.cancel = "X"\n"run.retry" = "R,ctrl+t"',
    ],
)
def test_what_is_right_the_schema_accepts(text: str) -> None:
    assert accepted(tomllib.loads(text))


ANY = st.sampled_from([True, 1, 1.5, "", " ", "x", [], [""], ["x"], {}, {"x": "y"}])
VALUES: Mapping[str, list[Any]] = {
    "api": ["prefect", "automation_runs"],
    "url": ["http://a", "https://user@a", "http://a/?b", "http://a b", "http://a:4200/b"],
    "token_env": ["A", "a-b", "9"],
    "token_command": [["pass", ""], [" "]],
    "token_keyring": ["a/b", "a/", " /b", "a/b/c"],
    "read_only": [False],
    "protected": [False],
    "color": ["red", "bright_blue", "#00ff7F", "#fff", "orange"],
    "refresh": ["5s", "0s", "1m30s", " 2H ", "1.5", "5 s", "0.0m"],
    "options": [{"auth": "basic"}, {"auth": {"x": "y"}}, {"auth": True}, {"atuh": "basic"}],
    "filter": ["state:failed", ""],
    "sort": ["-took", "duration", "took-", "--took", "-details.a", "details."],
    "columns": [["state", "details.a"], ["state", "state"], ["duration"], ["details. "]],
    "theme": ["night", "nord", "nigt"],
    "bell": [False],
    "terminal": ["auto", "9", "777", "99", "off", "42"],
    "title": [False],
    "command": [["notify-send", "$1"]],
}


OF_VALUES = ("the option auth", "there is no auth")
"""What adapters say of the value of an option, which the schema leaves to them."""


def told(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Give a table of these settings, each right, nearly right, or of any kind."""
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(VALUES[name]) | ANY for name in names}
    )


SOURCES = told([*(setting.name for setting in SOURCE), OPTIONS])
VIEWS = told(["filter", "sort", "columns"])
CONFIGURATIONS = st.builds(
    lambda top, notify, source, view, name: {
        **top,
        "notify": notify,
        "sources": {name: source},
        "views": {"v w": view},
    },
    told(["theme"]),
    told([setting.name for setting in NOTIFY]),
    SOURCES.map(lambda source: {"api": "prefect", "url": "http://a"} | source),
    VIEWS,
    st.sampled_from(["a", "a.b-c", "é", "a/b", ""]),
)


@given(CONFIGURATIONS)
def test_the_schema_refuses_just_what_the_reader_refuses(values: Mapping[str, Any]) -> None:
    text = tomlkit.dumps(values)
    assert tomllib.loads(text) == values
    found = [p for p in problems_of(text) if not any(said in p.message for said in OF_VALUES)]
    wrong = [p for p in found if not any(beyond in p.message for beyond in BEYOND[:2])]
    assert accepted(values) == (not found) or (not wrong and accepted(values))


def test_every_setting_is_a_field_and_says_its_default() -> None:
    for setting in SOURCE:
        field = SourceSettings.__dataclass_fields__[setting.name]
        assert setting.need or field.default in (setting.default, (), "")


def test_every_binding_can_be_named_where_only_the_dashboard_is_imported() -> None:
    code = "from runs_tui.app import known; print(*known().bindings)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == {binding.id for _, binding in BINDINGS}
