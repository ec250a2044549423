"""A retry with changed inputs in the line mode, on the line and asked for one after the other."""

import re

import httpx
import pytest

from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock, SystemClock
from tests.plain.lab import Lab
from tests.talking import talking, told

RUNS = "state:succeeded source:lab workflow:order-fulfilment"
QUESTION = "Enter means no: "


def test_inputs_on_the_line_start_one_run_that_has_them(lab: Lab) -> None:
    started = told(lab.home, f"{RUNS}\nretry 1 inputs region=us-east order='  7'\nyes\nlog\n")
    assert started.returncode == 0, started.stdout
    assert len(lab.writes()) == 1
    key = re.search(
        r": retried as (lab/[0-9a-f-]+), now .*; it is number \d+$", started.stdout, re.M
    )
    assert key, started.stdout
    run_id = key[1].removeprefix("lab/")
    url = f"{lab.server.urls['prefect']}/flow_runs/{run_id}"
    assert httpx.get(url).json()["parameters"] == {"region": "us-east", "order": 7}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("retry 1 inputs regoin=us-east", "there is no input 'regoin': did you mean 'region'?"),
        ("retry 1 inputs region", "an input is given as NAME=VALUE, not as 'region'"),
        ("retry 1 inputs region=moon", "region: it must be one of eu-west, us-east, ap-south"),
        ("retry 1 inputs order=7.x", "order: it is no JSON: Extra data, at character 2"),
        ("retry 1 inputs order='A", "the inputs: No closing quotation"),
        ("retry 1-2 inputs region=us-east", "the inputs are those of one run: name one"),
    ],
)
def test_wrong_inputs_are_one_sentence_and_nothing_is_sent(
    lab: Lab, line: str, sentence: str
) -> None:
    result = told(lab.home, f"{RUNS}\n{line}\nyes\n")
    assert f"not done: {sentence}" in result.stdout
    assert result.returncode == 2
    assert lab.writes() == []


def test_without_a_value_the_new_run_has_the_same_inputs(lab: Lab) -> None:
    result = told(lab.home, f"{RUNS}\nretry 1 inputs\nyes\n")
    assert "would start a new run with the same inputs" in result.stdout
    assert result.returncode == 0, result.stdout
    assert len(lab.writes()) == 1


def test_a_run_that_goes_on_is_not_started_again(lab: Lab) -> None:
    result = told(lab.home, "state:running source:lab\nretry 1 inputs\nyes\n")
    assert re.search(r"not done: cannot retry lab/\S+: it is still running", result.stdout)
    assert lab.writes() == []


def test_a_source_that_only_reads_and_an_api_that_takes_none_cannot(lab: Lab) -> None:
    lab.configure(lab="read_only = true")
    result = told(lab.home, f"{RUNS}\nretry 1 inputs\nyes\n")
    assert "lab is set to read_only" in result.stdout
    assert result.returncode == 7
    result = told(lab.home, "state:succeeded source:auto\nretry 1 inputs\nyes\n")
    assert "automation_runs API takes no other inputs" in result.stdout
    assert result.returncode == 7
    assert lab.writes() == []


def test_each_input_is_asked_for_until_it_is_right(lab: Lab) -> None:
    with talking(lab.home, width=300) as talk:
        talk.until("\n> ")
        talk.ask(RUNS)
        assert "order  integer  now" in talk.ask("retry 1 inputs", "order: ")
        assert "it is no JSON" in talk.ask("many", "order: ")
        assert "one of eu-west, us-east, ap-south" in talk.ask("", "region: ")
        assert "it must be one of eu-west" in talk.ask("moon", "region: ")
        asked = talk.ask("-", QUESTION)
        assert "→ left out" in asked
        assert "order:" not in asked
        assert "with 1 changed input" in asked
        assert "nothing was changed" in talk.ask("n")
        assert lab.writes() == []


def test_an_interrupt_while_inputs_are_asked_for_changes_nothing(lab: Lab) -> None:
    with talking(lab.home, width=300) as talk:
        talk.until("\n> ")
        talk.ask(RUNS)
        talk.ask("retry 1 inputs", "order: ")
        talk.type("\x03")
        assert "nothing was changed" in talk.until("\n> ")
        assert lab.writes() == []


def test_inputs_are_one_of_the_ways_that_are_numbered(lab: Lab) -> None:
    server = DemoServer(["airflow"], runs=150, clock=SetClock(SystemClock().now()))
    server.start()
    lab.configure(f'[sources.air]\napi = "airflow"\nurl = "{server.urls["airflow"]}"\n')
    with talking(lab.home, width=300) as talk:
        talk.until("\n> ")
        talk.ask("state:failed source:air")
        asked = talk.ask("retry 1", QUESTION)
        way = re.search(r"^(\d)  Retry with changed inputs…$", asked, re.MULTILINE)
        assert way, asked
        assert "one after the other" in talk.ask(way[1], ": ")
    server.stop()


def test_where_there_is_but_one_way_it_is_said_how_inputs_are_changed(lab: Lab) -> None:
    with talking(lab.home, width=300) as talk:
        talk.until("\n> ")
        talk.ask(RUNS)
        asked = talk.ask("retry 2", QUESTION)
        assert "retry 2 inputs: asks for other inputs first" in asked


def test_a_view_lists_in_its_order(lab: Lab) -> None:
    lab.configure('[views.named]\nfilter = "state:failed"\nsort = "-workflow"\n')
    said = told(lab.home, "view named\n").stdout
    assert "list: state:failed, by workflow descending among those read" in said
    rows = said.partition("by workflow descending")[2]
    names = re.findall(r"^\d+  failed  (\S+)", rows, re.MULTILINE)
    assert len(set(names)) > 2
    assert names == sorted(names, reverse=True)
