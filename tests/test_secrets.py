"""No credential shows anywhere: each is planted, and then looked for in all that is put out."""

import base64
import json
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import keyring.core
import pytest
from click.testing import CliRunner
from keyring.backend import KeyringBackend

from runs_tui.app import RunsApp
from runs_tui.cli.commands import program
from runs_tui.config import load, open_source
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.model.curl import curl
from runs_tui.widgets import exchange_words
from tests.screens.stage import until

PLANTED = {
    "bearer": "pl4nted-bearer/of+lightning==",
    "command": "pl4nted-command-of-noxus",
    "userpass": "me:pl4nted-pass-of-prefect",
    "login": "pl4nted login of runwisp",
    "key": "pl4nted-key-of-runs",
}
SOURCES: dict[str, tuple[str, dict[str, str]]] = {
    "bearer": ("lightning", {}),
    "command": ("noxus", {}),
    "userpass": ("prefect", {}),
    "login": ("runwisp", {"auth": "password"}),
    "key": ("automation_runs", {"auth": "api_key_header"}),
    "cookie": ("automation_runs", {"auth": "cookie"}),
    "token": ("runwisp", {}),
}
"""The sources by name, each with its API and its options."""


@dataclass
class Place:
    """Servers that want credentials, and a configuration that has them all."""

    server: DemoServer
    log: Path

    @property
    def secrets(self) -> set[str]:
        """Everything that must not show, the tokens of logins among them, in all its forms."""
        asked = self.server.faults["runwisp"].requests
        shown = [request.headers.get("authorization", "") for request in asked]
        tokens = {text.removeprefix("Bearer ") for text in shown if text}
        bodies = [json.loads(r.body) for r in asked if r.body and b"nonce" in r.body]
        responses = {str(body["response"]) for body in bodies}
        plain = {*PLANTED.values(), PLANTED["userpass"].partition(":")[2], *tokens, *responses}
        forms = {form for secret in plain for form in _forms(secret)}
        return forms - {""}

    def echo(self) -> str:
        """Give all that was planted, as a server that repeats what it was told."""
        return " ".join(form for secret in PLANTED.values() for form in _forms(secret))

    def spoil(self, **fault: Any) -> None:
        for faults in self.server.faults.values():
            faults.add(Fault(times=None, **fault))


def _forms(secret: str) -> Sequence[str]:
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return [secret, quote(secret, safe=""), quote_plus(secret), encoded]


