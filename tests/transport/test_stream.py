import json
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.transport.stream import LIMIT, Frame, Frames

SSE = (
    b"\xef\xbb\xbf: hello\r\n\r\nretry: 2000\n\n"
    b'id: 41\nevent: action.started\ndata: {"a": 1}\n\n'
    b": keep-alive\n\n"
    b"data:first\rdata: second\rdata\r\r"
    b"id: 42\n\nunknown: field\nid: no\0good\n"
    b"event: end\r\ndata: \xe2\x9c\x93\r\n\r\n"
)
SSE_FRAMES = [
    Frame('{"a": 1}', "action.started", "41"),
    Frame("first\nsecond\n"),
    Frame("✓", "end"),
]
VALUES = '{"a":"x\\"}{"}\n{"b":[1,{"c":2}]} {"d":\n  null}\x1e{"é":1}\nplain words\n"text"\n7\n'
VALUE_FRAMES = [
    '{"a":"x\\"}{"}',
    '{"b":[1,{"c":2}]}',
    '{"d":\n  null}',
    '{"é":1}',
    "plain words",
    '"text"',
    "7",
]


def read(data: bytes, cuts: Iterable[int] = (), content_type: str = "") -> list[Frame]:
    frames = Frames(content_type)
    edges = [0, *sorted(cuts), len(data)]
    told = [frame for start, end in pairwise(edges) for frame in frames.feed(data[start:end])]
    return told + frames.close()


def texts(data: str, cuts: Iterable[int] = ()) -> list[str]:
    return [frame.text for frame in read(data.encode(), cuts)]


def test_server_sent_events_of_every_form() -> None:
    assert read(SSE) == SSE_FRAMES


@pytest.mark.parametrize("cut", range(len(SSE)))
def test_events_are_the_same_wherever_their_bytes_are_cut(cut: int) -> None:
    assert read(SSE, [cut]) == SSE_FRAMES


def test_events_come_byte_by_byte() -> None:
    assert read(SSE, range(len(SSE))) == SSE_FRAMES


def test_an_event_without_data_is_none_but_its_id_counts() -> None:
    frames = Frames()
    assert frames.feed(b"id: 7\n\n:\n\n\n") == []
    assert frames.last_id == "7"


def test_an_event_comes_as_soon_as_its_blank_line_begins() -> None:
    frames = Frames()
    assert [f.text for f in frames.feed(b"data: a\r\r")] == ["a"]
    assert [f.text for f in frames.feed(b"\ndata: b\n\n")] == ["b"]


def test_retry_is_given_in_seconds_and_takes_digits_only() -> None:
    frames = Frames()
    frames.feed(b"retry: 2500\nretry: soon\nretry: -1\n")
    assert frames.retry == 2.5


def test_an_unfinished_event_is_used_only_where_its_data_is_whole() -> None:
    assert texts('data: {"a":1}') == ['{"a":1}']
    assert texts('data: {"a":') == []


def test_values_in_sequence() -> None:
    assert texts(VALUES) == VALUE_FRAMES


@given(st.sets(st.integers(0, len(VALUES.encode()))))
def test_values_are_the_same_wherever_their_bytes_are_cut(cuts: set[int]) -> None:
    assert texts(VALUES, cuts) == VALUE_FRAMES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.lists(st.dictionaries(st.text(), JSON, max_size=3), min_size=1, max_size=5)
CUTS = st.sets(st.integers(0, 400), max_size=40)


@given(OBJECTS, CUTS, st.sampled_from(["\n", "", "\x1e", " \r\n"]), st.sampled_from([None, 1]))
def test_any_objects_in_sequence(
    objects: list[object], cuts: set[int], between: str, indent: int | None
) -> None:
    data = between.join(json.dumps(value, indent=indent) for value in objects)
    cuts = {cut for cut in cuts if cut < len(data)}
    assert [json.loads(text) for text in texts(data, cuts)] == objects


@given(OBJECTS, CUTS, st.sampled_from([None, 1]), st.booleans())
def test_any_growing_array(
    objects: list[object], cuts: set[int], indent: int | None, ended: bool
) -> None:
    data = json.dumps(objects, indent=indent, ensure_ascii=False)
    data = data if ended else data.rstrip().removesuffix("]")
    cuts = {cut for cut in cuts if cut < len(data.encode())}
    assert [json.loads(text) for text in texts(data, cuts)] == objects


