"""What a filter that is being typed can go on as, from what is known of runs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runs_tui.model.grammar import FilterError
from runs_tui.model.known import FIELDS, Known
from runs_tui.model.pieces import Cut, Piece, cut
from runs_tui.model.query import TIMES, Field, quoted
from runs_tui.model.spans_told import is_growing, spans
from runs_tui.model.words import closeness


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may stand in a line instead of a stretch of it."""

    shown: str
    """What a list shows."""
    text: str
    """What is put there."""
    start: int
    """Where the stretch begins."""
    end: int
    """Where it ends."""
    about: str = ""
    """A word about what it is."""
    kind: str = ""
    """What kind of thing it is, where a list has several."""
    keys: str = ""
    """The keys that do the same."""
    why_not: str = ""
    """Why it cannot be done now."""

    def put_into(self, line: str) -> tuple[str, int]:
        """Give the line with it, and where the cursor is then."""
        return line[: self.start] + self.text + line[self.end :], self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Completion:
    """What the word at the cursor can go on as."""

    candidates: Sequence[Candidate] = ()
    """The best first."""
    growing: bool = False
    """Whether the word is not finished, so that it is neither to be applied nor to be blamed."""
    start: int = 0
    """Where the word begins."""
    end: int = 0
    """Where it ends."""

    def excuses(self, error: FilterError) -> bool:
        """Tell whether what is wrong may become right by typing on."""
        here = error.start >= self.start or self.start == self.end
        return self.growing and here and error.start <= self.end <= error.end


def complete(text: str, cursor: int, known: Known) -> Completion:
    """Give what a filter can go on as at the cursor."""
    term = next((term for term in cut(text) if term.start <= cursor <= term.end), None)
    if term is None:
        return Completion(list(_fields("", cursor, cursor, known)), False, cursor, cursor)
    if term.name is not None and cursor <= term.name_end:
        return _of_name(text, cursor, term, term.name_end + 1, known)
    piece = next(piece for piece in term.pieces if cursor <= piece.end)
    if term.name is not None:
        return _of_value(text, cursor, term, piece, known)
    if piece.quoted or piece.contains or len(term.pieces) > 1:
        return Completion((), not piece.closed or not piece.text, piece.start, piece.end)
    return _of_word(text, cursor, term, known)


def _of_name(text: str, cursor: int, term: Cut, end: int, known: Known) -> Completion:
    typed = text[term.name_start : cursor]
    fields = _fields(typed, term.name_start, end, known)
    found = [field for field in fields if field.text != text[field.start : field.end]]
    return Completion(found, bool(found), term.start, term.name_end)


def _of_word(text: str, cursor: int, term: Cut, known: Known) -> Completion:
    """Complete a plain word, which may become a field or be a value of one."""
    fields = _of_name(text, cursor, term, term.end, known)
    typed = text[term.name_start : cursor]
    values: list[tuple[int, Candidate]] = []
    if typed:
        for of in (Field.STATE, Field.WORKFLOW, Field.SOURCE, Field.TRIGGER, Field.ERROR):
            for rank, value, about in _matching(known.values(of, ""), typed):
                told = f"{of}:{quoted(value)}"
                candidate = Candidate(told, told, term.name_start, term.end, about)
                values.append((rank, candidate))
    values.sort(key=lambda ranked: ranked[0])
    found = [*fields.candidates, *(candidate for rank, candidate in values if rank < 3)]
    return Completion(found, fields.growing, term.start, term.end)


def _of_value(text: str, cursor: int, term: Cut, piece: Piece, known: Known) -> Completion:
    of = next((field for field in FIELDS if field == (term.name or "").lower()), None)
    if of is None:
        return Completion((), False, piece.start, piece.end)
    typed = piece.text if cursor >= piece.end else text[piece.start + piece.quoted : cursor]
    if of in TIMES or of is Field.DURATION:
        values = {} if piece.quoted else spans(typed, duration=of is Field.DURATION)
        growing = bool(values) or is_growing(piece.text)
        return _completion(text, piece, values.items(), growing or not piece.text)
    others = {other.text.casefold() for other in term.pieces if other is not piece}
    values = {
        v: about for v, about in known.values(of, typed).items() if v.casefold() not in others
    }
    matching = list(_matching(values, typed))
    whole = any(rank == 0 for rank, *_ in matching)
    found = [(quoted(value), about) for _, value, about in matching]
    unfinished = bool(found) and not whole and not piece.contains
    growing = unfinished or not piece.closed or not (piece.text or piece.quoted)
    return _completion(text, piece, found, growing)


def _completion(
    text: str, piece: Piece, values: Iterable[tuple[str, str]], growing: bool
) -> Completion:
    found = [
        Candidate(value, value, piece.start, piece.end, about)
        for value, about in values
        if value != text[piece.start : piece.end]
    ]
    return Completion(found, growing, piece.start, piece.end)


def _fields(typed: str, start: int, end: int, known: Known) -> Iterator[Candidate]:
    for name, about in known.fields.items():
        if name.startswith(typed.lower()):
            yield Candidate(f"{name}:", f"{name}:", start, end, about)


def _matching(values: Mapping[str, str], typed: str) -> Sequence[tuple[int, str, str]]:
    """Give the values that fit what is typed, with how well they do, the best first."""
    ranked = [(closeness(typed, value), value, about) for value, about in values.items()]
    found = [(rank, value, about) for rank, value, about in ranked if rank is not None]
    return sorted(found, key=lambda match: match[0]) if typed else found
