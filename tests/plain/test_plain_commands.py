"""Each command of the line mode, in one conversation on a dumb terminal."""

import re
from collections.abc import Iterator

import pytest

from tests.plain.lab import UNSAFE, Lab
from tests.talking import Talk, talking


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("plain") / "config.toml")
    lab.configure('[views."bad nights"]\nfilter = "state:failed"\n')
    yield lab
    lab.server.stop()


@pytest.fixture(scope="module")
def begun(made: Lab) -> Iterator[Talk]:
    with talking(made.home, width=300) as talk:
        talk.until("\n> ")
        yield talk


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("state:failed", r"^1  failed  "),
        ("list state:failed workflow:order-fulfilment", r"^list: state:failed workflow:order"),
        ("/state:failed", r"^list: state:failed$"),
        (":list state:failed", r"^list: state:failed$"),
        ("runs.filter state:failed", r"^list: state:failed$"),
        ("quick\nquick", r"^list: state:failed$"),
        ("state:failed\nall", r"^list: all runs[^$]*\nlist: state:failed|all runs, newest first\n"),
        ("open 2", r"^run  \w+"),
        ("2\nsteps", r"^1  \w+  \w+.*\n(.*\n)*\d+ steps?: "),
        ("state:failed\n1\nwhy", r"^why it failed:\nfailed: "),
        ("state:failed\n1\n!", r"^why it failed:\nfailed: "),
        ("state:failed\n1\nevents", r"\d\d:\d\d:\d\d .*ERROR"),
        ("state:failed\n1\nevents all", r"\d\d:\d\d:\d\d .*ERROR"),
        ("1\nattempts", r"this run"),
        ("1\nfacts", r"^run: \w+/\S{20,}$"),
        ("1\njson", r'^  "run": \{$'),
        ("state:failed source:lab\n1\ndiff", r"^state: was succeeded, is failed$"),
        ("1\ndiff 2", r"^before: 2  "),
        ("sources", r"^lab  prefect  answers in .*  can cancel, retry, events  http://"),
        ("source lab", r"^list: source:lab$"),
        ("workflow order-fulfilment", r"^list: workflow:order-fulfilment$"),
        ("copy id 3", r"^[0-9a-f]{8}-[0-9a-f-]{27}$"),
        ("copy command 3", r"^runs-tui show \w+/\S+$"),
        ("source lab\naddress 1", r"^http://\S+$"),
        ("changes", r"^nothing has changed$"),
        ("view bad nights", r"^list: state:failed$"),
        ("view 1", r"^list: state:failed$"),
        ("views", r"^1  bad nights  state:failed$"),
        ("state:failed\nback", r"(list: all runs, newest first\n(.*\n)*){2}"),
        ("1\nback\nmore", r"^21  "),
        ("1\nback", r"^back at the list: all runs"),
        ("help", r"^cancel \[N\.\.\.\]: stop runs; asks first$"),
        ("help cancel", r"^also: X, run\.cancel$"),
        ("log", r"^\d\d:\d\d:\d\d  list$"),
        ("yes", r"^nothing is asked just now$"),
    ],
)
def test_a_command(begun: Talk, made: Lab, script: str, wanted: str) -> None:
    said = "\n".join(begun.ask(line).removesuffix("\n> ") for line in ["all", *script.split("\n")])
    assert re.search(wanted, said, re.MULTILINE), said
    assert "not done: " not in said
    assert not UNSAFE.search(said)
    assert made.writes() == []