FIELD_TEXT = st.text(st.characters(exclude_characters="\r\n\0\ufeff", exclude_categories=["Cs"]))


@given(
    st.lists(st.tuples(FIELD_TEXT, st.lists(FIELD_TEXT, min_size=1)), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r", "\r\n"]),
    CUTS,
)
def test_any_events_with_any_line_ends(
    events: list[tuple[str, list[str]]], end: str, cuts: set[int]
) -> None:
    lines = []
    for name, data in events:
        lines += [f"event: {name}", *(f"data: {line}" for line in data), "", ": alive", ""]
    encoded = "".join(line + end for line in lines).encode()
    frames = read(encoded, {cut for cut in cuts if cut < len(encoded)})
    assert frames == [Frame("\n".join(data), name) for name, data in events]


@given(
    st.binary(max_size=300),
    st.sets(st.integers(0, 300)),
    st.sampled_from(["", "text/event-stream"]),
)
def test_any_bytes_give_the_same_frames_wherever_they_are_cut(
    data: bytes, cuts: set[int], content_type: str
) -> None:
    inner = {cut for cut in cuts if cut < len(data)}
    assert read(data, inner, content_type) == read(data, (), content_type)


MESSY = st.text(st.sampled_from('{}[]",:\\ \n\r\x1ea1'), max_size=60)


@given(MESSY, st.sets(st.integers(0, 60)))
def test_any_broken_json_gives_the_same_frames_wherever_it_is_cut(
    data: str, cuts: set[int]
) -> None:
    inner = {cut for cut in cuts if cut < len(data)}
    assert texts(data, inner) == texts(data)


def test_a_value_comes_as_soon_as_it_is_whole() -> None:
    frames = Frames()
    assert [f.text for f in frames.feed(b'{"a":1}{"b"')] == ['{"a":1}']
    assert [f.text for f in frames.feed(b":2}")] == ['{"b":2}']


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('{"a":"never closed\n{"b":1}\n', ['{"a":"never closed', '{"b":1}']),
        ('{"a":\n{"b":1}\n{"c":1}\n', ['{"a":', '{"b":1}', '{"c":1}']),
        ('{"a" 5}\n{"c":1}\n', ['{"a" 5}', '{"c":1}']),
        ('{"a":[1}\n{"c":1}\n', ['{"a":[1}', '{"c":1}']),
    ],
)
def test_one_broken_value_does_not_end_the_stream(data: str, told: list[str]) -> None:
    assert texts(data) == told


@pytest.mark.parametrize(
    ("data", "content_type", "told"),
    [
        ("null", "application/json", ["null"]),
        ("", "text/event-stream", []),
        ("\n\n", "text/event-stream", []),
        ('{"a":1}', "text/event-stream", ['{"a":1}']),
        ("[]", "application/json", []),
        ("[12:00] started\nended", "text/plain", ["[12:00] started", "ended"]),
        ("starting\r\n\r\nended\r\n", "", ["starting", "ended"]),
        ("ev", "", ["ev"]),
        ("[", "", ["["]),
        ("data: x\n\n", "application/json", ["x"]),
        ("odd: field\ndata: x\n\n", "text/event-stream; charset=utf-8", ["x"]),
        ("\ufeff  [1", "", ["[1"]),
    ],
)
def test_the_framing_is_found_out(data: str, content_type: str, told: list[str]) -> None:
    assert [frame.text for frame in read(data.encode(), (), content_type)] == told


@pytest.mark.parametrize(
    ("before", "after"),
    [("data: ", "\n\ndata: next\n\n"), ('{"a":"', '"}\n"next"\n'), ("words ", "\nnext\n")],
)
@pytest.mark.parametrize("step", [4096, 10**7])
def test_what_is_too_long_is_cut_and_the_stream_goes_on(before: str, after: str, step: int) -> None:
    data = (before + "x" * (3 * LIMIT) + after).encode()
    first, last = read(data, range(0, len(data), step))
    assert first.cut
    assert LIMIT - 10 < len(first.text) <= LIMIT
    assert last.text.strip('"') == "next"
    assert not last.cut


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    assert [frame.text for frame in read(b"data: \xff!\n\n")] == ["\ufffd!"]
