from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.completion import Candidate, Completion, complete
from runs_tui.model.grammar import FilterError, parse
from runs_tui.model.known import FIELDS, Known
from runs_tui.model.query import Field, Query
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.model.test_grammar import ANY_FILTER, SAYABLE

KNOWN = Known(
    {"etl-nightly": "prod", "invoices": "stage", "nightly etl": "prod, stage", 'say "hi"': "prod"},
    {"0ad-11": "id of invoices"},
    {"prod": "prefect", "stage": "automation_runs"},
    {"cron": "trigger", "manual": "trigger"},
    errors={"HTTP 502 from *": "error", "disk full": "error"},
)


def completed(text: str, cursor: int | None = None) -> Completion:
    return complete(text, len(text) if cursor is None else cursor, KNOWN)


def lines(text: str, cursor: int | None = None) -> list[str]:
    """Give what the line would be with each candidate."""
    return [candidate.put_into(text)[0] for candidate in completed(text, cursor).candidates]


def error_of(text: str) -> FilterError:
    with pytest.raises(FilterError) as raised:
        parse(text)
    return raised.value


# What is offered


def test_an_empty_line_offers_the_fields_with_what_they_are() -> None:
    assert lines("") == [f"{field}:" for field in FIELDS]
    assert lines("state:failed ") == [f"state:failed {field}:" for field in FIELDS]
    assert all(candidate.about for candidate in completed("").candidates)


def test_every_field_but_words_can_be_completed() -> None:
    assert set(FIELDS) == set(Field) - {Field.WORDS}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("st", ["state:", "started:", "source:stage"]),
        ("ST", ["state:", "started:", "source:stage"]),
        ("-wor", ["-workflow:"]),
        ("etl fin", ["etl finished:"]),
        ("fail", ["state:failed"]),
        ("nig", ['workflow:"nightly etl"', "workflow:etl-nightly"]),
        ("state:fa", ["state:failed"]),
        ("STATE:fa", ["STATE:failed"]),
        ("state:failed,ru", ["state:failed,running"]),
        ("-state:failed,ru", ["-state:failed,running"]),
        ("workflow:nig", ['workflow:"nightly etl"', "workflow:etl-nightly"]),
        ("workflow:~nig", ['workflow:~"nightly etl"', "workflow:~etl-nightly"]),
        ('workflow:"nig', ['workflow:"nightly etl"', "workflow:etl-nightly"]),
        ("workflow:say", ['workflow:"say \\"hi\\""']),
        ("workflow:0", ["workflow:0ad-11"]),
        ("workflow:zzz", []),
        ("source:", ["source:prod", "source:stage"]),
        ("source:prod,", ["source:prod,stage"]),
        ("source:PROD,", ["source:PROD,stage"]),
        ("trigger:m", ["trigger:manual"]),
        ("502", ['error:"HTTP 502 from *"']),
        ("error:", ['error:"HTTP 502 from *"', 'error:"disk full"']),
        ("error:~di", ['error:~"disk full"']),
        ("id:", []),
        ("stat:", []),
        ("created:>", ["created:>1h", "created:>1d", "created:>7d"]),
        ("created:<=", ["created:<=1d", "created:<=7d"]),
        ("created:>3", ["created:>3m", "created:>3h", "created:>3d", "created:>3w"]),
        ("created:>1h3", ["created:>1h3m", "created:>1h3h", "created:>1h3d", "created:>1h3w"]),
        ("created:2h", ["created:>2h", "created:<2h"]),
        ("created:>2h", []),
        ("finished:3d..", ["finished:3d..1h", "finished:3d..1d", "finished:3d..7d"]),
        ("created:2026-11", []),
        ("duration:<", ["duration:<10s", "duration:<1m"]),
        ("duration:>90", ["duration:>90s", "duration:>90m", "duration:>90h"]),
        ("duration:1m..", ["duration:1m..1m", "duration:1m..10m", "duration:1m..1h"]),
        ('"some words', []),
    ],
)
def test_what_a_filter_can_go_on_as(typed: str, offered: list[str]) -> None:
    assert lines(typed) == offered


def test_a_value_that_is_there_already_is_not_offered_again() -> None:
    assert lines("state:failed") == []
    assert set(lines("state:failed,")) == {
        f"state:failed,{state}" for state in State if state is not State.FAILED
    }


def test_in_the_middle_of_a_line_only_the_word_at_the_cursor_is_replaced() -> None:
    text = "state:fa source:prod etl"
    assert lines(text, len("state:fa")) == ["state:failed source:prod etl"]
    assert lines(text, len("sta")) == ["started:fa source:prod etl"]
    (candidate,) = completed(text, len("state:fa")).candidates
    assert candidate.put_into(text)[1] == len("state:failed")