class Vault(KeyringBackend):
    """The keyring of a system, which has one secret."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return PLANTED["login"] if (service, username) == ("runs-tui", "wisp") else None

    def set_password(self, service: str, username: str, password: str) -> None: ...


@pytest.fixture(scope="module")
def serving() -> Iterator[DemoServer]:
    by_api = {api: PLANTED[name] for name, (api, _) in SOURCES.items() if name in PLANTED}
    settings = {api: Settings(credential=secret) for api, secret in by_api.items()}
    server = DemoServer(list(by_api), runs=60, settings=settings)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def place(serving: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    vault = tmp_path / "vault"
    vault.write_text(PLANTED["command"])
    tables = []
    for name, (api, options) in SOURCES.items():
        secret = next(s for n, s in PLANTED.items() if SOURCES[n][0] == api)
        if name == "command":
            origin = f'token_command = ["cat", "{vault}"]'
        elif name == "token":
            monkeypatch.setattr(keyring.core, "_keyring_backend", Vault())  # type: ignore[no-untyped-call]
            origin = 'token_keyring = "runs-tui/wisp"'
        else:
            monkeypatch.setenv(f"{name.upper()}_SECRET", secret)
            origin = f'token_env = "{name.upper()}_SECRET"'
        told = "".join(f'{key} = "{value}"\n' for key, value in options.items())
        url = serving.urls[api]
        tables.append(
            f'[sources.{name}]\napi = "{api}"\nurl = "{url}"\n{origin}\n'
            f"[sources.{name}.options]\n{told}"
        )
    path = tmp_path / "config.toml"
    path.write_text("\n".join(tables))
    monkeypatch.setenv("RUNS_TUI_CONFIG", str(path))
    monkeypatch.setenv("RUNS_TUI_DEBUG", "1")
    for faults in serving.faults.values():
        faults.clear()
    yield Place(serving, tmp_path / "log")
    for faults in serving.faults.values():
        faults.clear()


FAULTS: Mapping[str, dict[str, Any]] = {
    "none": {},
    "refused": {"status": 401},
    "forbidden": {"status": 403},
    "failing": {"status": 500},
    "refusing": {"status": 422},
    "garbage": {"status": 200},
    "elsewhere": {"status": 302, "to": "https://thief.test/?token={}"},
    "around": {"status": 307, "to": "/noxus/?session={}"},
}


def arm(place: Place, fault: str) -> None:
    told = dict(FAULTS[fault])
    if not told:
        return
    to = told.pop("to", "")
    echo = place.echo()
    headers = {
        "set-cookie": f"a={quote(PLANTED['login'])}",
        "x-told": echo,
        "x-request-id": PLANTED["bearer"],
        **({"location": to.format(quote(echo))} if to else {}),
    }
    body = json.dumps({"detail": echo, "token": echo, "items": [{"id": echo}]}).encode()
    place.spoil(body=body, headers=headers, **told)


def commands(place: Place, names: Collection[str]) -> Iterator[tuple[str, ...]]:
    yield ("list", "--limit", "3")
    yield ("list", "state:failed", "--json", "--limit", "3")
    yield ("sources",)
    yield ("config", "show")
    for name, (api, _) in SOURCES.items():
        if name not in names:
            continue
        world = place.server.worlds[api]
        run = world.runs(place.server.clock.now())[0].id
        yield ("show", f"{name}/{run}")
        yield ("tail", f"{name}/{run}", "--no-follow")
        yield ("cancel", f"{name}/{run}", "--yes")
        yield ("retry", f"{name}/{run}", "--yes", "--json")


@pytest.mark.parametrize("fault", FAULTS)
def test_no_command_tells_a_secret(place: Place, fault: str) -> None:
    arm(place, fault)
    told = []
    slow = fault == "failing"  # each reading is tried three times
    for command in commands(place, {"userpass"} if slow else PLANTED.keys()):
        result = CliRunner().invoke(program, [*command, "--log", str(place.log)])
        assert result.exit_code in range(8), (command, result.output)
        told.append(result.output)
    log = place.log.read_text()
    assert log.count("it ends with status") == len(told)
    assert " -> " in log
    everything = "\n".join([*told, log])
    if fault == "none":
        answered = {line.split()[3] for line in log.splitlines() if "-> 200 in" in line}
        assert answered == {f"{name}:" for name in SOURCES}
    elif fault != "around":
        assert "***" in everything
    found = {secret for secret in place.secrets if secret in everything}
    assert found == set()


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_screen_shows_a_secret(place: Place, fault: str) -> None:
    arm(place, fault)
    config = load()
    sources = [open_source(settings) for settings in config.sources]
    app = RunsApp(sources, config=config)
    async with app.run_test(size=(200, 50)) as pilot:
        await until(
            pilot, lambda: {one.source for one in app.exchanges.all if one.over} >= {*SOURCES}
        )
        await pilot.press("at")
        await until(pilot, lambda: app.screen.query("#requests"))
        await until(pilot, lambda: all(one.over or one.stream for one in app.exchanges.all))
        told = [app.export_screenshot()]
        for key in ("k", "enter", "G", "Y", "escape", "g", "enter"):
            await pilot.press(key)
            told.append(app.export_screenshot())
        exchanges = app.exchanges.all
        app.exit()
    for exchange in exchanges:
        told += ["".join(text for text, _ in line) for line in exchange_words.lines(exchange, "")]
        told += [curl(exchange), str(exchange), repr(exchange.asked), repr(exchange.answered)]
    everything = "\n".join(told)
    assert "$BEARER_SECRET" in everything
    assert "$COOKIE_SECRET" in everything
    assert {secret for secret in place.secrets if secret in everything} == set()


def words_of(path: Path) -> str:
    """Give what a list of processes tells of one; nothing of one that is over by now."""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def test_no_list_of_processes_has_a_secret(place: Place) -> None:
    run = place.server.worlds["prefect"].runs(place.server.clock.now())[0].id
    command = [sys.executable, "-m", "runs_tui", "tail", f"userpass/{run}", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        listed = list(map(words_of, Path("/proc").glob("[0-9]*/cmdline")))
        process.kill()
    assert any("tail" in line for line in listed) or process.returncode is not None
    assert [line for line in listed if "pl4nted" in line] == []
