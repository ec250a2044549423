"""The commands against the demo's server over real HTTP, and against servers that are wrong."""

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from click.testing import Result

from runs_tui.demo.catalogue import LONG_RUNNING
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer, Settings
from tests.test_cli_scripted import as_json, call

SECRET = "planted-secret-77b1"
LONG = f"workflow:{','.join(recipe.name for recipe in LONG_RUNNING)}"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
RUN_KEYS = {
    *("source", "id", "workflow", "state", "status", "reason", "created_at", "started_at"),
    *("finished_at", "updated_at", "duration_seconds", "trigger", "attempt", "retry_of"),
    *("progress", "error", "url", "details"),
}
STEP_KEYS = {
    *("key", "name", "state", "status", "depends_on", "started_at", "finished_at"),
    *("duration_seconds", "attempt", "error", "details"),
}
EVENT_KEYS = {"id", "at", "step", "level", "kind", "message", "details"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass
class Lab:
    """One API of the demo's server, and the commands against it."""

    api: str
    server: DemoServer

    def ask(self, *args: str) -> Result:
        return call(*args, "--api", self.api, "--url", self.server.urls[self.api])

    def first(self, state: str) -> dict[str, Any]:
        """Give the first run of a state; of the running ones, one that nobody has cancelled.

        It goes on for minutes: another may be over before anything is asked about it.
        """
        wanted = f"state:{state} {LONG}" if state == "running" else f"state:{state}"
        told = as_json(self.ask("list", wanted, "--limit", "20", "--json"))["runs"]
        run: dict[str, Any] = next(run for run in told if run["status"] != "Cancelling")
        return run

    def spoil(self, **fault: Any) -> None:
        self.server.faults[self.api].add(Fault(**fault))

    @property
    def cancels(self) -> int:
        paths = [request.path for request in self.server.faults[self.api].requests]
        return sum("set_state" in path or path.endswith("/cancel") for path in paths)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    server = DemoServer(["automation_runs", "prefect"], runs=150)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["automation_runs", "prefect"])
def lab(server: DemoServer, request: pytest.FixtureRequest) -> Iterator[Lab]:
    yield Lab(request.param, server)
    server.faults[request.param].clear()


@pytest.fixture
def prefect(server: DemoServer) -> Iterator[Lab]:
    yield Lab("prefect", server)
    server.faults["prefect"].clear()


def test_list(lab: Lab) -> None:
    result = lab.ask("list", "--limit", "5", "--json")
    assert result.exit_code == 0
    told = as_json(result)
    assert told.keys() == {"runs", "more", "sources"}
    assert len(told["runs"]) == 5
    assert told["more"] is True
    assert {run["source"] for run in told["runs"]} == {lab.api}
    for run in told["runs"]:
        assert run.keys() == RUN_KEYS
        assert INSTANT.fullmatch(run["created_at"])
    (source,) = told["sources"]
    assert source.keys() == {"name", "ok", "error", "total"}
    assert source["total"] > 100


def test_show_and_tail(lab: Lab) -> None:
    run = lab.first("failed")
    names = (run["id"], f"{lab.api}/{run['id']}", run["url"])
    for name in filter(None, names):
        told = as_json(lab.ask("show", name, "--json"))
        assert told.keys() == {"run", "steps"}
        assert told["run"]["id"] == run["id"]
        assert told["run"]["state"] == "failed"
        assert all(step.keys() == STEP_KEYS for step in told["steps"])
    result = lab.ask("tail", run["id"], "--json", "--no-follow")
    assert result.exit_code == 0
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events
    assert all(event.keys() == EVENT_KEYS for event in events)
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_the_end_of_an_active_run_is_now(lab: Lab) -> None:
    run = lab.first("running")
    result = lab.ask("tail", run["id"], "--json", "--no-follow")
    assert result.exit_code == 0
    assert as_json(lab.ask("show", run["id"], "--json"))["run"]["state"] == "running"


def test_an_unknown_run_is_4_for_every_command(lab: Lab) -> None:
    for args in (
        *(("show",), ("tail",), ("watch",)),
        *(("cancel", "--yes"), ("retry", "--yes")),
    ):
        result = lab.ask(*args, UNKNOWN)
        assert result.exit_code == 4, args
        assert result.stderr.startswith(f"runs-tui: {lab.api}/{UNKNOWN}: not found")


