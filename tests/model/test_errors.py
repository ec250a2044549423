import unicodedata

import pytest

from runs_tui.model import errors
from runs_tui.model.errors import RateLimited, Refused, SourceError, Unsupported

KINDS = [
    errors.Unreachable,
    errors.Unauthorized,
    errors.NotFound,
    errors.Conflict,
    errors.RateLimited,
    errors.Refused,
    errors.BadAnswer,
]


def test_there_are_seven_kinds() -> None:
    assert set(SourceError.__subclasses__()) == set(KINDS)
    assert len({kind.title for kind in [*KINDS, SourceError, Unsupported]}) == 9
    assert issubclass(Unsupported, Refused)


@pytest.mark.parametrize("kind", [*KINDS, Unsupported])
def test_a_sentence_tells_what_and_why_and_what_helps(kind: type[SourceError]) -> None:
    error = kind("the token has expired", "set LAB_TOKEN")
    assert error.sentence == f"{kind.title}: the token has expired (set LAB_TOKEN)"
    assert str(error) == error.sentence
    assert kind().sentence == kind.title
    assert kind("why").sentence == f"{kind.title}: why"
    assert kind(hint="help").sentence == f"{kind.title} (help)"


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_a_server_are_cleaned_folded_and_cut(kind: type[SourceError]) -> None:
    error = kind("\x1b[31mNope\x1b[0m\r\n  <html>\u202e\x07 " + "x" * 900)
    assert error.detail.startswith("Nope <html> xxx")
    assert len(error.detail) == 300
    assert error.detail.endswith("…")
    assert not any(unicodedata.category(mark)[0] == "C" for mark in str(error))


def test_being_limited_tells_for_how_long() -> None:
    assert RateLimited("slow down", retry_after=2.5).retry_after == 2.5
    assert RateLimited().retry_after is None


def test_the_number_of_an_answer_is_known_only_where_there_was_one() -> None:
    error = errors.NotFound("gone")
    assert error.status is None
    error.status = 404
    assert errors.NotFound("another").status is None
