from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runs_tui.model.grammar import FilterError, parse
from runs_tui.model.query import TIMES, Between, Field, Query, Term, Text, Value
from runs_tui.model.span import Ago, Amount, Day, Instant
from runs_tui.model.state import State

TEN = Instant("2026-11-01 10:00")


def one(text: str) -> Term:
    (term,) = parse(text)
    return term


def values(text: str) -> tuple[Value, ...]:
    return one(text).values


def read(text: str) -> tuple[Query | None, FilterError | None]:
    """Give the query that a filter is, or what is wrong with it."""
    try:
        return Query.parse(text), None
    except FilterError as error:
        return None, error


def error_of(text: str) -> FilterError:
    with pytest.raises(FilterError) as raised:
        parse(text)
    return raised.value


# The filter of the command line's contract, sentence by sentence


def test_the_example() -> None:
    assert parse(
        "state:failed,running workflow:~etl created:>2h source:prod duration:>10m some words"
    ) == (
        Term(Field.STATE, (Text("failed"), Text("running"))),
        Term(Field.WORKFLOW, (Text("etl", contains=True),)),
        Term(Field.CREATED, (Between(Ago("2h"), None, inclusive=False),)),
        Term(Field.SOURCE, (Text("prod"),)),
        Term(Field.DURATION, (Between(Amount("10m"), None, inclusive=False),)),
        Term(Field.WORDS, (Text("some", contains=True),)),
        Term(Field.WORDS, (Text("words", contains=True),)),
    )


def test_a_comma_parts_the_values_of_a_term() -> None:
    assert values("source:prod,stage,lab") == (Text("prod"), Text("stage"), Text("lab"))
    assert one("etl,invoices").texts == ("etl", "invoices")


def test_a_space_parts_terms() -> None:
    assert [term.field for term in parse("  state:failed \t source:prod\n")] == ["state", "source"]
    assert parse("") == parse(" \n ") == ()


def test_a_minus_before_a_term_negates_it() -> None:
    assert one("-state:failed") == Term(Field.STATE, (Text("failed"),), negated=True)
    assert one("-etl") == Term(Field.WORDS, (Text("etl", contains=True),), negated=True)
    assert not one("etl-nightly").negated
    assert values("source:-prod") == (Text("-prod"),)


def test_a_tilde_before_a_value_is_contains() -> None:
    assert values("workflow:~etl,invoices") == (Text("etl", contains=True), Text("invoices"))
    assert values('workflow:~"a b"') == (Text("a b", contains=True),)


@pytest.mark.parametrize("field", [field for field in Field if field is not Field.WORDS])
def test_every_field_is_known_in_any_case(field: Field) -> None:
    value = {"state": "failed", "duration": ">1h"}.get(field, "2026-11-01")
    assert one(f"{field}:{value}").field is one(f"{field.upper()}:{value}").field is field


def test_words_is_no_field_to_type() -> None:
    assert "'words'" in error_of("words:etl").message


def test_bare_words_look_for_what_contains_them() -> None:
    assert values("~etl") == values("etl") == (Text("etl", contains=True),)
    assert values('"HTTP 502"') == (Text("HTTP 502", contains=True),)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('workflow:"nightly etl"', "nightly etl"),
        ('workflow:"a,b"', "a,b"),
        ('workflow:"say \\"hi\\""', 'say "hi"'),
        ('workflow:"back\\\\slash"', "back\\slash"),
        ('workflow:""', ""),
        ('workflow:5"disk', '5"disk'),
        ("workflow:a:b", "a:b"),
        ("workflow:[/x]", "[/x]"),
    ],
)
def test_a_value_in_quotes_holds_anything(text: str, value: str) -> None:
    assert values(text) == (Text(value),)


def test_words_with_a_path_or_an_address_are_words() -> None:
    assert one("2/3").texts == ("2/3",)
    assert one('"http://x.test"').texts == ("http://x.test",)


