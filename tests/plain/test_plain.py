"""The line mode from the outside: scripts in a pipe, against the demo's servers."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runs_tui.app import known
from runs_tui.cli.plain.commands import COMMANDS
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer
from tests.plain.lab import UNSAFE, Lab
from tests.talking import LIMIT, PROGRAM, told

NUMBERED = re.compile(r"^(\d+)  (\w+)  (\S+)  ([\w]+)/(\S+)", re.MULTILINE)


def begun(lab: Lab, script: str) -> "subprocess.Popen[str]":
    """Begin to talk by a script, whose answers are read meanwhile."""
    process = subprocess.Popen(
        [*PROGRAM, "--plain"],
        env=lab.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(script)
    process.stdin.close()
    return process


def test_it_begins_with_the_sources_and_the_newest_runs(lab: Lab) -> None:
    result = told(lab.home, "")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert {line.partition("  ")[0] for line in lines[:2]} == {"lab", "auto"}
    assert all("reachable, 150 runs" in line for line in lines[:2])
    assert lines[2] == "list: all runs, newest first"
    assert [int(line.partition("  ")[0]) for line in lines[3:23]] == list(range(1, 21))
    states = {line.split("  ")[1] for line in lines[3:23]}
    assert states <= {"queued", "running", "waiting", "succeeded", "failed", "cancelled", "skipped"}
    assert lines[23] == "20 runs listed, more exist: more lists the next"
    assert "> " not in result.stdout


def test_the_numbers_go_on_and_name_runs(lab: Lab) -> None:
    result = told(lab.home, "more\n21\ncopy source/id\n")
    found = {number: f"{source}/{rest}" for number, _, _, source, rest in numbered(result.stdout)}
    assert list(found) == [str(number) for number in range(1, 41)]
    assert result.stdout.splitlines()[-1] == found["21"]


def numbered(text: str) -> list[tuple[str, str, str, str, str]]:
    return NUMBERED.findall(text)


@pytest.mark.parametrize(
    ("script", "status", "sentence"),
    [
        ("lsit", 2, "there is no command 'lsit': did you mean 'list'?"),
        ("xyzzy", 2, "there is no command 'xyzzy': help tells what can be typed"),
        ("state:faild", 2, "the filter: there is no state 'faild': did you mean 'failed'?"),
        ("list source:lba", 2, "there is no source 'lba': did you mean 'lab'?"),
        ("999", 4, "there is no run number 999: there are 1 to 20"),
        ("lab/00000000-0000-4000-8000-000000000000", 4, "not found"),
        ("http://elsewhere.test/run/1?token=planted", 4, "is not the address of a run"),
        ("steps", 2, "no run is open"),
        ("view nights", 4, "there is no view 'nights': there are none"),
        ("copy colour 1", 2, "there is no 'colour' to copy"),
        ("copy 1", 2, "say which thing to copy: id, source/id"),
        ("open 1-2", 2, "one run is opened at a time"),
        ("source auto\naddress 1", 2, "no address is told of auto/"),
        ("lsit\nhelp", 2, "did you mean"),
        ("lsit\nquit", 2, "did you mean"),
    ],
)
def test_what_cannot_be_done(lab: Lab, script: str, status: int, sentence: str) -> None:
    result = told(lab.home, f"{script}\nlog\n")
    assert result.returncode == status, result.stdout
    assert sentence in result.stdout
    assert "planted" not in result.stdout


def test_the_last_good_run_is_not_the_one_that_happens_to_be_listed(lab: Lab) -> None:
    listed = told(lab.home, "workflow:order-fulfilment source:lab state:succeeded\n").stdout
    ids = [rest for *_, rest in numbered(listed.partition("list: workflow")[2])]
    script = f"list id:none\nlab/{ids[2]}\nlab/{ids[0]}\ndiff\n"
    said = told(lab.home, script).stdout
    assert re.search(rf"^before: \d+  succeeded  \S+  lab/{ids[1]}", said, re.MULTILINE), said


# What changes runs


def test_one_cancel_is_written_once(lab: Lab) -> None:
    result = told(lab.home, "state:running source:lab\ncancel 1\nyes\nlog\n")
    assert result.returncode == 0, result.stdout
    assert len(lab.writes()) == 1
    assert re.search(r"^1  running  \S+  lab/\S+  would stop", result.stdout, re.MULTILINE)
    assert len(re.findall(r"^lab/\S+: (cancel|asked)", result.stdout, re.MULTILINE)) == 1
    assert re.search(r"^\d\d:\d\d:\d\d  lab/\S+: (cancel|asked)", result.stdout, re.MULTILINE)


def test_several_are_each_written_once(lab: Lab) -> None:
    script = "list state:running\ncancel 1-2 4\nyes\n"
    result = told(lab.home, script)
    assert result.returncode == 0, result.stdout
    assert len(lab.writes()) == 3
    assert "cancel 3 runs:" in result.stdout


def test_a_retry_is_written_once_and_its_run_can_be_opened(lab: Lab) -> None:
    result = told(lab.home, "state:failed source:auto\nretry 1\nyes\n1\nattempts\n")
    assert result.returncode == 0, result.stdout
    assert len(lab.writes()) == 1
    assert re.search(r"^auto/\S+: retried", result.stdout, re.MULTILINE)
    assert re.search(r"this run", result.stdout)


def test_the_open_run_is_another_once_it_was_retried(lab: Lab) -> None:
    script = "state:failed source:auto\n1\nretry failed\nyes\nsteps\nattempts\nfacts\n"
    said = told(lab.home, script).stdout.partition("retried, now ")[2]
    assert re.search(r"^\d+ steps?: .*\d+ queued$", said, re.MULTILINE), said
    assert re.search(r"^1  queued  this run", said, re.MULTILINE)
    assert re.search(r"^state: queued$", said, re.MULTILINE)
    assert "tells no other attempts" in said
    assert "it ran once" not in said


def test_a_retry_from_a_step_is_of_the_open_run_alone(lab: Lab) -> None:
    result = told(lab.home, "state:failed source:auto\n1\nretry 1 2 step 1\nyes\n")
    assert "a step is one of the open run" in result.stdout
    assert lab.writes() == []


@pytest.mark.parametrize("answer", ["", "y\n", "no\n", "\n", "u\n"])
def test_without_a_yes_nothing_is_written(lab: Lab, answer: str) -> None:
    result = told(lab.home, f"state:running\ncancel 1\n{answer}")
    assert result.returncode == 1
    assert "nothing was changed" in result.stdout
    assert lab.writes() == []


def test_what_is_over_is_not_cancelled(lab: Lab) -> None:
    result = told(lab.home, "state:succeeded\ncancel 1\nyes\n")
    assert result.returncode == 1
    assert "it is already succeeded" in result.stdout
    assert lab.writes() == []


def test_a_script_writes_to_no_protected_and_no_read_only_source(lab: Lab) -> None:
    lab.configure(lab="protected = true", auto="read_only = true")
    script = "state:running source:lab\ncancel 1\nyes\n"
    result = told(lab.home, script)
    assert result.returncode == 2
    assert "lab: protected, so the name must be typed on a terminal" in result.stdout
    result = told(lab.home, "state:running source:auto\ncancel 1\nyes\n")
    assert result.returncode == 7
    assert "auto is set to read_only" in result.stdout
    assert lab.writes() == []


def test_an_interrupt_ends_a_script_before_its_next_line(lab: Lab) -> None:
    with begun(lab, "state:running\nwatch 1\ncancel 1\nyes\n") as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("following"):
            pass
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(LIMIT) == 130
    assert lab.writes() == []


def test_a_hang_up_that_is_ignored_ends_no_script(lab: Lab) -> None:
    with subprocess.Popen(
        ["/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh", *PROGRAM, "--plain"],
        env=lab.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while "runs listed" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGHUP)
        said, _ = process.communicate("help\n", LIMIT)
    assert process.returncode == 0
    assert said.startswith("list [FILTER]")


# What goes wrong


def test_a_lost_source_hides_no_other(lab: Lab) -> None:
    lab.server.faults["prefect"].add(Fault(status=503, times=None))
    result = told(lab.home, "list\nsource lab\n")
    assert re.search(r"^lab  prefect  .*503", result.stdout, re.MULTILINE)
    assert re.search(r"^1  \w+  \S+  auto/", result.stdout, re.MULTILINE)
    assert result.returncode == 6


def test_what_was_not_read_is_not_said_to_be_all_or_none(lab: Lab) -> None:
    lab.server.faults["prefect"].add(Fault(status=503, times=None))
    said = told(lab.home, "state:failed workflow:~zzz\nchanges\nsource lab\n").stdout
    assert re.search(r"^0 runs, without those of lab$", said, re.MULTILINE), said
    assert re.search(r"^nothing has changed, as far as is known without lab$", said, re.MULTILINE)
    assert not re.search(r"that is all|there are no runs|no run matches", said)
    assert told(lab.home, "source lab\nchanges\n").returncode == 6
    assert told(lab.home, "source lab\n\n").stdout.count("0 runs, without those of lab") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_nothing_is_changed_where_nothing_can_be_said(lab: Lab) -> None:
    with open("/dev/full", "wb") as full:
        process = subprocess.run(
            [*PROGRAM, "--plain"],
            env=lab.home,
            input=b"state:running\ncancel 1\nyes\n",
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=LIMIT,
            check=False,
        )
    assert process.returncode == 70
    assert process.stderr.startswith(b"runs-tui: standard output cannot be written: No space left")
    assert lab.writes() == []


def test_it_watches_for_no_reader_that_is_gone(lab: Lab) -> None:
    with begun(lab, "state:running source:lab\nwatch 1-3\n") as process:
        assert process.stdout is not None
        while not re.match(r"\d\d:\d\d:\d\d  3  running", process.stdout.readline()):
            pass
        process.stdout.close()
        lab.server.faults["prefect"].add(Fault(status=503, times=None))
        try:
            assert process.wait(LIMIT) == 0
        finally:
            process.kill()


def test_all_of_it_fits_an_encoding_without_its_signs(lab: Lab) -> None:
    result = told({**lab.home, "PYTHONIOENCODING": "ascii"}, "state:failed\n1\nevents\nfacts\n")
    assert result.returncode == 0, result.stderr
    assert result.stdout.isascii()


def test_ascii_is_kept_where_the_configuration_wants_it(lab: Lab) -> None:
    path = lab.path.with_name("ascii.toml")
    path.write_text(f"ascii = true\n{lab.path.read_text()}")
    script = "state:failed\n1\nevents\nfacts\n"
    result = told({**lab.home, "RUNS_TUI_CONFIG": str(path)}, script)
    assert result.returncode == 0, result.stderr
    assert result.stdout.isascii()


def test_hostile_texts_reach_no_terminal(tmp_path: Path) -> None:
    server = DemoServer(["prefect"], runs=60, hostile=True)
    server.start()
    try:
        path = tmp_path / "config.toml"
        path.write_text(f'[sources.lab]\napi = "prefect"\nurl = "{server.urls["prefect"]}"\n')
        home = {"PATH": os.environ["PATH"], "RUNS_TUI_CONFIG": str(path), "HOME": str(tmp_path)}
        home["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
        of_each = "steps\nevents\nattempts\nfacts\njson\ncopy error\n"
        script = "more\n" + "".join(f"{number}\n{of_each}" for number in (1, 2, 3, 4, 5))
        result = told(home, f"{script}state:failed\n1\n{of_each}diff\n\x1b[31mred\n")
        assert "run  " in result.stdout
        assert not UNSAFE.search(result.stdout)
    finally:
        server.stop()


# Itself


def test_the_demo_and_the_variable(tmp_path: Path) -> None:
    home = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ACCESSIBLE": "1"}
    home["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    for args in (("demo", "--runs", "20"), ("--plain", "demo", "--runs", "20")):
        home["ACCESSIBLE"] = "0" if "--plain" in args else "1"
        result = told(home, "quit\n", *args)
        assert result.returncode == 0, result.stderr
        assert result.stdout.startswith("this is the demo")


def test_it_needs_no_screen() -> None:
    code = "import sys, runs_tui.cli.plain.opening; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"textual", "rich", "runs_tui.app", "starlette"} & set(loaded)


def test_a_command_answers_to_names_of_its_own_and_to_ids_that_are_bound() -> None:
    names = [name for command in COMMANDS for name in (command.name, *command.also)]
    assert len(names) == len(set(names))
    ids = set(known().bindings)
    assert {name for name in names if "." in name} <= ids
