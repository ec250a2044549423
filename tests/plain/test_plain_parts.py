"""How the line mode folds its lines, shortens ids and completes what is typed."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.cli.output import Output
from runs_tui.cli.plain.editing import Completer
from runs_tui.cli.plain.session import Session, Terminated
from runs_tui.cli.plain.telling import short_ids
from runs_tui.cli.plain.transcript import Transcript, folded
from runs_tui.cli.plain.typed import Script
from runs_tui.cli.status import Failure
from runs_tui.cli.table import cells
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import NotFound
from runs_tui.model.query import Query
from runs_tui.model.run import RunKey
from runs_tui.model.view import View
from tests.screens.stage import NOW
from tests.screens.world_source import WorldSource
from tests.test_cli_scripted import run_of

TEXTS = st.text(st.sampled_from("ab .-/語é"), max_size=120)


@given(TEXTS, st.integers(20, 60))
def test_folding_loses_no_word_and_fits(text: str, width: int) -> None:
    lines = folded(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(cells(line) <= width or " " not in line.strip() for line in lines)


@given(TEXTS)
def test_without_a_width_nothing_is_folded(text: str) -> None:
    assert folded(text, None) == [text]


@given(st.sets(st.text("0123456789abcdef", min_size=1, max_size=20), min_size=1))
def test_a_shortened_id_means_one_run(ids: set[str]) -> None:
    runs = [replace(run_of("prod", 1), id=each) for each in ids]
    short = short_ids(runs)
    told = [short[run.key].removesuffix("…") for run in runs]
    assert len(set(told)) == len(ids)
    assert all(run.id.startswith(each) for run, each in zip(runs, told, strict=True))


@pytest.fixture
def session() -> Iterator[Session]:
    clock, runner = SetClock(NOW), asyncio.Runner()
    made = Session(
        {"prod": WorldSource("prod", clock), "stage": WorldSource("stage", clock)},
        Transcript(Output()),
        Script(),
        runner,
        [View(name="nights", query=Query.parse("state:failed"))],
    )
    for number in range(1, 13):
        made.number(run_of("prod", number, workflow_name=f"etl-{number}"))
    with runner:
        yield made


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("can", ["cancel"]),
        ("s", ["steps", "sources", "source"]),
        ("cancel 1", ["1", "10", "11", "12"]),
        ("cancel 3 12", ["12"]),
        ("open prod/r1", ["prod/r1", "prod/r10", "prod/r11", "prod/r12"]),
        ("retry 3 f", ["full", "failed"]),
        ("R 3 fa", ["failed"]),
        ("source st", ["stage"]),
        ("view n", ["nights"]),
        ("workflow etl-12", ["etl-12"]),
        ("copy so", ["source/id"]),
        ("copy id 1", ["1", "10", "11", "12"]),
        ("help ret", ["retry"]),
        ("list state:fa", ["state:failed"]),
        ("state:fa", ["state:failed"]),
        ("state:failed sour", ["source:"]),
        ("list source:st", ["source:stage"]),
        ("why ", []),
    ],
)
def test_a_line_is_completed(session: Session, line: str, wanted: list[str]) -> None:
    found = Completer(session).of(line)
    assert [each for each in found if each in wanted] == wanted
    typed = line.rpartition(" ")[2]
    assert all(each.startswith(typed) for each in found)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, Terminated])
def test_what_is_interrupted_before_it_begins_never_begins(
    session: Session, kind: type[KeyboardInterrupt]
) -> None:
    begun: list[str] = []

    async def work(name: str) -> str:
        begun.append(name)
        await asyncio.sleep(0)
        return name

    session.runner.get_loop().call_soon(session.interrupt, kind())
    with pytest.raises(kind) as interrupted:
        session.wait(work("first"))
    assert type(interrupted.value) is kind
    assert session.wait(work("second")) == "second"
    assert begun == ["second"]


def test_a_wish_to_end_is_kept_though_an_interrupt_and_an_error_come_with_it(
    session: Session,
) -> None:
    async def work() -> None:
        session.interrupt(Terminated())
        session.interrupt(KeyboardInterrupt())
        raise NotFound("run", "gone")

    with pytest.raises(Terminated):
        session.wait(work())
    with pytest.raises(KeyboardInterrupt):
        session.interrupt(KeyboardInterrupt())


def test_numbers_spans_and_beginnings_name_runs(session: Session) -> None:
    ids = [run.id for run in session.meant(["2-4", "prod/r7,", "r12", "3"])]
    assert ids == ["r2", "r3", "r4", "r7", "r12"]
    assert session.numbers[RunKey("prod", "r7")] == 7
    for wrong in (["13"], ["4-2"], ["0"], ["11-13"]):
        with pytest.raises(Failure):
            session.meant(wrong)


def test_a_beginning_names_a_run_where_it_is_of_one_only(session: Session) -> None:
    for run_id in ("0a1b-2c", "0a1b-3d"):
        session.number(replace(run_of("prod", 1), id=run_id))
    assert [run.id for run in session.meant(["prod/0a1b-2…", "0a1b-3"])] == ["0a1b-2c", "0a1b-3d"]
    with pytest.raises(Failure, match="may be 2 runs"):
        session.meant(["prod/0a1b…"])
    with pytest.raises(NotFound):
        session.meant(["prod/0a1"])


def test_a_run_answers_to_its_name_where_no_other_has_it(session: Session) -> None:
    for number, name in enumerate(("calm-otter", "wild-fox", "wild-fox"), 20):
        session.number(replace(run_of("prod", number), name=name))
    assert [run.id for run in session.meant(["calm-otter"])] == ["r20"]
    with pytest.raises(Failure, match="2 runs are called wild-fox"):
        session.meant(["wild-fox"])
