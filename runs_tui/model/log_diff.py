"""The log of one run held against that of another, line by line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

from runs_tui.model.run import Event, Gap
from runs_tui.model.signature import signature

MOST = 5000
"""How many lines of each run are held against each other, the last ones."""
CONTEXT = 3
"""How many lines around a difference are shown that do not differ."""
BUDGET = 30_000_000
"""How many pairs of lines are looked at before the rest is taken to differ."""
_PIECE = 120


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log."""

    text: str
    """What it says."""
    level: str | None = None
    """`debug`, `info`, `warning` or `error`."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of both logs in one place, which say the same or do not."""

    before: Sequence[LogLine]
    """The lines of the first log; some are left out where the second has more."""
    after: Sequence[LogLine]
    """The lines of the second log, as many where they say the same."""
    same: bool
    """Whether they say the same but for numbers, times and ids."""


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line as it is shown: of one log, of both, or standing for lines that are folded."""

    number: int
    """Its place, which it keeps whatever is folded."""
    before: LogLine | None = None
    """The line of the first log."""
    after: LogLine | None = None
    """The line of the second log."""
    same: bool = True
    """Whether the two say the same."""
    block: int = 0
    """The place of its block."""
    hidden: int = 0
    """How many lines are folded here."""


@dataclass(frozen=True, slots=True)
class LogDiff:
    """Two logs, aligned."""

    blocks: Sequence[Block] = ()
    """Those lines that say the same and those that do not, in turn."""
    aligned: bool = True
    """Whether the alignment went to the end; else some lines that say the same may differ here."""

    @staticmethod
    def of(before: Sequence[LogLine], after: Sequence[LogLine], budget: int = BUDGET) -> "LogDiff":
        """Align two logs; numbers, times, ids and paths of theirs own count as the same."""
        matcher = _Matcher(_signed(before), _signed(after), budget)
        blocks = [
            Block(before[i:end_i], after[j:end_j], same=tag == "equal")
            for tag, i, end_i, j, end_j in matcher.get_opcodes()
        ]
        return LogDiff(blocks, aligned=matcher.left >= 0)

    @property
    def removed(self) -> int:
        """Count the lines that only the first log has."""
        return sum(len(block.before) for block in self.blocks if not block.same)

    @property
    def added(self) -> int:
        """Count the lines that only the second log has."""
        return sum(len(block.after) for block in self.blocks if not block.same)

    def rows(self, *, beside: bool, unfolded: frozenset[int] = frozenset()) -> Iterator[DiffRow]:
        """Give the lines as they are shown, beside each other or those of the first log above.

        What says the same is folded but for some lines of context, save in unfolded blocks.
        """
        number = 0
        for place, block in enumerate(self.blocks):
            number += 1
            if not block.same:
                yield from _changed(block, number, place, beside=beside)
            elif place in unfolded:
                yield from _same(block, number, place, range(len(block.after)))
            else:
                yield from self._folded(block, number, place)
            number += len(block.before) + len(block.after)

    def _folded(self, block: Block, number: int, place: int) -> Iterator[DiffRow]:
        length = len(block.after)
        head = CONTEXT if place else 0
        tail = CONTEXT if place < len(self.blocks) - 1 else 0
        hidden = length - head - tail
        if hidden <= 1:
            yield from _same(block, number, place, range(length))
            return
        yield from _same(block, number, place, range(head))
        yield DiffRow(number + head, block=place, hidden=hidden)
        yield from _same(block, number, place, range(length - tail, length))


def lines_of(told: Iterable[Event | Gap], step: str | None = None) -> Iterator[LogLine]:
    """Give the lines of events, of one step or of all; changes of state are none."""
    for event in told:
        if isinstance(event, Gap) or (step is not None and event.step != step):
            continue
        if event.state is None:
            for text in event.message.split("\n"):
                yield LogLine(text.expandtabs(4), event.level)


def _changed(block: Block, number: int, place: int, *, beside: bool) -> Iterator[DiffRow]:
    if not beside:
        for at, line in enumerate(block.before):
            yield DiffRow(number + at, before=line, same=False, block=place)
        for at, line in enumerate(block.after, len(block.before)):
            yield DiffRow(number + at, after=line, same=False, block=place)
        return
    for at in range(max(len(block.before), len(block.after))):
        before = block.before[at] if at < len(block.before) else None
        after = block.after[at] if at < len(block.after) else None
        yield DiffRow(number + at, before, after, same=False, block=place)


def _same(block: Block, number: int, place: int, which: range) -> Iterator[DiffRow]:
    for at in which:
        yield DiffRow(number + at, block.before[at], block.after[at], block=place)


def _signed(lines: Sequence[LogLine]) -> list[str]:
    known: dict[str, str] = {}
    for line in lines:
        if line.text not in known:
            known[line.text] = _signature(line.text)
    return [known[line.text] for line in lines]


def _signature(text: str) -> str:
    """Give the signature of a whole line, also of a long one."""
    pieces = [""]
    for word in text.split():
        if pieces[-1] and len(pieces[-1]) + len(word) >= _PIECE:
            pieces.append(word)
        else:
            pieces[-1] = f"{pieces[-1]} {word}".strip()
    return " ".join(map(signature, pieces))


class _Matcher(SequenceMatcher[str]):
    """Finds what two sequences have in common, and gives up when that takes too long."""

    def __init__(self, before: list[str], after: list[str], budget: int) -> None:
        super().__init__(None, before, after, autojunk=False)
        self.left = budget
        self._before, self._after = before, after
        often = Counter(after)
        self._often = [often[text] for text in before]

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        ahi = len(self._before) if ahi is None else ahi
        bhi = len(self._after) if bhi is None else bhi
        if self.left >= 0:
            self.left -= sum(self._often[alo:ahi])
        if self.left >= 0:
            return super().find_longest_match(alo, ahi, blo, bhi)
        size = 0
        while (
            alo + size < ahi
            and blo + size < bhi
            and self._before[alo + size] == self._after[blo + size]
        ):
            size += 1
        return Match(alo, blo, size)
