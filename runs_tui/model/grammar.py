"""The grammar of filters: text to terms, with the place of what is wrong."""

from runs_tui.model.pieces import Cut, Piece, cut
from runs_tui.model.query import TIMES, Between, Field, Term, Text, Value
from runs_tui.model.span import Ago, Amount, Moment, amount_of, moment_of
from runs_tui.model.state import State
from runs_tui.model.words import did_you_mean

_NAMES = [field.value for field in Field if field is not Field.WORDS]
_SPELLINGS = {"canceled": "cancelled", "success": "succeeded", "completed": "succeeded"}


class FilterError(ValueError):
    """A filter that cannot be read; `start` and `end` are the places of what is wrong."""

    def __init__(self, message: str, start: int, end: int) -> None:
        """Take one sentence and where it points."""
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start + 1)


def parse(text: str) -> tuple[Term, ...]:
    """Read a filter; raise FilterError."""
    return tuple(_term(text, term) for term in cut(text))


def _term(text: str, term: Cut) -> Term:
    field = _field(term)
    for piece in term.pieces:
        if not piece.closed:
            message = "a quote is opened here and never closed"
            raise FilterError(message, piece.start, len(text))
    if any(not piece.text and not piece.quoted for piece in term.pieces):
        what = f"{field}:" if field is not Field.WORDS else text[term.start : term.end]
        raise FilterError(f"a value is missing after {what!r}", term.start, term.end)
    return Term(field, tuple(_value(field, piece) for piece in term.pieces), term.negated)


def _field(term: Cut) -> Field:
    if term.name is None:
        return Field.WORDS
    name = term.name.lower()
    if name not in _NAMES:
        message = f"there is no field {term.name!r}: {did_you_mean(name, _NAMES)}"
        raise FilterError(message, term.name_start, term.name_end)
    return Field(name)


def _value(field: Field, piece: Piece) -> Value:
    if field is Field.STATE:
        return _state(piece)
    if field in TIMES or field is Field.DURATION:
        return _between(field, piece)
    return Text(piece.text, contains=piece.contains or field is Field.WORDS)


def _state(piece: Piece) -> Text:
    word = piece.text.lower()
    word = _SPELLINGS.get(word, word)
    if word not in State.__members__.values():
        message = f"there is no state {piece.text!r}: {did_you_mean(word, list(State))}"
        raise FilterError(message, piece.start, piece.end)
    return Text(State(word).value)


def _between(field: Field, piece: Piece) -> Between:
    text = piece.text
    low, dots, high = text.partition("..")
    if dots:
        if not low and not high:
            raise FilterError("a range needs at least one end", piece.start, piece.end)
        return Between(
            _end(field, low, piece) if low else None, _end(field, high, piece) if high else None
        )
    for sign in (">=", "<=", ">", "<"):
        if text.startswith(sign):
            end = _end(field, text[len(sign) :], piece)
            inclusive = sign.endswith("=")
            return Between(end, None, inclusive) if ">" in sign else Between(None, end, inclusive)
    end = _end(field, text, piece)
    if field is Field.DURATION or isinstance(end, Ago):
        message = f"say {field}:>{text} (more than) or {field}:<{text} (less than)"
        if field is not Field.DURATION:
            message = f"say {field}:>{text} (since then) or {field}:<{text} (before then)"
        raise FilterError(message, piece.start, piece.end)
    return Between(end, end)


def _end(field: Field, text: str, piece: Piece) -> Moment | Amount:
    end = amount_of(text) if field is Field.DURATION else moment_of(text)
    if end is not None:
        return end
    example = "10m or 1h30m" if field is Field.DURATION else "2h, 3d, 2026-11-01 or an ISO time"
    told = f"{text!r} is not" if text else "here is not"
    kind = "a duration" if field is Field.DURATION else "a time"
    raise FilterError(f"{told} {kind}: write it as {example}", piece.start, piece.end)