@pytest.mark.parametrize(
    ("text", "between"),
    [
        (">2h", Between(Ago("2h"), None, inclusive=False)),
        (">=2h", Between(Ago("2h"), None)),
        ("<3d", Between(None, Ago("3d"), inclusive=False)),
        ("<=3d", Between(None, Ago("3d"))),
        ("2026-11-01..2026-11-03", Between(Day("2026-11-01"), Day("2026-11-03"))),
        ("2026-11-01", Between(Day("2026-11-01"), Day("2026-11-01"))),
        ("2026-11-01T10:00Z..", Between(Instant("2026-11-01T10:00Z"), None)),
        ("..2h", Between(None, Ago("2h"))),
        ("3d..2h", Between(Ago("3d"), Ago("2h"))),
        ('"2026-11-01 10:00"', Between(TEN, TEN)),
    ],
)
@pytest.mark.parametrize("field", ["created", "started", "finished"])
def test_times(field: str, text: str, between: Between) -> None:
    assert values(f"{field}:{text}") == (between,)


@pytest.mark.parametrize(
    ("text", "between"),
    [
        (">10m", Between(Amount("10m"), None, inclusive=False)),
        (">=1H30M", Between(Amount("1h30m"), None)),
        ("<90", Between(None, Amount("90"), inclusive=False)),
        ("5m..10m", Between(Amount("5m"), Amount("10m"))),
        ("..10m", Between(None, Amount("10m"))),
    ],
)
def test_durations(text: str, between: Between) -> None:
    assert values(f"duration:{text}") == (between,)


@pytest.mark.parametrize("state", State)
def test_every_state_is_known_in_any_case(state: State) -> None:
    assert values(f"state:{state}") == values(f"state:{state.upper()}") == (Text(state),)


@pytest.mark.parametrize(
    ("spelt", "state"),
    [("canceled", "cancelled"), ("success", "succeeded"), ("completed", "succeeded")],
)
def test_other_spellings_of_states(spelt: str, state: str) -> None:
    assert values(f"state:{spelt}") == (Text(state),)


# What cannot be read


@pytest.mark.parametrize(
    ("text", "wrong", "says"),
    [
        ("stat:failed", "stat", "did you mean 'state'?"),
        ("etl -worklow:x", "worklow", "did you mean 'workflow'?"),
        ("zzz:1", "zzz", "there are: state, workflow, source"),
        ("state:faled", "faled", "did you mean 'failed'?"),
        ("etl state:failed,runing more", "runing", "did you mean 'running'?"),
        ("state:xyz", "xyz", "there are: queued, running"),
        ("state:", "state:", "a value is missing after 'state:'"),
        ("etl state: more", "state:", "a value is missing"),
        ("workflow:a,,b", "workflow:a,,b", "a value is missing"),
        ("source:prod,", "source:prod,", "a value is missing"),
        ("etl - more", "-", "a value is missing after '-'"),
        ("workflow:~", "workflow:~", "a value is missing"),
        ('etl workflow:"nightly', '"nightly', "never closed"),
        ('"etl\\"', '"etl\\"', "never closed"),
        ("created:2h", "2h", "created:>2h (since then) or created:<2h (before then)"),
        ("x duration:10m y", "10m", "duration:>10m (more than) or duration:<10m (less than)"),
        ("created:..", "..", "at least one end"),
        ("created:>", ">", "here is not a time"),
        ("created:>yesterday", ">yesterday", "'yesterday' is not a time"),
        ("started:2026-11-01..noon", "2026-11-01..noon", "'noon' is not a time"),
        ("finished:2026-02-30", "2026-02-30", "not a time: write it as 2h, 3d, 2026-11-01"),
        ("duration:>soon", ">soon", "'soon' is not a duration: write it as 10m or 1h30m"),
        ("created:>2ſ", ">2ſ", "not a time"),
    ],
)
def test_an_error_tells_what_is_wrong_and_where(text: str, wrong: str, says: str) -> None:
    error = error_of(text)
    assert text[error.start : error.end] == wrong
    assert says in error.message
    assert str(error) == error.message


def test_an_error_points_at_one_character_at_least() -> None:
    error = FilterError("nothing", 3, 3)
    assert (error.start, error.end) == (3, 4)


# Any text