def test_cancel_and_retry(lab: Lab) -> None:
    run = lab.first("running")
    told = as_json(lab.ask("cancel", run["id"], "--yes", "--json"))
    (result,) = told["results"]
    assert result.keys() == {"source", "id", "ok", "error", "run"}
    assert result["ok"] is True
    assert result["run"].keys() == RUN_KEYS
    failed = lab.first("failed")
    again = lab.ask("retry", failed["id"], "--yes")
    assert again.exit_code == 0
    assert again.stdout.startswith(f"{lab.api}/{failed['id']}: retried, now queued")


def test_a_finished_run_is_not_cancelled(lab: Lab) -> None:
    run = lab.first("succeeded")
    result = lab.ask("cancel", run["id"], "--yes", "--json")
    assert result.exit_code == 1
    (told,) = as_json(result)["results"]
    assert told["ok"] is False
    assert told["error"].startswith("not possible now")


def test_a_lost_answer_is_looked_into_and_sent_once(prefect: Lab) -> None:
    run = prefect.first("running")
    before = prefect.cancels
    prefect.spoil(path="set_state", swallow=True)
    result = prefect.ask("cancel", run["id"], "--yes", "--json")
    assert result.exit_code == 0, result.stderr
    assert as_json(result)["results"][0]["ok"] is True
    assert prefect.cancels == before + 1


def test_a_write_that_never_arrived_is_not_repeated(prefect: Lab) -> None:
    run = prefect.first("running")
    before = prefect.cancels
    prefect.spoil(path="set_state", drop_after=0)
    result = prefect.ask("cancel", run["id"], "--yes")
    assert result.exit_code == 6
    assert "the run is still" in result.stderr
    assert prefect.cancels == before + 1


def test_a_short_fault_is_not_noticed(lab: Lab) -> None:
    lab.spoil(status=502)
    assert lab.ask("list").exit_code == 0


def test_every_source_fails_to_the_end(lab: Lab) -> None:
    lab.spoil(status=503, times=None)
    result = lab.ask("list", "--json")
    assert result.exit_code == 6
    (source,) = as_json(result)["sources"]
    assert source["ok"] is False
    assert "503" in source["error"]
    assert lab.ask("sources").exit_code == 6


def test_a_wrong_credential_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    server = DemoServer(["prefect"], runs=3, settings={"prefect": Settings(credential="a:b")})
    server.start()
    lab = Lab("prefect", server)
    try:
        monkeypatch.setenv("LAB_TOKEN", f"user:{SECRET}")
        for command in (["list"], ["show", UNKNOWN], ["cancel", UNKNOWN, "--yes"], ["sources"]):
            result = lab.ask(*command, "--token-env", "LAB_TOKEN")
            assert result.exit_code == 5, result.stderr
            assert "LAB_TOKEN" in result.stderr
            assert SECRET not in result.output
        monkeypatch.delenv("LAB_TOKEN")
        assert lab.ask("list", "--token-env", "LAB_TOKEN").exit_code == 5
        assert lab.ask("list").exit_code == 5
    finally:
        server.stop()


def test_hostile_names_reach_no_terminal() -> None:
    server = DemoServer(["prefect"], runs=60, hostile=True)
    server.start()
    lab = Lab("prefect", server)
    try:
        listed = lab.ask("list", "--json", "--limit", "60")
        runs = as_json(listed)["runs"]
        outputs = [listed.output, json.dumps(runs, ensure_ascii=False), lab.ask("list").output]
        for run in runs[:8]:
            outputs.append(lab.ask("show", run["id"]).output)
            outputs.append(lab.ask("show", run["id"], "--json").output)
        for state in ("failed", "succeeded"):
            run = lab.first(state)
            outputs.append(lab.ask("tail", run["id"], "--no-follow").output)
        assert [UNSAFE.search(output) for output in outputs] == [None] * len(outputs)
    finally:
        server.stop()


@pytest.fixture
def refused() -> str:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def web_page() -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = b"<!doctype html><html><title>Hello</title><p>\x1b[31mWelcome</html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


COMMANDS = (
    ["list"],
    ["show", UNKNOWN],
    ["tail", UNKNOWN],
    ["cancel", UNKNOWN, "--yes"],
    ["retry", UNKNOWN, "--yes"],
    ["watch", UNKNOWN],
    ["watch", "state:running"],
    ["sources"],
)


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_answers(refused: str, command: list[str]) -> None:
    result = call(*command, "--api", "prefect", "--url", refused)
    assert result.exit_code == 6
    assert result.stderr.startswith("runs-tui: prefect")
    assert "not reachable" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_web_page_is_no_api(web_page: str, command: list[str]) -> None:
    result = call(*command, "--api", "prefect", "--url", web_page)
    assert result.exit_code == 6, result.stderr
    assert not UNSAFE.search(result.output)
