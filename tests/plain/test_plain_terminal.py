"""The line mode on a terminal: asking, taking back, following, and no sign of any repaint."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from runs_tui.cli.table import cells
from runs_tui.demo.server import DemoServer
from tests.plain.lab import Lab
from tests.talking import LIMIT, PROGRAM, Talk, talking, told

QUESTION = "Enter means no: "
COUNTING = "Enter alone does it now.\n"


@contextmanager
def answering_elsewhere(*command: str, env: Mapping[str, str] | None = None) -> Iterator[Talk]:
    """Give a program that is typed to on a terminal, whose answers go into a pipe."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command,
        env=env,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        yield Talk(process, ours)
    os.close(ours)


def begun(talk: Talk, *lines: str) -> str:
    """Wait for the first prompt, type some lines, and give what the last one is answered with."""
    said = talk.until("\n> ")
    for line in lines:
        said = talk.ask(line)
    return said


@pytest.mark.parametrize("back", ["u\n", "\x03", "\x04", "what\n"])
def test_an_answer_that_is_taken_back_sends_nothing(lab: Lab, back: str) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:running source:lab")
        talk.ask("cancel 1", QUESTION)
        talk.ask("y", COUNTING)
        talk.type(back)
        assert "taken back, nothing was sent" in talk.until("\n> ")
        assert lab.writes() == []
        talk.type("\x04")
        assert talk.end() == 0
    assert lab.writes() == []


