"""The commands on the configuration."""

import json
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator

from tests.test_cli_scripted import Scripted, World, as_json, call, make

__all__ = ["make"]

SECRET = "planted-secret-5d41"
WHOLE = """
theme = "nord"

[sources.prod]
api = "prefect"
url = "https://prefect.example.org/api"
token_env = "PROD_TOKEN"
protected = true
refresh = "1m30s"
[sources.prod.options]
auth = "bearer"

[views."night failures"]
filter = "state:failed"
columns = ["state", "details.deployment_name"]

[keys]
run.cancel = "C"
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("RUNS_TUI_CONFIG", str(path))
    monkeypatch.setenv("RUNS_TUI_STATE", str(tmp_path / "state.json"))
    monkeypatch.delenv("PROD_TOKEN", raising=False)
    return path


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the place of the configuration of a user who has none."""
    for name in ("RUNS_TUI_CONFIG", "RUNS_TUI_STATE", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Path(call("config", "path").stdout.strip())


def shown(*args: str) -> dict[str, dict[str, Any]]:
    """Give what `config show` tells, by its keys."""
    return {
        value["key"]: value for value in as_json(call("config", "show", "--json", *args))["values"]
    }


# path


def test_the_path_of_a_file_that_is_there(path: Path) -> None:
    path.touch()
    result = call("config", "path")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{path}\n", "it is there\n")
    document = as_json(call("config", "path", "--json"))
    assert document == {"path": str(path), "exists": True, "variable": "RUNS_TUI_CONFIG"}


def test_the_path_of_a_file_that_is_not_there(nowhere: Path) -> None:
    result = call("config", "path")
    assert result.exit_code == 0
    assert result.stdout.endswith("runs-tui/config.toml\n")
    assert result.stderr == "there is no such file\n"
    assert as_json(call("config", "path", "--json"))["variable"] is None


# show


def test_every_value_tells_where_it_comes_from(path: Path) -> None:
    path.write_text(WHOLE)
    values = shown()
    in_file = {
        key: v["origin"]["line"] for key, v in values.items() if v["origin"]["kind"] == "file"
    }
    assert in_file == {
        "theme": 2,
        "sources.prod.api": 5,
        "sources.prod.url": 6,
        "sources.prod.token_env": 7,
        "sources.prod.protected": 8,
        "sources.prod.refresh": 9,
        "sources.prod.options.auth": 11,
        'views."night failures".filter': 14,
        'views."night failures".columns': 15,
        'keys."run.cancel"': 18,
    }
    assert values["theme"]["origin"]["name"] == str(path)
    assert values["sources.prod.refresh"]["value"] == "90s"
    assert values["sources.prod.read_only"]["value"] is False
    assert values["sources.prod.color"]["value"] is None
    assert values["sources.prod.options.upcoming"]["value"] is None
    assert values['keys."run.cancel"']["value"] == "C"
    assert values['keys."run.retry"']["value"] == "R"


def test_what_is_shown_is_a_configuration_that_means_the_same(path: Path, tmp_path: Path) -> None:
    path.write_text(WHOLE)
    result = call("config", "show")
    assert (result.exit_code, result.stderr) == (0, "")
    values = tomllib.loads(result.stdout)
    assert values["sources"]["prod"]["options"] == {"auth": "bearer"}
    again = tmp_path / "again.toml"
    again.write_text(result.stdout)
    assert call("config", "validate", str(again)).exit_code == 0


def test_what_is_shown_for_people(path: Path) -> None:
    path.write_text(WHOLE)
    lines = call("config", "show").stdout.splitlines()
    assert lines[0] == f"# configuration: {path} (variable RUNS_TUI_CONFIG)"
    assert lines[1].endswith("state.json (variable RUNS_TUI_STATE, not there)")
    assert 'api = "prefect"                          # config.toml:5' in lines
    assert (
        'token_env = "PROD_TOKEN"                 '
        "# config.toml:7, the variable PROD_TOKEN is not set"
    ) in lines
    assert "read_only = false                        # default" in lines
    assert "# color is not set" in lines
    assert any(line.startswith("# upcoming is not set: show to list runs") for line in lines)
    assert not any("token_command" in line for line in lines)
    cancel = next(line for line in lines if line.startswith('"run.cancel"'))
    assert cancel.split("# ")[1] == "config.toml:18: Cancel the run; asks first"


def test_an_empty_configuration_shows_what_holds_anyway(nowhere: Path) -> None:
    result = call("config", "show")
    assert (result.exit_code, result.stderr) == (0, "no source is configured\n")
    assert result.stdout.startswith(f"# configuration: {nowhere} (default, not there)\n")
    assert 'theme = "night"  # default' in result.stdout


def test_sources_are_chosen_or_described_by_options(path: Path) -> None:
    path.write_text(WHOLE + '[sources.lab]\napi = "prefect"\nurl = "http://localhost"\n')
    assert {key.split(".")[1] for key in shown("--source", "lab") if key[:7] == "sources"} == {
        "lab"
    }
    assert call("config", "show", "--source", "lb").exit_code == 2
    values = shown("--api", "prefect", "--url", "http://x/api", "--option", "auth=basic")
    origins = {key: value["origin"] for key, value in values.items() if value["value"] is not None}
    assert origins["sources.prefect.url"] == {"kind": "option", "name": "--url", "line": None}
    assert origins["sources.prefect.options.auth"]["name"] == "--option"
    assert origins["sources.prefect.protected"]["kind"] == "default"


def credential(path: Path, line: str) -> tuple[str, Result]:
    """Give what is told about a credential, and everything that is shown."""
    path.write_text(f'[sources.prod]\napi = "prefect"\nurl = "http://x"\n{line}\n')
    document = as_json(call("config", "show", "--json"))
    return document["credentials"][0]["told"], call("config", "show")


@pytest.mark.parametrize(
    ("value", "told"), [(None, "is not set"), ("", "is empty"), (SECRET, "is set")]
)
def test_a_variable_is_told_and_its_value_is_not(
    path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, told: str
) -> None:
    if value is not None:
        monkeypatch.setenv("PROD_TOKEN", value)
    said, result = credential(path, 'token_env = "PROD_TOKEN"')
    assert said == f"the variable PROD_TOKEN {told}"
    assert said in result.stdout
    assert SECRET not in result.output


def test_a_command_is_neither_run_nor_shown_in_full(path: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    words = json.dumps([sys.executable, "-c", f"open({str(ran)!r}, 'w'); print({SECRET!r})"])
    said, result = credential(path, f"token_command = {words}")
    assert said.endswith("can be started, which was not done here")
    assert f'token_command = ["{sys.executable}", "…", "…"]' in result.stdout
    assert SECRET not in result.output
    assert not ran.exists()
    said, _ = credential(path, 'token_command = ["no-such-command-at-all"]')
    assert said == "there is no program no-such-command-at-all"


def test_the_keyring_is_asked_and_what_it_has_is_not_shown(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = SimpleNamespace(KeyringError=LookupError)
    kept = {("runs-tui", "prod"): SECRET}
    ring = SimpleNamespace(get_password=lambda *entry: kept.get(entry), errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    said, result = credential(path, 'token_keyring = "runs-tui/prod"')
    assert said == "the keyring has it"
    assert SECRET not in result.output
    said, _ = credential(path, 'token_keyring = "runs-tui/lab"')
    assert said == "the keyring has nothing for runs-tui/lab"


def test_what_is_wrong_is_told_beside_what_holds_and_not_shown(path: Path) -> None:
    path.write_text(
        WHOLE + f'[sources.lab]\napi = "prefect"\nurl = "http://x"\noptions.token = "{SECRET}"\n'
    )
    result = call("config", "show")
    assert result.exit_code == 2
    assert "[sources.prod]" in result.stdout
    assert "[sources.lab]" not in result.stdout
    assert f"runs-tui: {path}:22: the API prefect has no option 'token'" in result.stderr
    assert SECRET not in result.output
    assert as_json(call("config", "show", "--json"))["problems"][0]["line"] == 22


# validate


def test_nothing_wrong_is_said_in_a_sentence(path: Path) -> None:
    path.write_text(WHOLE)
    result = call("config", "validate")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"nothing is wrong with {path}: 1 source, 1 view\n"
    document = as_json(call("config", "validate", "--json"))
    assert document == {"path": str(path), "ok": True, "problems": []}


def test_no_file_is_nothing_wrong(nowhere: Path) -> None:
    result = call("config", "validate")
    assert result.exit_code == 0
    assert "none is needed" in result.stderr


def test_a_file_that_was_named_must_be_there(path: Path, tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    for result in (call("config", "validate"), call("config", "validate", str(missing))):
        assert result.exit_code == 2
        assert "there is no such file" in result.stdout


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('theme = "nigt"', "1: there is no theme 'nigt': did you mean 'night'?"),
        ('keys."run.cancle" = "X"', "1: there is nothing to bind under 'run.cancle': did you mean"),
        (
            "[keys]\nrun.cancle = 'X'",
            "2: there is nothing to bind under 'run.cancle': did you mean",
        ),
        (
            'keys."run.cancel" = "entr"',
            "1: there is no key 'entr' to bind 'run.cancel' to: did you",
        ),
        ('keys."run.cancel" = "cttrl+x"', "1: there is no key 'cttrl+x' to bind 'run.cancel' to"),
        ('keys."run.cancel" = ",,"', "1: the keys of 'run.cancel' must be named, with a comma"),
        ('keys."run.cancel" = "R"', "1: 'run.cancel' takes the key 'R', which 'run.retry' has"),
        ('keys."run.copy" = "/"', "1: 'run.copy' takes the key 'slash', which 'runs.filter' has"),
        ("views.x.columns = ['sate']", "1: views.x.columns: there is no column 'sate': did you"),
        ("a = [", "1: this is not TOML: "),
    ],
)
def test_every_problem_has_its_line_and_the_nearest_word(
    path: Path, line: str, problem: str
) -> None:
    path.write_text(line + "\n")
    result = call("config", "validate")
    assert result.exit_code == 2
    assert result.stdout.startswith(f"{path}:{problem}")
    assert result.stderr == "1 problem\n"


@pytest.mark.parametrize(
    "keys",
    [
        {"run.cancel": "C,ctrl+t", "run.retry": "X"},
        {"run.cancel": "R", "run.retry": "X"},
        {"list.open": "enter,O"},
        {"runs.filter": "/,question_mark", "view.help": "f1"},
        {"runs.quick": "left_square_bracket", "pane.tab_back": "comma"},
        {"pane.toggle": "ctrl+shift+p,ü,+", "source.add": "A"},
    ],
)
def test_keys_may_be_bound_anew(path: Path, keys: dict[str, str]) -> None:
    path.write_text("[keys]\n" + "".join(f'"{id}" = "{key}"\n' for id, key in keys.items()))
    assert call("config", "validate").stdout == ""


def test_another_file_is_examined_whole(path: Path, tmp_path: Path) -> None:
    path.write_text(WHOLE)
    other = tmp_path / "team.toml"
    other.write_text(
        '[sources.a]\napi = "prefct"\nurl = "http://x"\n'
        '[sources.b]\napi = "prefect"\nurl = "http://x"\noptions.auth = "beaer"\n'
        "[veiws.x]\n"
    )
    document = as_json(call("config", "validate", str(other), "--json"))
    assert document["ok"] is False
    assert [problem["line"] for problem in document["problems"]] == [2, 7, 8]
    assert {problem["path"] for problem in document["problems"]} == {str(other)}


# schema


def test_the_schema_is_one_and_names_every_api(path: Path) -> None:
    result = call("config", "schema")
    schema = json.loads(result.stdout)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert '"upcoming"' in result.stdout
    assert call("config", "schema", "--json").stdout == result.stdout


# The command line


@pytest.mark.parametrize("command", ["path", "show", "validate", "schema"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = call("config", command, "--help")
    assert result.exit_code == 0
    assert f"runs-tui config {command}" in result.stdout.partition("Example:")[2]


def test_an_api_whose_options_are_another_hands(make: Any) -> None:
    world: World = make(Scripted)
    world.configure("a", more="options.project = 7\n")
    assert shown()["sources.a.options.project"]["value"] == "7"
