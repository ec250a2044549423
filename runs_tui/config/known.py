"""What a configuration can name that only the dashboard knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """What is bound under one id."""

    keys: tuple[str, ...]
    """The keys it has by itself."""
    about: str
    """What it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is to be named."""

    bindings: Mapping[str, Bound]
    """The bindings by their ids."""
    together: tuple[frozenset[str], ...]
    """The ids that are bound in one place, so that each needs keys of its own."""
    keys_of: Callable[[str], tuple[str, ...]]
    """Gives the names of the keys in a text such as `X,ctrl+x`; raises ValueError."""
    key_names: frozenset[str]
    """The names of keys that are no characters."""
    themes: tuple[str, ...]
    """The names of the themes."""


NOTHING = Known(
    bindings={}, together=(), keys_of=lambda text: (text,), key_names=frozenset(), themes=()
)
"""For a configuration that names nothing of the dashboard."""