PIECES = [
    *(f"{field}:" for field in Field),
    *State,
    *[
        "-",
        "~",
        ",",
        ":",
        '"',
        "\\",
        " ",
        "\t",
        "\u3000",
        "\x0b",
        ">",
        "<",
        ">=",
        "<=",
        "=",
        "..",
        ".",
    ],
    *["2h", "3d", "1h30m", "90", "0s", "2ſ", "2026-11-01", "2026-11-01T10:00", "2026-11-01 10:00"],
    *["2026-11-01T10:00:00.5Z", "2026-11-01,10:00", "0001-01-01", "9999-12-31", "20261101"],
    *["etl", "nightly etl", "İ", "ß", "日本", "[/x]", "😀", "x"],
]
ANY_FILTER = st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(ANY_FILTER)
@example('created:"2026-11-01 10:00"')
@example('created:"2026-11-01,10:00"..')
@example("created:2h..2h")
@example("duration:5m..5m")
@example('workflow:"a\u3000b"')
@example("created:>0001-01-01")
@settings(max_examples=500, deadline=None)
def test_a_filter_is_read_and_written_alike_or_told_to_be_wrong(text: str) -> None:
    query, error = read(text)
    if query is not None:
        assert Query.parse(str(query)) == query
    if error is not None:
        assert 0 <= error.start < error.end
        assert text[error.start : error.end]
        assert error.message


# Everything the grammar can say

NUMBERS = st.integers(0, 999)
AGOS = st.builds("{}{}".format, NUMBERS, st.sampled_from("smhdw"))
AGOS |= st.builds("{}{}".format, AGOS, AGOS)
ZONES: st.SearchStrategy[Any] = st.sampled_from([None, UTC])
FIRST, LAST = datetime(1900, 1, 1), datetime(2999, 12, 31)  # noqa: DTZ001
INSTANTS = st.datetimes(FIRST, LAST, timezones=ZONES).map(datetime.isoformat)
MOMENTS = (
    AGOS.map(Ago)
    | st.dates(FIRST.date(), LAST.date()).map(date.isoformat).map(Day)
    | st.builds(str.replace, INSTANTS, st.just("T"), st.sampled_from("T ")).map(Instant)
)
AMOUNTS = (AGOS | NUMBERS.map(str)).map(Amount)


def betweens(ends: st.SearchStrategy[Any]) -> st.SearchStrategy[Between]:
    ranges = st.builds(Between, ends, ends).filter(lambda between: between.low != between.high)
    single = ends.filter(lambda end: isinstance(end, Day | Instant)).map(lambda e: Between(e, e))
    return (
        st.builds(Between, ends, st.none(), st.booleans())
        | st.builds(Between, st.none(), ends, st.booleans())
        | ranges
        | (single if ends is MOMENTS else st.nothing())
    )


def terms(fields: Iterable[Field], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Term]:
    several = st.lists(values, min_size=1, max_size=3).map(tuple)
    return st.builds(Term, st.sampled_from(list(fields)), several, st.booleans())


TEXTS = st.text(max_size=12) | st.sampled_from(PIECES)
SAYABLE = (
    terms([Field.STATE], st.sampled_from(State).map(lambda state: Text(state.value)))
    | terms(
        [Field.WORKFLOW, Field.SOURCE, Field.TRIGGER, Field.ID],
        st.builds(Text, TEXTS, st.booleans()),
    )
    | terms([Field.WORDS], st.builds(Text, TEXTS, st.just(True)))
    | terms(TIMES, betweens(MOMENTS))
    | terms([Field.DURATION], betweens(AMOUNTS))
)


@given(st.lists(SAYABLE, max_size=5))
@settings(max_examples=500, deadline=None)
def test_every_query_that_can_be_said_is_written_so_that_it_reads_the_same(
    said: list[Term],
) -> None:
    query = Query(tuple(said))
    assert Query.parse(str(query)) == query


@given(st.text(min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_text_in_quotes_is_one_value(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    assert parse(f'-workflow:"{escaped}",~"{escaped}" "{escaped}"') == (
        Term(Field.WORKFLOW, (Text(value), Text(value, contains=True)), negated=True),
        Term(Field.WORDS, (Text(value, contains=True),)),
    )