def test_known_values_are_learned_from_runs() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)

    def run(source: str, name: str | None, of: str | None, trigger: str | None) -> Run:
        return Run(
            source=source,
            id="1",
            workflow_name=name,
            workflow_id=of,
            trigger=trigger,
            state=State.FAILED,
            created_at=at,
            error=trigger and f"exit 1 after {len(source)} s",
        )

    runs = [
        run("stage", "etl", "7", "cron"),
        run("prod", "etl", "9", None),
        run("prod", None, "bare", "api"),
        run("prod", None, None, "cron"),
    ]
    known = Known.of(runs, {"prod": "prefect"})
    assert known.workflows == {"bare": "prod", "etl": "prod, stage"}
    assert known.errors == {"exit 1 after *": "error"}
    assert known.workflow_ids == {"7": "id of etl", "9": "id of etl"}
    assert list(known.triggers) == ["api", "cron"]
    assert known.sources == {"prod": "prefect"}


# What is not blamed while it is typed


@pytest.mark.parametrize(
    "typed",
    [
        *("state:", "state:fa", "state:failed,", "-", "workflow:~", "workflow:a,", "created:>"),
        *("created:>3", "created:2", "created:2026", "created:2026-1", "created:>=2026-11-0"),
        *("created:2h.", "created:..", "created:2026-11-01..2026-1", "duration:>", "duration:5"),
        *('workflow:"nightly', '"some words', "etl state:ru", "created:2026-11-01T1"),
    ],
)
def test_a_word_that_may_still_become_right_is_not_blamed(typed: str) -> None:
    assert completed(typed).excuses(error_of(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "stat:",
        "state:faild",
        "created:>yesterday",
        "created:>2x",
        "duration:>soon",
        "created:2026-99",
    ],
)
def test_a_word_that_cannot_become_right_is_blamed_at_once(typed: str) -> None:
    assert not completed(typed).excuses(error_of(typed))


def test_what_is_wrong_elsewhere_is_blamed_while_another_word_is_typed() -> None:
    assert not completed("stat:failed sta").excuses(error_of("stat:failed sta"))
    assert not completed("state:faild source:").excuses(error_of("state:faild source:"))
    assert not completed("workflow:a,,etl-n").excuses(error_of("workflow:a,,etl-n"))


@pytest.mark.parametrize("typed", ["sta", "workflow:etl-n", "source:pr", "duration:>9"])
def test_a_value_that_may_grow_is_not_applied_yet(typed: str) -> None:
    assert parse(typed)
    assert completed(typed).growing


@pytest.mark.parametrize(
    "typed",
    [
        *("", "etl", "state:failed", "workflow:invoices", "workflow:~etl", "workflow:unheard-of"),
        *("created:>2h", "created:2026-11-01", "state:failed ", "some words", "duration:>9m"),
    ],
)
def test_a_filter_that_is_finished_is_applied(typed: str) -> None:
    parse(typed)
    assert not completed(typed).growing


# Any text


@given(ANY_FILTER, st.data())
@settings(max_examples=400, deadline=None)
def test_a_candidate_always_changes_the_line_and_keeps_what_is_around(
    text: str, data: st.DataObject
) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    completion = complete(text, cursor, KNOWN)
    texts = [candidate.text for candidate in completion.candidates]
    assert len(texts) == len(set(texts))
    for candidate in completion.candidates:
        line, at = candidate.put_into(text)
        assert line != text
        assert candidate.start - 1 <= cursor <= candidate.end
        assert line.startswith(text[: candidate.start] + candidate.text)
        assert line[at:] == text[candidate.end :]


@given(st.lists(SAYABLE, max_size=2), st.sampled_from(list(FIELDS)), st.data())
@settings(max_examples=300, deadline=None)
def test_taking_candidates_from_left_to_right_makes_a_filter_that_can_be_read(
    before: list[object], field: Field, data: st.DataObject
) -> None:
    text = " ".join([*map(str, before), f"{field.value[:4]}"])
    for _ in range(3):
        offered = complete(text, len(text), KNOWN).candidates
        if not offered:
            break
        text, at = data.draw(st.sampled_from(offered)).put_into(text)
        assert at == len(text)
    if text.endswith(":"):
        text += "etl"
    query = Query.parse(text)
    assert Query.parse(str(query)) == query


def test_a_candidate_goes_where_it_belongs() -> None:
    candidate = Candidate("failed", "failed", 6, 8)
    assert candidate.put_into("state:fa etl") == ("state:failed etl", 12)
