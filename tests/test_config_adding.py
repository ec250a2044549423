"""Adding a source that a person describes to a configuration."""

from dataclasses import replace
from pathlib import Path

import pytest

from runs_tui.adapters import about, api_names, source_type
from runs_tui.adapters.unusable import UnusableSource
from runs_tui.config import SourceSettings, load
from runs_tui.config.adding import Adding
from runs_tui.model.clock import SystemClock
from runs_tui.model.errors import Refused

LAB = SourceSettings(name="lab", api="prefect", url="https://lab.example.org/api")


@pytest.fixture
def adding(tmp_path: Path) -> Adding:
    return Adding(tmp_path / "config.toml", SystemClock())


def test_every_api_is_offered_with_a_sentence_and_its_options(adding: Adding) -> None:
    offered = {api.name: api for api in adding.apis()}
    assert tuple(offered) == api_names()
    for name, api in offered.items():
        assert api.about == about(name)
        assert api.about.endswith(".")
        assert api.options == source_type(name).options


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"name": ""}, "name"),
        ({"name": "a b"}, "name"),
        ({"url": "ftp://host"}, "url"),
        ({"token_env": "a-b"}, "token"),
        ({"token_command": ("",)}, "token"),
        ({"token_keyring": "prod"}, "token"),
        ({"options": {"auth": "nonsense"}}, "options.auth"),
        ({"options": {"upcoming": "show", "auth": "nonsense"}}, "options.auth"),
        ({"options": {"nonsense": "x"}}, "options.nonsense"),
    ],
)
def test_what_is_wrong_is_told_by_the_setting_to_blame(
    adding: Adding, change: dict[str, object], at: str
) -> None:
    wrong = adding.wrong(replace(LAB, **change))  # type: ignore[arg-type]
    assert list(wrong) == [at]
    assert wrong[at]


def test_nothing_is_wrong_with_what_can_be_read_again(adding: Adding) -> None:
    assert adding.wrong(LAB) == {}
    assert adding.keep(LAB) == f"in {adding.path}"
    assert load(adding.path).sources == (replace(LAB, path=adding.path),)
    assert adding.taken() == ["lab"]


async def test_colour_and_refresh_of_the_source_that_is_replaced_stay(adding: Adding) -> None:
    adding.keep(LAB)
    adding.path.write_text(f'{adding.path.read_text()}color = "red"\nrefresh = "1m"\n')
    adding.keep(replace(LAB, url="https://other.example.org"))
    (kept,) = load(adding.path).sources
    assert (kept.url, kept.color, kept.refresh) == ("https://other.example.org", "red", 60.0)
    opened = adding.open(LAB)
    assert opened.connection.color == "red"
    await opened.close()


def test_what_cannot_be_opened_says_why_at_every_request(adding: Adding) -> None:
    source = adding.open(replace(LAB, options={"nonsense": "x"}))
    assert isinstance(source, UnusableSource)
    assert isinstance(source.why, Refused)
    assert "nonsense" in source.why.detail
