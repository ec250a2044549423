from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.lookup import KEYWORDS, MOST, Found, Kind, Target, look_up, nothing
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.words import closeness

SOURCES = ["prod", "stage"]
TARGETS = [
    Target(Kind.VIEW, "night-failures", ("night-failures",)),
    Target(Kind.VIEW, "etl", ("etl",)),
    *(Target(Kind.SOURCE, name, (name,)) for name in SOURCES),
    Target(Kind.SOURCE, "all", ()),
    *(Target(Kind.WORKFLOW, name, (name,)) for name in ("etl-nightly", "invoices", "retry-queue")),
    Target(Kind.COMMAND, "cancel", ("run.cancel",), also=("run.cancel",), why_not="it is over"),
    Target(Kind.COMMAND, "cancel search", ("x",)),
    Target(Kind.COMMAND, "retry", ("run.retry",), also=("run.retry",)),
    Target(Kind.COMMAND, "leave", ("app.quit",), also=("app.quit", "q", "quit")),
]
RUNS = [
    Run(
        source=source,
        id=f"{number:04}-abc",
        name=f"brave-{number}",
        workflow_name="etl",
        state=State.FAILED,
        url=f"https://{source}.test/runs/{number:04}-abc",
    )
    for number in range(100)
    for source in SOURCES
]


def found(text: str, runs: Sequence[Run] = RUNS) -> Sequence[Found]:
    return look_up(text, TARGETS, runs, SOURCES)


def names(text: str) -> list[str]:
    return [one.target.name if one.target else one.candidate.text for one in found(text)]


def goal(text: str) -> Target | None:
    """Give where Enter goes."""
    return found(text)[0].target


# Without a keyword


def test_an_empty_line_offers_everything_but_runs_and_what_cannot_be_done_last() -> None:
    told = found("")
    assert [one.candidate.text for one in told[:4]] == ["view ", "source ", "workflow ", "run "]
    kinds = {one.target.kind for one in told if one.target}
    assert kinds == {Kind.VIEW, Kind.SOURCE, Kind.WORKFLOW, Kind.COMMAND}
    assert [one.candidate.shown for one in told if one.candidate.why_not] == ["cancel"]
    assert told[-1].candidate.shown == "cancel"


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("etl", ["etl", "etl-nightly"]),
        ("ETL", ["etl", "etl-nightly"]),
        ("ni", ["night-failures", "etl-nightly"]),
        ("re", ["retry-queue", "retry", "night-failures"]),
        ("retry", ["retry", "retry-queue"]),
        ("run.retry", ["retry"]),
        ("cancel", ["cancel", "cancel search"]),
        ("can", ["cancel search", "cancel"]),
        ("sea can", ["cancel search"]),
        ("quit", ["leave"]),
        ("q", ["leave", "retry-queue"]),
    ],
)
def test_the_best_match_comes_first(typed: str, order: list[str]) -> None:
    assert names(typed) == order


def test_a_keyword_is_offered_and_only_goes_on() -> None:
    first = found("vi")[0]
    assert first.target is None
    assert first.candidate.put_into("vi") == ("view ", 5)


def test_runs_are_found_by_the_begin_of_their_id_or_name_once_it_says_something() -> None:
    assert names("0042") == ["prod/0042-abc", "stage/0042-abc"]
    assert names("brave-42") == ["prod/0042-abc", "stage/0042-abc"]
    assert "prod/0042-abc" not in names("00")
    assert len(names("brave-")) == MOST


def test_what_nobody_knows_may_be_a_run_that_the_sources_know() -> None:
    asked = goal("3f1c0d5e")
    assert asked == Target(Kind.ASK, "3f1c0d5e", ("3f1c0d5e",), "ask prod and stage for this run")
    assert found("two words") == []


