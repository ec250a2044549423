"""Code words for workflows, so that few queries tell which workflow each run of a page has.

Every workflow gets a word of so many bits, of which the same number is set in each. One query a bit
asks for the runs of all workflows that have it: a run is in the answers of exactly its workflow's
bits. Too few or too many of them are no word, so that an answer in which a run is missing, or a
server that ignores the filter, is noticed. Thirty workflows cost seven queries instead of thirty.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, count, islice
from math import comb

MOST_IDS = 100
"""How many workflows one query may name: its address must not grow too long."""


@dataclass(frozen=True, slots=True)
class Code:
    """The words of some workflows."""

    ids: tuple[str, ...]
    """The workflows."""
    words: tuple[int, ...]
    """The word of each."""
    bits: int
    """How many bits a word has."""
    weight: int
    """How many of them are set."""

    @property
    def whole(self) -> int:
        """The mask of all bits."""
        return (1 << self.bits) - 1

    def having(self, bit: int) -> list[str]:
        """Give the workflows whose word has a bit."""
        return [each for each, word in zip(self.ids, self.words, strict=True) if word >> bit & 1]

    def meant(self, word: int) -> str | None:
        """Give the workflow of a word."""
        return next((i for i, w in zip(self.ids, self.words, strict=True) if w == word), None)


@lru_cache(maxsize=64)
def code_of(ids: tuple[str, ...], *, apart: bool = False) -> Code:
    """Give short words to workflows; `apart` gives each a bit of its own."""
    if apart:
        return Code(ids, tuple(1 << place for place in range(len(ids))), len(ids), 1)
    for bits in count(1):
        if comb(bits, bits // 2) < len(ids):
            continue
        weight = next(each for each in count(1) if comb(bits, each) >= len(ids))
        code = Code(ids, _words(bits, weight, len(ids)), bits, weight)
        if all(len(code.having(bit)) <= MOST_IDS for bit in range(bits)):
            return code
    raise AssertionError("a word of one bit for each workflow is always short enough")


def _words(bits: int, weight: int, wanted: int) -> tuple[int, ...]:
    """Give words evenly out of all that have the weight, so that no bit is in most of them."""
    there = comb(bits, weight)
    chosen = {place * there // wanted for place in range(wanted)}
    every = enumerate(islice(combinations(range(bits), weight), there))
    return tuple(sum(1 << bit for bit in word) for place, word in every if place in chosen)
