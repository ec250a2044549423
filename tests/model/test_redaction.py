import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.redaction import HIDDEN, Redaction

SECRET = "pl4nted/t0ken+of two=words"


def knowing(*secrets: str) -> Redaction:
    redaction = Redaction()
    redaction.know(*secrets)
    return redaction


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
    ],
)
def test_every_form_of_a_secret_is_taken_out(form: str) -> None:
    assert knowing(SECRET).of(f"a{form}b, {form}") == f"a{HIDDEN}b, {HIDDEN}"


@given(
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=9, max_size=40),
    before=st.binary(max_size=7),
    after=st.binary(max_size=7),
)
def test_no_base64_around_a_secret_can_be_read(secret: str, before: bytes, after: bytes) -> None:
    for encode in (b64encode, urlsafe_b64encode):
        whole = encode(before + secret.encode() + after).decode()
        told = knowing(secret).of(whole)
        start, _, end = told.partition(HIDDEN)
        assert HIDDEN in told
        assert len(start) <= (len(before) * 8 + 5) // 6 + 1
        assert len(end) <= (len(after) * 8 + 5) // 6 + 4


def test_a_longer_secret_goes_before_the_one_within_it() -> None:
    assert knowing("password1", "user:password1").of("user:password1 password1") == "*** ***"


def test_a_short_secret_is_taken_out_where_it_stands_alone() -> None:
    told = knowing("admin").of('GET /api/admin/version "admin" administrator admin')
    assert told == 'GET /api/admin/version "***" administrator ***'


@pytest.mark.parametrize("secret", ["", " ", "a", "abc"])
def test_what_is_hardly_a_secret_leaves_texts_alone(secret: str) -> None:
    assert knowing(secret).of("a b c abc") == "a b c abc"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://me:pw@host/a?b=1", "https://***@host/a?b=1"),
        ("https://host/a?access_token=x&b=1", "https://host/a?access_token=***&b=1"),
        ("https://host/a?b=1&api_key=x#c", "https://host/a?b=1&api_key=***#c"),
        ("https://host/token/a?b=c@d", "https://host/token/a?b=c@d"),
    ],
)
def test_a_url_is_told_without_credentials(url: str, told: str) -> None:
    assert Redaction().of_url(url) == told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Set-Cookie", "a=b", HIDDEN),
        ("X-Api-Key", "b", HIDDEN),
        ("X-Auth", "b", HIDDEN),
        ("Proxy-Authorization", "b", HIDDEN),
        ("Location", "https://a/?token=b", "https://a/?token=***"),
        ("X-Author", "b", "b"),
        ("X-Request-Id", f"r-{SECRET}", "r-***"),
    ],
)
def test_a_header_is_told_by_its_name(name: str, value: str, told: str) -> None:
    assert knowing(SECRET).of_header(name, value) == told


def test_the_members_of_a_body_that_hold_secrets_are_empty() -> None:
    body = '{"token": "a\\"b", "access_token":"c", "next": "d", "user": {"Password": "e"}}'
    told = json.loads(Redaction().of_body(body))
    assert told == {
        "token": HIDDEN,
        "access_token": HIDDEN,
        "next": "d",
        "user": {"Password": HIDDEN},
    }


@pytest.mark.parametrize("kept", range(4, len(SECRET)))
def test_a_part_of_a_secret_at_the_end_of_what_is_kept_is_taken_out(kept: int) -> None:
    told = knowing(SECRET).of_start(f"it was {SECRET[:kept]}")
    assert told == f"it was {HIDDEN}"