def test_enter_does_it_now_and_once(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:running source:lab")
        talk.ask("cancel 1", QUESTION)
        talk.ask("y", COUNTING)
        said = talk.ask("")
        assert re.search(r"^lab/\S+: (cancel|asked)", said, re.MULTILINE), said
        assert len(lab.writes()) == 1


def test_after_the_seconds_it_is_sent_once(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:running source:auto")
        talk.ask("cancel 1", QUESTION)
        said = talk.ask("y")
        assert "Cancelling it in 5 seconds" in said
        assert re.search(r"^auto/\S+: (cancel|asked)", said, re.MULTILINE), said
        assert len(lab.writes()) == 1


@pytest.mark.parametrize("answer", ["\n", "n\n", "what\n", "\x03", "\x04"])
def test_anything_but_y_is_no(lab: Lab, answer: str) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:running")
        talk.ask("cancel 1", QUESTION)
        talk.type(answer)
        assert "nothing was changed" in talk.until("\n> ")
        assert lab.writes() == []


def test_a_protected_source_wants_its_name(lab: Lab) -> None:
    lab.configure(lab="protected = true")
    with talking(lab.home) as talk:
        begun(talk, "state:running source:lab")
        talk.ask("cancel 1", "type its name to cancel: ")
        assert "that is not lab" in talk.ask("lba")
        assert lab.writes() == []
        talk.ask("cancel 1", "type its name to cancel: ")
        talk.ask("lab", QUESTION)
        talk.ask("y", COUNTING)
        talk.ask("")
        assert len(lab.writes()) == 1


def test_what_is_asked_is_seen_where_the_answers_go_into_a_file(lab: Lab) -> None:
    lab.configure(lab="protected = true")
    script = "state:running source:lab\ncancel 1\nlab\n\nquit\n"
    with answering_elsewhere(*PROGRAM, "--plain", env=lab.home) as talk:
        talk.type(script)
        said, _ = talk.process.communicate(timeout=LIMIT)
        assert talk.end() == 0
    asked = talk.raw.decode()
    assert "type its name to cancel: " in asked
    assert QUESTION in asked
    assert "nothing was changed" in said.decode()
    assert QUESTION not in said.decode()
    assert lab.writes() == []


def test_the_ways_to_retry_are_chosen_by_number(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:failed source:auto workflow:order-fulfilment,crm-contacts-sync", "1")
        asked = talk.ask("retry", "number, Enter means no: ")
        ways = re.findall(r"^(\d)  (.*)$", asked, re.MULTILINE)
        assert ways[0] == ("0", "no, change nothing")
        assert [number for number, _ in ways] == [str(at) for at in range(len(ways))]
        assert len(ways) > 2
        assert "nothing was changed" in talk.ask("")
        talk.ask("retry", "number, Enter means no: ")
        talk.ask("1", QUESTION)
        talk.ask("y", COUNTING)
        assert re.search(r"^auto/\S+: retried", talk.ask(""), re.MULTILINE)
        assert len(lab.writes()) == 1


def test_a_source_and_what_to_copy_are_chosen_by_number(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk)
        talk.ask("source", "Enter for none: ")
        assert "list: source:auto" in talk.ask("2")
        asked = talk.ask("copy 1", "Enter for none: ")
        assert re.search(r"^2  source/id$", asked, re.MULTILINE)
        assert re.search(r"^auto/\S+$", talk.ask("2"), re.MULTILINE)


@pytest.mark.parametrize(
    ("term", "more"),
    [("dumb", {}), ("dumb", {"NO_COLOR": "1"}), ("xterm-256color", {"NO_COLOR": "1"})],
)
def test_nothing_is_drawn_anew(lab: Lab, term: str, more: dict[str, str]) -> None:
    with talking({**lab.home, **more}, term=term, width=40) as talk:
        begun(talk, "state:failed", "1", "steps", "events", "facts", "diff", "help", "sources")
        talk.ask("back")
        talk.ask("quit", "")
        assert talk.end() == 0
    said = talk.raw.decode()
    shown = said if term == "dumb" else said.replace("\r", "")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", shown), shown
    if term == "dumb":
        lines = [line.removeprefix("> ") for line in said.split("\n")]
        assert [line for line in lines if cells(line) > 40 and " " in line] == []


def test_colours_only_paint_the_word_of_a_state(lab: Lab) -> None:
    with talking(lab.home, term="xterm-256color") as talk:
        said = begun(talk, "state:failed")
    assert "\x1b[31mfailed\x1b[0m" in said
    others = re.sub(r"\x1b\[\d*m", "", said).replace("\x1b[?2004h", "").replace("\x1b[?2004l", "")
    assert "\x1b" not in others


def test_who_wants_lines_gets_them_of_watch_too(lab: Lab) -> None:
    key = told(lab.home, "state:running\ncopy source/id 1\n").stdout.splitlines()[-1]
    home = {**lab.home, "ACCESSIBLE": "1"}
    with talking(home, "watch", key, "--timeout", "1.5", term="xterm-256color") as talk:
        assert talk.end() == 8
    said = re.sub(r"\x1b\[\d*m", "", talk.raw.decode())
    assert key in said
    assert not re.search("[\x1b\r]", said)


def test_an_interrupt_ends_no_more_than_a_line(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk)
        talk.type("half a line\x03")
        assert "quit leaves" in talk.until("\n> ")
        talk.ask("state:running", "\n> ")
        talk.ask("watch 1", "Enter stops\n")
        talk.type("\x03")
        assert "no longer following" in talk.until("\n> ")
        talk.ask("follow 1", "Enter stops\n")
        assert "no longer following" in talk.ask("")
        talk.type("\x04")
        assert talk.end() == 0
    assert lab.writes() == []


def test_an_interrupt_ends_the_following_at_whatever_moment_it_comes(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:running")
        for _ in range(300):
            talk.ask("watch 1", "Enter stops\n")
            talk.type("\x03")
            # The run may have ended by itself, and so may the following.
            said = talk.until("\n> ")
            assert re.search(r"(no longer following|it has ended|so does ctrl\+d)\n> $", said), said
        talk.type("\x04")
        assert talk.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_when_it_is_told_to(lab: Lab, number: signal.Signals) -> None:
    with talking(lab.home) as talk:
        begun(talk)
        talk.process.send_signal(number)
        assert talk.process.wait(10) == 130


def test_it_ends_when_the_terminal_goes(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:running")
        talk.ask("watch 1", "Enter stops\n")
        talk.hang_up()
        assert talk.process.wait(10) in {0, 70, 130}


def test_a_terminal_that_goes_before_it_is_sent_takes_it_back(lab: Lab) -> None:
    with talking(lab.home) as talk:
        begun(talk, "state:running source:lab")
        talk.ask("cancel 1", QUESTION)
        talk.ask("y", COUNTING)
        talk.hang_up()
        assert talk.process.wait(10) in {0, 70, 130}
    assert lab.writes() == []


def test_changes_are_told_where_somebody_asks_and_followed_where_somebody_wants(
    tmp_path: Path,
) -> None:
    server = DemoServer(["prefect"], runs=150, speed=60)
    server.start()
    try:
        path = tmp_path / "config.toml"
        path.write_text(f'[sources.lab]\napi = "prefect"\nurl = "{server.urls["prefect"]}"\n')
        home = {"PATH": os.environ["PATH"], "RUNS_TUI_CONFIG": str(path), "HOME": str(tmp_path)}
        home["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
        with talking(home) as talk:
            begun(talk)
            deadline = time.monotonic() + 30
            while "new: 21  " not in (said := talk.ask("changes")):
                assert time.monotonic() < deadline, said
            talk.ask("state:running")
            while "was running: " not in (said := talk.ask("changes")):
                assert time.monotonic() < deadline, said
            brief = "state:running workflow:product-images,api-pipeline"
            while "1  running" not in (said := talk.ask(brief)):
                assert time.monotonic() < deadline, said
            said = talk.ask("follow 1")
            assert re.search(r"^\d\d:\d\d:\d\d \S+ (STATE|INFO|DEBUG) ", said, re.MULTILINE), said
            assert re.search(r"^no more events: the run is \w+ after", said, re.MULTILINE), said
            said = talk.ask("watch 1")
            assert "it has ended" in said
            talk.ask("quit", "")
            assert talk.end() == 0
    finally:
        server.stop()


def test_a_secret_answer_is_not_shown() -> None:
    asks = "print(Terminal(edited=False).hidden('p: '))"
    program = f"from runs_tui.cli.plain.typed import Terminal; {asks}"
    with answering_elsewhere(sys.executable, "-c", program) as talk:
        talk.until("p: ")
        talk.type("s3cr3t\n")
        said, _ = talk.process.communicate(timeout=LIMIT)
        assert talk.end() == 0
    assert said == b"s3cr3t\n"
    assert b"s3cr3t" not in talk.raw
