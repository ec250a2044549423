import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.query import (
    ACTIVE_ONLY,
    FAILED_ONLY,
    TIMES,
    Between,
    Field,
    Query,
    Sort,
    Term,
    Text,
    Value,
)
from runs_tui.model.run import Run
from runs_tui.model.signature import signature
from runs_tui.model.span import Ago, Amount, Day, Instant
from runs_tui.model.state import ACTIVE, State
from tests.model.test_signature import MESSY, pairs

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
NEPAL = timezone(timedelta(hours=5, minutes=45))


@pytest.fixture(scope="module", autouse=True)
def nepal() -> Iterator[None]:
    """Local time is 5:45 ahead of UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "NPT-5:45")
        time.tzset()
        yield
    time.tzset()


def run(state: State = State.SUCCEEDED, **told: Any) -> Run:
    return Run(**({"source": "prod", "id": "1"} | told), state=state)


def ago(**passed: float) -> datetime:
    return NOW - timedelta(**passed)


def passes(text: str, **told: Any) -> bool:
    return Query.parse(text).predicate(NOW)(run(**told))


# The filter of the command line's contract, sentence by sentence


def test_every_term_must_hold_and_any_of_its_values() -> None:
    text = "state:failed,running source:prod"
    assert passes(text, state=State.FAILED)
    assert passes(text, state=State.RUNNING)
    assert not passes(text, state=State.QUEUED)
    assert not passes(text, state=State.FAILED, source="stage")


def test_no_term_lets_every_run_pass() -> None:
    assert passes("")


def test_a_negated_term_lets_pass_what_has_none_of_its_values() -> None:
    assert passes("-state:failed,running", state=State.QUEUED)
    assert not passes("-state:failed,running", state=State.RUNNING)
    assert passes("-created:>2h", created_at=ago(hours=3))
    assert not passes("-created:>2h", created_at=ago(hours=1))
    assert passes("-created:>2h", created_at=None)


def test_without_a_creation_the_instant_in_the_list_counts() -> None:
    assert passes("created:>2h", created_at=None, started_at=ago(hours=1))
    assert passes("created:>2h", created_at=None, listed_at=ago(hours=1))
    assert not passes("created:>2h", created_at=None, started_at=ago(hours=3))
    assert not passes("created:>2h", created_at=ago(hours=3), started_at=ago(hours=1))


def test_contains_and_equals() -> None:
    assert passes("workflow:~TL-n", workflow_name="etl-nightly")
    assert not passes("workflow:etl", workflow_name="etl-nightly")
    assert passes("workflow:etl-nightly", workflow_name="etl-nightly")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("workflow:ETL", {"workflow_name": "etl"}),
        ("workflow:etl", {"workflow_name": "ETL"}),
        ("workflow:STRASSE", {"workflow_name": "Straße"}),
        ("source:PROD", {"source": "prod"}),
        ("trigger:Cron", {"trigger": "CRON"}),
        ("id:ab", {"id": "AB"}),
        ("disk", {"error": "DISK full"}),
    ],
)
def test_matching_ignores_case(text: str, told: dict[str, str]) -> None:
    assert passes(text, **told)


def test_a_workflow_is_meant_by_its_name_or_its_id() -> None:
    told = {"workflow_name": "nightly etl", "workflow_id": "wf-7"}
    assert passes('workflow:"nightly etl"', **told)
    assert passes("workflow:wf-7", **told)
    assert not passes("workflow:wf", **told)


@pytest.mark.parametrize("place", ["name", "id", "workflow_name", "workflow_id", "error"])
def test_words_look_into_name_id_workflow_and_error(place: str) -> None:
    assert passes("needle", **{place: "a NEEDLE here"})
    assert not passes("needle", **{place: "hay"})


@pytest.mark.parametrize("place", ["trigger", "status", "reason", "url", "version"])
def test_words_look_nowhere_else(place: str) -> None:
    assert not passes("needle", **{place: "a needle here"})


@pytest.mark.parametrize(
    ("text", "error", "passing"),
    [
        ('error:"disk full"', "Disk  FULL", True),
        ("error:disk", "disk full", False),
        ("error:~k", "disk full", True),
        ("error:disk*", "disk full", True),
        ("error:*full", "disk full", True),
        ('error:"HTTP * from *.example"', "HTTP 502 from api.partner.example", True),
        ('error:"HTTP * from *.example"', "HTTP 502 from api.partner.example, again", False),
        ('error:~"502 from *.example"', "HTTP 502 from api.partner.example, again", True),
        ('error:"HTTP *"', "HTTP 502", True),
        ("error:ab*ba", "aba", False),
        ("error:ab*ba", "abba", True),
        ("error:*a*a*", "a", False),
        ("error:disk*,~timed", "Timed out", True),
        ("-error:disk*", "disk full", False),
        ("-error:disk*", None, True),
        ("error:*", "anything", True),
        ("error:*", None, False),
        ('error:""', None, False),
    ],
)
def test_in_the_pattern_of_an_error_a_star_is_anything(
    text: str, error: str | None, passing: bool
) -> None:
    assert passes(text, error=error) is passing


def test_many_stars_are_matched_at_once() -> None:
    assert not passes(f"error:{'*a' * 100}*b", error="a" * 4000)


@given(pairs())
def test_the_signature_of_an_error_is_a_pattern_of_all_that_have_it(pair: tuple[str, str]) -> None:
    one, other = pair
    query = Query((Term(Field.ERROR, (Text(signature(one)),)),))
    assert passes(str(query), error=one)
    assert passes(str(query), error=other)
    assert Query.parse(str(query)) == query


@given(MESSY)
def test_any_error_is_of_the_pattern_of_its_signature(error: str) -> None:
    query = Query((Term(Field.ERROR, (Text(signature(error)),)),))
    assert passes(str(query), error=error) is bool(error)


def test_several_words_may_stand_in_different_places() -> None:
    assert passes("nightly disk", workflow_name="nightly etl", error="disk full")
    assert not passes('"nightly disk"', workflow_name="nightly etl", error="disk full")


@pytest.mark.parametrize("field", sorted(TIMES))
def test_later_than_two_hours_ago_is_the_last_two_hours(field: str) -> None:
    assert passes(f"{field}:>2h", **{f"{field}_at": ago(hours=1)})
    assert not passes(f"{field}:>2h", **{f"{field}_at": ago(hours=2)})
    assert passes(f"{field}:>=2h", **{f"{field}_at": ago(hours=2)})
    assert not passes(f"{field}:>=2h", **{f"{field}_at": ago(hours=2, seconds=1)})
    assert not passes(f"{field}:>2h")


def test_earlier_than_three_days_ago_is_older_than_three_days() -> None:
    assert passes("created:<3d", created_at=ago(days=4))
    assert not passes("created:<3d", created_at=ago(days=3))
    assert passes("created:<=3d", created_at=ago(days=3))
    assert not passes("created:<3d", created_at=ago(days=2))


def test_a_range_holds_both_ends() -> None:
    assert passes("created:3d..2d", created_at=ago(days=3))
    assert passes("created:3d..2d", created_at=ago(days=2))
    assert not passes("created:3d..2d", created_at=ago(days=2) + timedelta(seconds=1))
    assert passes("duration:10s..20s", took=20.0)
    assert not passes("duration:10s..20s", took=20.5)


MIDNIGHT = datetime(2026, 10, 31, 18, 15, tzinfo=UTC)
"""When the first of November begins, 5:45 ahead of UTC."""


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("created:2026-11-01", (False, True, True, False)),
        ("created:>2026-11-01", (False, False, False, True)),
        ("created:>=2026-11-01", (False, True, True, True)),
        ("created:<2026-11-01", (True, False, False, False)),
        ("created:<=2026-11-01", (True, True, True, False)),
        ("created:2026-11-01..2026-11-01", (False, True, True, False)),
        ("created:2026-11-01..2026-11-03", (False, True, True, True)),
        ("created:2026-11-01T00:00..2026-11-01T23:59", (False, True, False, False)),
        ("created:>=2026-10-31T18:15Z", (False, True, True, True)),
    ],
)
def test_a_date_is_a_whole_local_day(text: str, held: tuple[bool, ...]) -> None:
    moment, day = timedelta(microseconds=1), timedelta(days=1)
    edges = [MIDNIGHT - moment, MIDNIGHT, MIDNIGHT + day - moment, MIDNIGHT + day]
    assert tuple(passes(text, created_at=edge) for edge in edges) == held


def test_the_duration_of_a_running_run_is_until_now() -> None:
    told = {"state": State.RUNNING, "started_at": ago(minutes=11)}
    assert passes("duration:>10m", **told)
    assert not passes("duration:>12m", **told)
    assert not passes("-duration:<12m", **told)


# Generated filters, against a reading of our own


@dataclass(frozen=True)
class Case:
    """A value of a term, and what it holds, told without our code."""

    value: Value
    holds: Callable[[Any], bool]


def text_cases(text: str, *, contains: bool) -> Case:
    def holds(texts: tuple[str | None, ...]) -> bool:
        folded = [told.casefold() for told in texts if told]
        if contains:
            return any(text.casefold() in told for told in folded)
        return text.casefold() in folded

    return Case(Text(text, contains), holds)


def pattern_cases(text: str, *, contains: bool) -> Case:
    def flat(told: str) -> str:
        return " ".join(told.split()).casefold()

    asked = flat(f"*{text}*" if contains else text)
    asked = ".*".join(re.escape(piece) for piece in asked.split("*"))

    def holds(texts: tuple[str | None, ...]) -> bool:
        return any(re.fullmatch(asked, flat(told), re.DOTALL) for told in texts if told)

    return Case(Text(text, contains), holds)


Span = tuple[Any, Any, Any]
"""How an end is written, and the first and last of what it means."""


def span_case(low: Span | None, high: Span | None, *, inclusive: bool) -> Case:
    def holds(told: Any) -> bool:
        if told is None:
            return False
        if inclusive:
            return (low is None or told >= low[1]) and (high is None or told <= high[2])
        return (low is None or told > low[2]) and (high is None or told < high[1])

    value = Between(low and low[0], high and high[0], inclusive=inclusive)
    return Case(value, holds)


UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
WORDS = [
    "etl",
    "ETL",
    "nightly etl",
    "a",
    "ß",
    "",
    '"',
    "-x",
    "a:b",
    ">2h",
    "..",
    "a\u3000b",
    "[/x]",
    "*",
    "a*",
    "*l *tl*",
]
NAMES = st.sampled_from(WORDS) | st.text(max_size=6)
NEAR = st.datetimes(datetime(2026, 10, 28), datetime(2026, 11, 4))  # noqa: DTZ001


@st.composite
def agos(draw: st.DrawFn) -> Span:
    number, unit = draw(st.integers(0, 90)), draw(st.sampled_from("smhd"))
    instant = NOW - timedelta(**{UNITS[unit]: number})
    return Ago(f"{number}{unit}"), instant, instant


@st.composite
def days(draw: st.DrawFn) -> Span:
    day = draw(NEAR).date()
    first = datetime(day.year, day.month, day.day, tzinfo=NEPAL)
    return Day(str(day)), first, first + timedelta(days=1, microseconds=-1)


@st.composite
def instants(draw: st.DrawFn) -> Span:
    local = draw(NEAR)
    aware = local.replace(tzinfo=draw(st.sampled_from([UTC, NEPAL])))
    naive = draw(st.booleans())
    written = (local if naive else aware).isoformat(draw(st.sampled_from("T ")))
    instant = local.replace(tzinfo=NEPAL) if naive else aware
    return Instant(written), instant, instant


@st.composite
def amounts(draw: st.DrawFn) -> Span:
    number, unit = draw(st.integers(0, 90)), draw(st.sampled_from(["", *UNITS]))
    seconds = timedelta(**{UNITS[unit or "s"]: number}).total_seconds()
    return Amount(f"{number}{unit}"), seconds, seconds


@st.composite
def spans(draw: st.DrawFn, ends: st.SearchStrategy[Span]) -> Case:
    low, high = draw(ends), draw(ends)
    match draw(st.sampled_from(["low", "high", "both", "same"])):
        case "low":
            return span_case(low, None, inclusive=draw(st.booleans()))
        case "high":
            return span_case(None, high, inclusive=draw(st.booleans()))
        case "both":
            return span_case(low, high, inclusive=True)
        case _:
            return span_case(low, low, inclusive=True)


def read(field: Field, run: Run) -> object:
    """Give what a term on a field looks at, in a run whose duration was told."""
    match field:
        case Field.STATE:
            return (run.state.value,)
        case Field.WORKFLOW:
            return run.workflow_name, run.workflow_id
        case Field.SOURCE | Field.TRIGGER | Field.ID | Field.ERROR:
            return (getattr(run, field),)
        case Field.DURATION:
            return run.took
        case Field.WORDS:
            return run.name, run.id, run.workflow_name, run.workflow_id, run.error
        case _:
            return getattr(run, f"{field}_at")


@st.composite
def terms(draw: st.DrawFn) -> tuple[Term, Callable[[Run], bool]]:
    field = draw(st.sampled_from(Field))
    cases: st.SearchStrategy[Case]
    if field is Field.STATE:
        cases = st.sampled_from(State).map(lambda state: text_cases(state.value, contains=False))
    elif field is Field.WORDS:
        cases = NAMES.map(lambda text: text_cases(text, contains=True))
    elif field is Field.DURATION:
        cases = spans(amounts())
    elif field in TIMES:
        cases = spans(agos() | days() | instants())
    elif field is Field.ERROR:
        cases = st.builds(
            lambda text, contains: pattern_cases(text, contains=contains), NAMES, st.booleans()
        )
    else:
        cases = st.builds(
            lambda text, contains: text_cases(text, contains=contains), NAMES, st.booleans()
        )
    told = draw(st.lists(cases, min_size=1, max_size=3))
    negated = draw(st.booleans())
    term = Term(field, tuple(case.value for case in told), negated)
    return term, lambda run: any(case.holds(read(field, run)) for case in told) != negated


@st.composite
def runs(draw: st.DrawFn) -> Run:
    texts = st.none() | NAMES
    times = st.none() | NEAR.map(lambda local: local.replace(tzinfo=UTC))
    return Run(
        source=draw(NAMES),
        id=draw(NAMES),
        workflow_id=draw(texts),
        workflow_name=draw(texts),
        name=draw(texts),
        trigger=draw(texts),
        error=draw(texts),
        state=draw(st.sampled_from(State)),
        created_at=draw(times),
        started_at=None,
        finished_at=draw(times),
        took=draw(st.none() | st.floats(0, 6000)),
    )


FILTERS = st.lists(terms(), max_size=4)
Judged = list[tuple[Term, Callable[[Run], bool]]]


@given(FILTERS)
@settings(max_examples=100, deadline=None)
def test_a_query_is_read_as_it_is_written(judged: Judged) -> None:
    query = Query(tuple(term for term, _ in judged))
    assert Query.parse(str(query)) == query


@given(FILTERS, st.lists(runs(), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_query_lets_pass_what_each_of_its_terms_lets_pass(
    judged: Judged, told: list[Run]
) -> None:
    test = Query(tuple(term for term, _ in judged)).predicate(NOW)
    for run in told:
        assert test(run) == all(holds(run) for _, holds in judged)


@given(FILTERS, runs())
@settings(max_examples=100, deadline=None)
def test_what_passes_is_admitted_by_its_source_and_its_state(judged: Judged, run: Run) -> None:
    query = Query(tuple(term for term, _ in judged))
    if query.predicate(NOW)(run):
        assert query.admits_source(run.source)
        assert run.state in query.states


@given(spans(agos() | days() | instants()), NEAR)
@settings(max_examples=100, deadline=None)
def test_the_edges_for_a_server_lose_no_instant(case: Case, local: datetime) -> None:
    assert isinstance(case.value, Between)
    instant = local.replace(tzinfo=UTC)
    first, last = case.value.edges(NOW)
    if case.holds(instant):
        assert first is None or first <= instant
        assert last is None or instant <= last


def test_durations_have_no_instants_as_edges() -> None:
    assert Between(Amount("5m"), Amount("10m")).edges(NOW) == (None, None)


# What is asked of a query


def test_the_states_that_may_pass() -> None:
    assert Query.parse("etl").states == frozenset(State)
    assert Query.parse("state:failed,running -state:failed").states == {State.RUNNING}
    assert Query.parse("-state:failed").states == frozenset(State) - {State.FAILED}
    assert Query.parse("state:failed state:running").states == frozenset()


def test_the_sources_that_can_matter() -> None:
    query = Query.parse("source:prod,~sta -source:stage-2")
    names = ("prod", "PROD", "stage", "stage-2", "lab")
    assert [query.admits_source(name) for name in names] == [True, True, True, False, False]


def test_terms_come_and_go() -> None:
    query = Query.parse("state:failed source:prod state:running", limit=7)
    (etl,) = Query.parse("workflow:etl").terms
    assert str(query.without(Field.STATE)) == "source:prod"
    assert str(query.with_term(etl)) == "state:failed source:prod state:running workflow:etl"
    assert [str(term) for term in query.of(Field.STATE)] == ["state:failed", "state:running"]
    assert query.without(Field.STATE).limit == query.with_term(etl).limit == query.limit == 7


def test_the_quick_filters_can_be_typed() -> None:
    assert Query.parse(str(Query((ACTIVE_ONLY,)))).states == ACTIVE
    assert Query.parse(str(Query((FAILED_ONLY,)))).states == {State.FAILED}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("STATE:Failed,canceled", "state:failed,cancelled"),
        ("  a   b ", "a b"),
        ('workflow:"etl"', "workflow:etl"),
        ('workflow:~"night etl"', 'workflow:~"night etl"'),
        ('-"-x"', '-"-x"'),
        ("created:>2H", "created:>2h"),
        ("created:2026-11-01..", "created:>=2026-11-01"),
        ("created:2026-11-01..2026-11-01", "created:2026-11-01"),
        ('created:">2026-11-01 10:00"', 'created:">2026-11-01 10:00"'),
    ],
)
def test_a_filter_is_written_as_a_person_would(text: str, written: str) -> None:
    assert str(Query.parse(text)) == written


def test_a_sort_is_written_as_in_a_configuration() -> None:
    assert str(Sort("finished")) == "-finished"
    assert str(Sort("workflow", descending=False)) == "workflow"


@pytest.mark.parametrize(
    ("text", "wider", "narrows"),
    [
        ("etl", "et", True),
        ("etl load", "etl", True),
        ("Etl", "eT", True),
        ("workflow:~etl", "workflow:~e", True),
        ("workflow:etl", "workflow:~e", True),
        ("state:failed etl", "state:failed", True),
        ("etl", "", True),
        ("et", "etl", False),
        ("-etl", "-et", False),
        ("workflow:~e", "workflow:etl", False),
        ("etl,load", "etl", False),
        ("state:failed", "state:failed,running", False),
        ("etl", "workflow:~et", False),
        ('error:~"http 502"', "error:~http", True),
        ("error:http*", "error:~http", True),
    ],
)
def test_a_longer_word_narrows_a_filter(text: str, wider: str, narrows: bool) -> None:
    assert Query.parse(text).narrows(Query.parse(wider)) is narrows


TYPED = st.text("etl", min_size=1, max_size=3)
BOUNDED = st.builds(
    lambda word, workflow: run(id=word, workflow_name=workflow),
    st.text("etl", min_size=1, max_size=4),
    st.none() | st.text("etl", max_size=4),
)


@given(TYPED, TYPED, BOUNDED)
def test_what_narrows_lets_pass_nothing_more(one: str, other: str, told: Run) -> None:
    narrow, wide = Query.parse(f"{one}{other} {other}"), Query.parse(one)
    assert narrow.narrows(wide)
    if narrow.predicate(NOW)(told):
        assert wide.predicate(NOW)(told)
