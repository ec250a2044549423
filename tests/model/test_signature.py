"""The signature of an error: what varies is left out, what tells the kind is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.signature import LONGEST, signature

SAME = {
    "Timed out after *": ("Timed out after 300 s", "Timed out after 5m 12s"),
    "connection to * refused": (
        "connection to 10.0.0.1:5432 refused",
        "connection to 10.12.0.144:5433 refused",
    ),
    "killed at *": ("killed at 4096 MiB", "killed at 2.40 GiB"),
    "user *: no such user": (
        "user 6ba7b810-9dad-11d1-80b4-00c04fd430c8: no such user",
        "user deadbeef-dead-beef-dead-beefdeadbeef: no such user",
    ),
    "lost commit *": ("lost commit 8f31c2a", "lost commit fedcbafedcba"),
    "no answer since *": (
        "no answer since 2026-11-26T09:12:41.123+00:00",
        "no answer since 26 Nov 2026 09:12:41 UTC",
        "no answer since Thu, 26 Nov 2026 09:12:41 GMT",
        "no answer since Nov 26 09:12:41",
        "no answer since 9:12 PM",
    ),
    "pod etl-* was killed": (
        "pod etl-7d9f8b6c5-x2x9z was killed",
        "pod etl-55c9f8d4b-xkzpq was killed",
    ),
    "[Errno 2] no such file: '/tmp/*'": (
        "[Errno 2] no such file: '/tmp/tmpabxk/in.csv'",
        "[Errno 2] no such file: '/tmp/spark-77/part-0001/x'",
    ),
    "cannot read /home/*/jobs/run.sh": (
        "cannot read /home/ada/jobs/run.sh",
        "cannot read /home/grace/jobs/run.sh",
    ),
    "HTTP 502 from https://api.example/*/orders?*": (
        "HTTP 502 from https://api.example/v2/orders?page=3&size=50",
        "HTTP 502 from https://api.example/v3/orders?page=12",
    ),
    "value '*' is not in the schema": (
        "value 'order 17' is not in the schema",
        "value 'part no. 4' is not in the schema",
    ),
    "needs runner *, found *": (
        "needs runner 1.2.3, found 1.2",
        "needs runner v2.0.0-rc1, found 12",
    ),
    "balance is *": ("balance is -5", "balance is 1,204.50"),
}
"""Signatures, each with errors that have it."""

APART = [
    "HTTP 502 from api.partner.example",
    "HTTP 404 from api.partner.example",
    "HTTP 502 from api.crm.example",
    "HTTP/1.1 503 from api.partner.example",
    "Server error '502 Bad Gateway' for url https://api.example/orders",
    "Server error '503 Service Unavailable' for url https://api.example/orders",
    "502 Server Error: Bad Gateway",
    "500 Server Error: Internal Server Error",
    "upstream answered 502",
    "upstream answered 429",
    "status code: 401",
    "status code: 403",
    "Process exited with code 1",
    "Process exited with code 137",
    "returned non-zero exit status 2.",
    "returned non-zero exit status 3.",
    "[Errno 2] cannot open it",
    "[Errno 13] cannot open it",
    "killed by signal 9",
    "killed by signal 11",
    "SQLSTATE[23505]: refused",
    "SQLSTATE[40001]: refused",
    "ORA-00942: refused",
    "ORA-01017: refused",
    "error TS2304: refused",
    "error TS2322: refused",
    "No such file: s3://landing/orders/manifest.json",
    "No such file: gs://landing/orders/manifest.json",
    "No such file: s3://landing/invoices/manifest.json",
    "'utf-8' codec can't decode it",
    "'utf-16' codec can't decode it",
    'column "discount_code" is missing',
    'column "tax_code" is missing',
    "Timed out after 300 s",
    "Timed out after 300 s while waiting for a lock",
    "Out of memory: killed at 4096 MiB",
    "CUDA out of memory: tried to allocate 2.40 GiB",
    "2 of 418 tests failed",
    "Check failed: 412 rows have no customer_id",
]
"""Errors of which no two are of one kind."""


@pytest.mark.parametrize("told", SAME)
def test_what_varies_is_left_out(told: str) -> None:
    assert {error: signature(error) for error in SAME[told]} == dict.fromkeys(SAME[told], told)


def test_errors_of_different_kinds_stay_apart() -> None:
    told = [signature(error) for error in APART]

    assert [error for error in told if told.count(error) > 1] == []


@pytest.mark.parametrize(
    "error",
    ["returned 500 rows", "returned 404 rows", "code of 12 orders", "status of 3 of 4 is wrong"],
)
def test_an_amount_is_no_code(error: str) -> None:
    assert not any(mark.isdigit() for mark in signature(error))


WORDS = st.sampled_from(
    ["reading", "table", "orders", "failed:", "because", "no", "answer", "(and)", "key,", "of"]
)
DIGITS = st.integers(0, 10**12).map(str)
HEX = st.text("0123456789abcdef", min_size=12, max_size=40)
AMOUNTS = st.builds(
    "{:.2f} {}".format, st.floats(0, 1e6), st.sampled_from(["GiB", "MB", "ms", "s", "%", "hours"])
)
VARYING = st.one_of(
    DIGITS,
    HEX,
    AMOUNTS,
    st.integers(-(10**6), -1).map(str),
    st.integers(0, 10**9).map("{:,}".format),
    st.uuids().map(str),
    st.datetimes().map(lambda at: at.isoformat()),
    st.datetimes().map("{:%H:%M:%S}".format),
    st.timedeltas().map(lambda took: f"{took.seconds // 60}m {took.seconds % 60:02}s"),
    st.tuples(*[st.integers(0, 255)] * 4).map(lambda parts: ".".join(map(str, parts))),
    st.integers(0, 99).map("v1.{}.7".format),
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Give two errors that differ only in what varies."""
    one, other = [], []
    for word in draw(st.lists(st.one_of(WORDS, st.none()), min_size=1, max_size=12)):
        one.append(draw(VARYING) if word is None else word)
        other.append(draw(VARYING) if word is None else word)
    return " ".join(one), "  ".join(other)


@given(pairs())
def test_errors_that_differ_in_what_varies_have_one_signature(errors: tuple[str, str]) -> None:
    one, other = errors

    assert signature(one) == signature(other)


MESSY = st.lists(
    st.one_of(
        st.sampled_from([*APART, *(error for errors in SAME.values() for error in errors)]),
        st.text(max_size=20),
        st.text("ab1 -*:'\"/.%sTZ()", max_size=30),
        VARYING,
        st.sampled_from(["exit code", "HTTP", "status", "/tmp/", "https://x/", "?", "Nov", "Thu,"]),
    ),
    max_size=12,
).map(" ".join)


@given(MESSY)
def test_a_signature_is_its_own_signature(error: str) -> None:
    once = signature(error)

    assert signature(once) == once
    assert len(once) <= LONGEST
    assert "\n" not in once


@given(st.text("ab1-*:'\"/.x ", min_size=1), st.integers(1000, 4000))
def test_a_long_text_is_read_at_once(piece: str, times: int) -> None:
    assert len(signature(piece * times)) <= LONGEST
