"""Sources without an address, which take the one that their engine's own programs use."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from runs_tui.adapters import api_names
from runs_tui.adapters.own import Own, knows_own, own_of, told_where
from runs_tui.config import SourceSettings, open_source
from runs_tui.config.opening import resolved
from runs_tui.config.reading import load
from runs_tui.model.errors import Unreachable

AIRFLOW = "https://airflow.example.org/team"
PREFECT = "https://prefect.example.org/api"
PROFILES = f"""
active = "work"

[profiles.work]
PREFECT_API_URL = "{PREFECT}"
PREFECT_API_AUTH_STRING = "someone:s3cret"

[profiles.cloud]
PREFECT_API_URL = "https://api.prefect.example/api/accounts/1/workspaces/2"
PREFECT_API_KEY = "pnu_1"

[profiles.bare]
"""
KNOWN = ("airflow", "prefect")


def told(api: str, environ: Mapping[str, str]) -> tuple[str, str | None, str | None] | None:
    own = own_of(api, environ)
    if own is None:
        return None
    if own.credential is None:
        return own.url, None, None
    return own.url, own.credential.secret, own.credential.origin


def test_whose_settings_are_read() -> None:
    assert tuple(api for api in api_names() if knows_own(api)) == KNOWN
    for name in ("", "nobody", "../prefect", "base"):
        assert not knows_own(name)
    for api in KNOWN:
        assert told_where(api)


@pytest.mark.parametrize("variable", ["HOME", "AIRFLOW_HOME", "AIRFLOW_CONFIG"])
def test_airflow_is_told_by_its_file(tmp_path: Path, variable: str) -> None:
    folder = tmp_path / "airflow" if variable == "HOME" else tmp_path
    folder.mkdir(exist_ok=True)
    file = folder / "airflow.cfg"
    file.write_text(f"[core]\nfernet = 100%%\n[api]\nbase_url = {AIRFLOW}\n")
    environ = {variable: str(file if variable == "AIRFLOW_CONFIG" else tmp_path)}
    assert told("airflow", environ) == (AIRFLOW, None, None)
    other = {**environ, "AIRFLOW__API__BASE_URL": "http://other:8080"}
    assert told("airflow", other) == ("http://other:8080", None, None)


def test_airflow_shows_the_token_of_its_command_line() -> None:
    environ = {"AIRFLOW__API__BASE_URL": AIRFLOW, "AIRFLOW_CLI_TOKEN": "t0ken"}
    assert told("airflow", environ) == (AIRFLOW, "t0ken", "AIRFLOW_CLI_TOKEN")


@pytest.mark.parametrize(
    ("api", "variable"), [("airflow", "AIRFLOW__API__BASE_URL"), ("prefect", "PREFECT_API_URL")]
)
def test_a_password_in_the_address_is_taken_out_of_it(api: str, variable: str) -> None:
    environ = {variable: "https://someone:s%2Fcret@engine.example:8443/api"}
    wanted = ("https://engine.example:8443/api", "someone:s/cret", told_where(api))
    assert told(api, environ) == wanted
    secret = {"airflow": "AIRFLOW_CLI_TOKEN", "prefect": "PREFECT_API_KEY"}[api]
    assert told(api, {**environ, secret: "t0ken"}) == (wanted[0], "t0ken", secret)


@pytest.mark.parametrize("url", ["here", "ftp://h", "http://h/\x1b[2J", "http://h?token=1"])
def test_an_address_that_cannot_be_is_told_without_repeating_it(url: str) -> None:
    with pytest.raises(Unreachable) as caught:
        own_of("airflow", {"AIRFLOW__API__BASE_URL": url})
    assert url not in caught.value.sentence


@pytest.mark.parametrize("api", KNOWN)
def test_a_home_that_nobody_has_tells_nothing(api: str) -> None:
    for name in ("HOME", "CONFIG", "PROFILES_PATH"):
        assert told(api, {f"{api.upper()}_{name}": "~nobody-at-all/x"}) is None


@pytest.mark.parametrize(
    "text", [f"x = {'[' * 5000}", "active = ['work']\n[profiles.work]"], ids=len
)
def test_profiles_that_cannot_be_read_tell_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "profiles.toml").write_text(text)
    assert told("prefect", {"PREFECT_HOME": str(tmp_path)}) is None


@pytest.mark.parametrize("text", ["", "[api]\n", "[api]\nbase_url =\n", "no such file", "\x00"])
def test_airflow_may_be_told_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "airflow.cfg").write_text(text)
    assert told("airflow", {"AIRFLOW_HOME": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, (PREFECT, "someone:s3cret", "PREFECT_API_AUTH_STRING in profiles.toml")),
        (
            {"PREFECT_PROFILE": "cloud"},
            (
                "https://api.prefect.example/api/accounts/1/workspaces/2",
                "pnu_1",
                "PREFECT_API_KEY in profiles.toml",
            ),
        ),
        ({"PREFECT_PROFILE": "bare"}, None),
        ({"PREFECT_PROFILE": "nobody"}, None),
        ({"PREFECT_API_KEY": "k3y"}, (PREFECT, "k3y", "PREFECT_API_KEY")),
        (
            {"PREFECT_API_URL": "http://h/api", "PREFECT_PROFILE": "bare"},
            ("http://h/api", None, None),
        ),
    ],
)
def test_prefect_is_told_by_variables_and_by_its_active_profile(
    tmp_path: Path, environ: Mapping[str, str], wanted: object
) -> None:
    folder = tmp_path / ".prefect"
    folder.mkdir()
    (folder / "profiles.toml").write_text(PROFILES)
    assert told("prefect", {"HOME": str(tmp_path), **environ}) == wanted


@pytest.mark.parametrize("text", ["", "profiles = 3", "active = [", "[profiles]\nwork = 1\n"])
def test_prefect_may_be_told_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "profiles.toml").write_text(text)
    assert told("prefect", {"PREFECT_HOME": str(tmp_path), "PREFECT_PROFILE": "work"}) is None


def test_a_credential_of_ones_own_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", PREFECT)
    monkeypatch.setenv("PREFECT_API_KEY", "k3y")
    settings, credential = resolved(SourceSettings(name="p", api="prefect"))
    assert (settings.url, credential and credential.secret) == (PREFECT, "k3y")
    settings, credential = resolved(SourceSettings(name="p", api="prefect", token_env="MINE"))
    assert (settings.url, credential) == (PREFECT, None)


def test_an_address_of_ones_own_gets_no_credential_of_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_API_KEY", "k3y")
    settings = SourceSettings(name="p", api="prefect", url="http://elsewhere.example/api")
    assert resolved(settings) == (settings, None)
    assert open_source(settings).connection.credential.secret is None


async def test_where_nothing_is_told_the_source_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AIRFLOW__API__BASE_URL", raising=False)
    source = open_source(SourceSettings(name="a", api="airflow"))
    with pytest.raises(Unreachable, match="AIRFLOW__API__BASE_URL"):
        await source.run("a/b")


def test_a_configuration_may_leave_the_address_out(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[sources.a]\napi = "airflow"\n\n[sources.b]\napi = "noxus"\n')
    read = load(file)
    assert [source.name for source in read.sources] == ["a"]
    (problem,) = read.problems
    assert problem.message == "[sources.b] has no 'url', which it needs"


def test_what_is_told_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", PREFECT)
    own = own_of("prefect", {"PREFECT_API_URL": PREFECT, "PREFECT_API_KEY": "k3y"})
    assert isinstance(own, Own)
    assert "k3y" not in repr(own)
