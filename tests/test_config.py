import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from textual.color import Color

from runs_tui import adapters
from runs_tui.adapters.base import Source
from runs_tui.adapters.unusable import UnusableSource
from runs_tui.config import Config, ConfigError, SourceSettings, config_path, load, open_source
from runs_tui.config.kinds import COLORS
from runs_tui.config.words import ADDRESS, wrong_url
from runs_tui.model.errors import BadAnswer, Unauthorized
from runs_tui.model.query import Query, Sort

SECRET = "planted-secret-5d41"
PROD = '[sources.prod]\napi = "made_up"\nurl = "https://runs.example.org/api"\n'
Read = Callable[[str], Config]


class MadeUp(Source):
    """A source of an API that does not exist."""

    api: ClassVar[str] = "made_up"
    options: ClassVar[Mapping[str, str]] = {"auth": "How.", "project": "Which project."}

    runs = run = steps = None  # type: ignore[assignment]

    async def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def source_type(api: str) -> type[Source]:
        if api != "made_up":
            raise LookupError(f"there is no API {api!r}: did you mean 'made_up'?")
        return MadeUp

    monkeypatch.setattr(adapters, "source_type", source_type)
    monkeypatch.setattr(adapters, "api_names", lambda: ("made_up", "other"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def read(path: Path) -> Read:
    def read(text: str) -> Config:
        path.write_text(text, "utf-8")
        return load(path)

    return read


def told(config: Config) -> list[str]:
    return [str(problem).removeprefix(f"{config.path}:") for problem in config.problems]


def test_a_whole_configuration(read: Read) -> None:
    config = read(
        """
        theme = "night"
        [sources.prod]
        api = "made_up"
        url = "https://runs.example.org/api"
        token_env = "PROD_TOKEN"
        read_only = true
        protected = true
        color = "red"
        refresh = "1m30s"
        [sources.prod.options]
        auth = "bearer"
        project = 7
        [sources.lab]
        api = "other"
        url = "http://localhost:4200"
        token_command = ["pass", "show", "lab"]
        [sources.stage]
        api = "other"
        url = "http://localhost:4201"
        token_keyring = "runs-tui/stage"
        color = "#ff8800"
        [views.night-failures]
        filter = "state:failed created:>12h"
        sort = "-finished"
        columns = ["state", "workflow", "source", "details.deployment_name", "error"]
        [views.slow]
        filter = ""
        sort = "-duration"
        [views.plain]
        [keys]
        "run.cancel" = "X"
        run.retry = "R"
        """
    )
    assert config.problems == ()
    assert [source.name for source in config.sources] == ["prod", "lab", "stage"]
    prod, lab, stage = config.sources
    assert prod == SourceSettings(
        name="prod",
        api="made_up",
        url="https://runs.example.org/api",
        token_env="PROD_TOKEN",
        read_only=True,
        protected=True,
        color="red",
        refresh=90.0,
        options={"auth": "bearer", "project": "7"},
        path=config.path,
    )
    assert lab.token_command == ("pass", "show", "lab")
    assert stage.token_keyring == "runs-tui/stage"
    view = config.views["night-failures"]
    assert str(view.query) == "state:failed created:>12h"
    assert view.query.sort == Sort("finished", descending=True)
    assert view.columns == (
        "state",
        "workflow",
        "source",
        "details.deployment_name",
        "error",
    )
    assert config.views["slow"].query == Query(sort=Sort("took", descending=True))
    assert config.views["plain"].query == Query()
    assert config.keys == {"run.cancel": "X", "run.retry": "R"}
    assert config.theme == "night"


PROBLEMS = [
    ("sorces = 1\n", "1: there is no setting 'sorces' in the configuration: did you mean"),
    (
        PROD + 'urll = "x"\n',
        "4: there is no setting 'urll' in [sources.prod]: did you mean 'url'",
    ),
    (PROD + "read_only = 1\n", "4: sources.prod.read_only must be true or false"),
    (PROD + 'protected = "yes"\n', "4: sources.prod.protected must be true or false"),
    (PROD + "token_env = 3\n", "4: sources.prod.token_env must be a text in quotes"),
    (PROD + 'token_env = ""\n', "4: sources.prod.token_env must be a text in quotes, and not"),
    (PROD + 'token_command = "pass show"\n', "4: sources.prod.token_command must be a list"),
    (PROD + "token_command = []\n", "4: sources.prod.token_command must be a list"),
    (PROD + 'token_keyring = "prod"\n', "4: sources.prod.token_keyring must be service/user"),
    (
        PROD + 'color = "rde"\n',
        "4: sources.prod.color: there is no color 'rde': did you mean",
    ),
    (
        PROD + "refresh = 5\n",
        '4: sources.prod.refresh must be a time in quotes, as "5s" or "1m"',
    ),
    (PROD + 'refresh = "soon"\n', '4: sources.prod.refresh must be a time in quotes, as "5s"'),
    (PROD + 'refresh = "0s"\n', '4: sources.prod.refresh must be a time in quotes, as "5s"'),
    (PROD + 'options = "x"\n', "4: sources.prod.options must be a table, as [sources.prod.opt"),
    (PROD + "options.auth = [1]\n", "4: sources.prod.options.auth must be a text"),
    (
        PROD + 'token_env = "A"\ntoken_command = ["a"]\n',
        "1: sources.prod has more than one of token_env, token_command, token_keyring",
    ),
    ('[sources.prod]\nurl = "http://x"\n', "1: [sources.prod] has no 'api', which it needs"),
    ('[sources.prod]\napi = "other"\n', "1: [sources.prod] has no 'url', which it needs"),
    ("[sources]\nprod = 1\n", "2: sources.prod must be a table, as [sources.prod]"),
    (PROD.replace("made_up", "madeup"), "2: sources.prod.api: there is no API 'madeup': did"),
    (PROD.replace("https:", "ftp:"), "3: sources.prod.url: the address must be http://host"),
    (PROD.replace(".org/", ".org:x/"), "3: sources.prod.url: the address must be http://host"),
    (PROD.replace("/api", "/api?a=1"), "3: sources.prod.url: the address of an API has no '?'"),
    (PROD.replace("prod", '"pr/od"'), "1: a source cannot be called 'pr/od': use letters"),
    ("views = 1\n", "1: views must be a table, as [views]"),
    (
        '[views.a]\nfilter = "state:faild"\n',
        "2: views.a.filter, character 7: there is no state",
    ),
    (
        '[views.a]\nsort = "-finish"\n',
        "2: views.a.sort: runs cannot be sorted by 'finish': d",
    ),
    (
        '[views.a]\ncolumns = ["sate"]\n',
        "2: views.a.columns: there is no column 'sate': did you",
    ),
    (
        '[views.a]\ncolumns = ["id", "id"]\n',
        "2: views.a.columns: 'id' stands there twice",
    ),
    ("[views.a]\nfilter = 1\n", "2: views.a.filter must be a text in quotes"),
    ("[views.'']\n", "1: a view cannot be called ''"),
    (PROD + 'token_command = [" "]\n', "4: sources.prod.token_command: the first word is"),
    ('[views.a]\nfliter = "x"\n', "2: there is no setting 'fliter' in [views.a]: did you mean"),
    ("[keys]\n'run.cancel' = 1\n", "2: the key of 'run.cancel' must be a text in quotes"),
    ("[keys]\nrun.cancel = 1\n", "2: the key of 'run.cancel' must be a text in quotes"),
    ("theme = 1\n", "1: theme must be a text in quotes, and not empty"),
    ("a = 1\nb = [\n", "2: this is not TOML: Invalid value"),
    ("a = 1\na = 2\n", "2: this is not TOML: Cannot overwrite a value"),
]
"""Configurations with one thing wrong in each, and how that is told."""


@pytest.mark.parametrize(("text", "problem"), PROBLEMS)
def test_one_problem(read: Read, text: str, problem: str) -> None:
    (found,) = told(read(text))
    assert found.startswith(problem), found


def test_all_problems_are_told_and_the_good_sources_stay(read: Read) -> None:
    config = read(
        PROD
        + '[sources.bad]\napi = "made_upp"\nurl = "x"\nread_onyl = true\n'
        + '[sources.good]\napi = "other"\nurl = "http://localhost:1"\n'
        + "[veiws]\n"
    )
    assert [source.name for source in config.sources] == ["prod", "good"]
    assert [line.partition(":")[0] for line in told(config)] == ["5", "6", "7", "11"]


def test_a_misspelt_guard_never_leaves_a_source_open(read: Read) -> None:
    assert read(PROD + "readonly = true\n").sources == ()


@pytest.mark.parametrize("key", ["token", "password", "api_key"])
def test_a_credential_in_the_file_is_refused_and_not_repeated(read: Read, key: str) -> None:
    (found,) = told(read(PROD + f'{key} = "{SECRET}"\n'))
    assert "token_env" in found
    assert SECRET not in found


@pytest.mark.parametrize(
    "line",
    [
        f'url = "https://user:{SECRET}@runs.example.org"',
        f'url = "{SECRET}"',
        f'url = "https://runs.example.org/?token={SECRET}"',
        f'url = "http://runs.example.org/ {SECRET}"',
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_repeated(read: Read, line: str) -> None:
    config = read(f'[sources.prod]\napi = "other"\n{line}\n')
    assert config.sources == ()
    assert SECRET not in repr(config)


def test_a_secret_in_the_place_of_a_variable_is_not_repeated(read: Read) -> None:
    config = read(PROD + f'token_env = "{SECRET}"\n')
    assert "not the name of a variable" in told(config)[0]
    assert SECRET not in repr(config)


def test_places_of_every_spelling(read: Read) -> None:
    config = read(
        "# sources\n"
        '[ sources . "prod" ]  # one\n'
        'api="made_up"\n'
        "url = 'http://x.example.org'\n"
        '"read_only" = 3\n'
        "[sources]\n"
        'lab.api = "other"\n'
        'lab.url = "http://localhost"\n'
        "lab.protected = 1\n"
        'in_line = { api = "other", url = "http://localhost", protected = 1 }\n'
    )
    assert [line.partition(":")[0] for line in told(config)] == ["5", "9", "10"]


def test_no_file_is_an_empty_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNS_TUI_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load() == Config(path=config_path())
    assert config_path().parts[-2:] == ("runs-tui", "config.toml")


def test_a_named_file_must_be_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNS_TUI_CONFIG", str(path))
    assert [str(problem) for problem in load().problems] == [f"{path}: there is no such file"]


def test_a_file_that_is_no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    assert "not text in UTF-8" in str(load(path).problems[0])


def test_a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir()
    assert "it cannot be read: is a directory" in str(load(path).problems[0])


def test_a_byte_order_mark_and_foreign_line_ends_are_fine(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + (PROD + "refresh = 1\n").replace("\n", "\r\n").encode())
    assert told(load(path)) == ['4: sources.prod.refresh must be a time in quotes, as "5s" or "1m"']


def test_every_colour_can_be_drawn() -> None:
    assert [Color.parse(f"ansi_{color}").ansi for color in COLORS] == list(range(16))


def settings(**more: object) -> SourceSettings:
    told = {"name": "prod", "api": "made_up", "url": "https://runs.example.org", **more}
    return SourceSettings(**told)  # type: ignore[arg-type]


def test_a_source_is_opened_with_everything_that_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROD_TOKEN", f" {SECRET}\n")
    source = open_source(
        settings(token_env="PROD_TOKEN", read_only=True, refresh=5.0, options={"project": "7"})
    )
    assert isinstance(source, MadeUp)
    connection = source.connection
    assert connection.credential.secret == SECRET
    assert connection.credential.origin == "PROD_TOKEN"
    assert connection.read_only
    assert connection.refresh == 5.0
    assert connection.options == {"project": "7"}
    assert SECRET not in repr(connection)


@pytest.mark.parametrize(
    ("value", "what"), [(None, "is not set"), ("", "is empty"), (" ", "is em")]
)
def test_a_missing_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str | None, what: str
) -> None:
    monkeypatch.delenv("PROD_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("PROD_TOKEN", value)
    source = open_source(settings(token_env="PROD_TOKEN"))
    assert isinstance(source, UnusableSource)
    assert isinstance(source.why, Unauthorized)
    assert source.api == settings().api
    assert f"the variable PROD_TOKEN {what}" in source.why.sentence


def test_an_unknown_option_has_its_line(read: Read) -> None:
    config = read(PROD + '[sources.prod.options]\nauth = "a"\nprojct = "7"\nx = "y"\n')
    with pytest.raises(ConfigError) as caught:
        open_source(config.sources[0])
    first, second = caught.value.problems
    assert first.line == 6
    assert first.message == "the API made_up has no option 'projct': did you mean 'project'?"
    assert second.line == 7


def test_an_unknown_api_is_told() -> None:
    with pytest.raises(ConfigError, match="did you mean 'made_up'"):
        open_source(settings(api="madeup"))


def test_an_adapter_that_objects_to_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BadAnswer("no project")

    monkeypatch.setattr(MadeUp, "__init__", refuse)
    source = open_source(settings())
    assert isinstance(source, UnusableSource)
    assert isinstance(source.why, BadAnswer)


def command(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_a_command_tells_the_credential_in_its_first_line() -> None:
    source = open_source(settings(token_command=command(f"print('{SECRET}\\nuser: me')")))
    assert source.connection.credential.secret == SECRET
    assert source.connection.credential.origin == "token_command of prod"


@pytest.mark.parametrize(
    ("told", "what"),
    [
        (command("import sys; sys.exit(3)"), "ended with status 3"),
        (command("pass"), "printed nothing"),
        (
            command(f"import sys; print('{SECRET}'); sys.exit('no \\x1b[31m{SECRET}\\n\\nlocked')"),
            "ended with status 1: locked",
        ),
        (command(f"import sys; print('{SECRET}'); sys.exit('bad {SECRET}')"), "status 1: bad ***"),
        (("no-such-command-at-all",), "no-such-command-at-all cannot be started: No such file"),
        (("a\0b",), "cannot be started: it is not a command"),
    ],
)
def test_a_command_that_fails(told: tuple[str, ...], what: str) -> None:
    source = open_source(settings(token_command=told))
    assert isinstance(source, UnusableSource)
    assert isinstance(source.why, Unauthorized)
    assert what in source.why.sentence
    assert SECRET not in source.why.sentence
    assert "\x1b" not in source.why.sentence


def test_a_command_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired(["slow"], 30)

    monkeypatch.setattr(subprocess, "run", wait)
    source = open_source(settings(token_command=("slow",)))
    assert isinstance(source, UnusableSource)
    assert "slow printed nothing within 30 s" in source.why.sentence


class LockedError(Exception):
    pass


def ring(monkeypatch: pytest.MonkeyPatch, get: Callable[[str, str], str | None]) -> None:
    errors = SimpleNamespace(KeyringError=LockedError)
    fake = SimpleNamespace(get_password=get, errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_the_keyring_tells_the_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    ring(monkeypatch, lambda service, user: SECRET if (service, user) == ("a/b", "c") else None)
    source = open_source(settings(token_keyring="a/b/c"))
    assert source.connection.credential.secret == SECRET


def test_the_keyring_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ring(monkeypatch, lambda service, user: None)
    source = open_source(settings(token_keyring="runs-tui/prod"))
    assert isinstance(source, UnusableSource)
    assert "nothing for runs-tui/prod" in source.why.sentence


def test_the_keyring_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(service: str, user: str) -> None:
        raise LockedError("it is locked")

    ring(monkeypatch, get)
    source = open_source(settings(token_keyring="runs-tui/prod"))
    assert isinstance(source, UnusableSource)
    assert "it is locked" in source.why.sentence


def test_the_keyring_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    source = open_source(settings(token_keyring="runs-tui/prod"))
    assert isinstance(source, UnusableSource)
    assert "runs-tui[keyring]" in source.why.sentence


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("unix:///run/user/1000/runwisp.sock", True),
        ("UNIX:///a%20b", True),
        ("unix://", False),
        ("unix:///", False),
        ("unix://host/path", False),
        ("unix:///a b", False),
        ("http://host", True),
        ("file:///etc", False),
    ],
)
def test_an_address_may_be_a_socket(url: str, fine: bool) -> None:
    assert (wrong_url(url) is None) is fine
    if fine:
        assert re.fullmatch(ADDRESS, url)