def test_an_address_and_a_source_with_an_id_are_runs() -> None:
    for text in ("https://prod.test/runs/9-x", "prod/9-x"):
        asked = goal(text)
        assert asked is not None
        assert (asked.kind, asked.name) == (Kind.ASK, text)
    for text in ("https://prod.test/runs/0007-abc", "prod/0007-abc", "PROD/0007-ABC"):
        known = goal(text)
        assert known is not None
        assert (known.kind, known.names) == (Kind.RUN, ("prod", "0007-abc"))


# With one


def test_a_keyword_narrows_what_is_looked_for() -> None:
    assert names("view ") == ["night-failures", "etl"]
    assert names("view e") == ["etl", "night-failures"]
    assert names("workflow e") == names("wf e") == ["etl-nightly", "invoices", "retry-queue"]
    assert names("view zzz") == []


def test_sources_are_named_by_commas() -> None:
    assert names("source ") == ["prod", "stage", "all"]
    assert names("ctx st") == ["stage"]
    assert names("source prod,") == ["prod,stage"]
    assert names("source prod, st") == ["prod,stage"]
    assert names("source prdo,st") == []
    several = goal("ctx PROD,stage")
    assert several is not None
    assert several.names == ("prod", "stage")
    every = goal("source all")
    assert every is not None
    assert every.names == ()


def test_a_run_is_taken_from_the_board_or_asked_for() -> None:
    assert names("run 0042-a")[:2] == ["prod/0042-abc", "stage/0042-abc"]
    assert names("run 0042-a")[2:] == ["0042-a"]
    assert names("run 0042-abc") == ["prod/0042-abc", "stage/0042-abc"]
    assert names("run ")[0] == "prod/0000-abc"
    assert names("run what ever") == ["what ever"]


def test_the_line_is_filled_with_what_means_the_same() -> None:
    assert [one.candidate.text for one in found("wf inv")] == ["workflow invoices"]
    assert [one.candidate.text for one in found("night")] == [
        "view night-failures",
        "workflow etl-nightly",
    ]
    assert found("0042")[0].candidate.text == "run prod/0042-abc"


# What means nothing


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("view night-falure", "there is no view 'night-falure': did you mean 'night-failures'?"),
        ("source prdo,stage", "there is no source 'prdo': did you mean 'prod'?"),
        ("source prod,stge", "there is no source 'stge': did you mean 'stage'?"),
        ("wf invoice q", "there is no workflow 'invoice q': did you mean 'invoices'?"),
        ("cancel serch", "nothing here is called 'cancel serch': did you mean 'cancel search'?"),
        ("wholly otherwise", "nothing here is called 'wholly otherwise'"),
    ],
)
def test_what_means_nothing_is_told_with_the_nearest_right_word(text: str, says: str) -> None:
    assert found(text) == []
    assert nothing(text, TARGETS) == says


def test_a_kind_of_which_nothing_is_known_says_so() -> None:
    assert nothing("view x", []) == "no view is known here"


# Any text

WORDS = [*KEYWORDS, "prod", "stage", "etl", "0042", "brave", "run.retry", "can", "x"]
ANY_LINE = st.text(max_size=20) | st.lists(
    st.sampled_from([*WORDS, " ", ",", "/", "://", "-"]), max_size=6
).map("".join)


@given(ANY_LINE)
@settings(max_examples=300, deadline=None)
def test_any_line_means_something_or_is_told_to_mean_nothing(text: str) -> None:
    told = found(text)
    assert told or nothing(text, TARGETS)
    lines = [one.candidate.put_into(text)[0] for one in told]
    assert len(lines) == len(set(lines))
    for one, line in zip(told, lines, strict=True):
        if one.target is not None:
            again = [other.target for other in found(line)]
            assert one.target in again


@given(st.text(max_size=8), st.text(max_size=16))
def test_closeness_is_a_scale(typed: str, name: str) -> None:
    near = closeness(typed, name)
    assert closeness(name, name) == 0
    assert closeness(typed, typed + name) in (0, 1)
    if typed and typed.casefold() in name.casefold():
        assert near is not None
        assert near <= 3
