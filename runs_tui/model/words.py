"""The nearest right word for a misspelt one."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Give the word that was most likely meant, or None."""
    by_folded = {known.casefold(): known for known in words}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.55)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Say what was most likely meant, else what there is, as the end of a sentence."""
    known = [str(word) for word in words]
    if not known:
        return "there are none"
    found = nearest(word, known)
    return f"did you mean {found!r}?" if found else f"there are: {', '.join(known)}"


def closeness(typed: str, name: str) -> int | None:
    """Tell how well a name fits what is typed, 0 the best; None where it does not.

    It is the same, begins so, has a word that begins so, contains it, or contains each word of it.
    """
    typed, name = typed.casefold(), name.casefold()
    if typed == name:
        return 0
    if name.startswith(typed):
        return 1
    if re.search(rf"(?<![^\W_]){re.escape(typed)}", name):
        return 2
    if typed in name:
        return 3
    return 4 if all(word in name for word in typed.split()) else None


def several(names: Sequence[str], most: int = 3) -> str:
    """Write some names as a list, and how many more there are."""
    more = len(names) - most
    if more > 1:
        return f"{', '.join(names[:most])} and {more} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
