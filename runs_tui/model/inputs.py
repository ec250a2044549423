"""What a run was started with, and what that becomes when somebody changes it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final, Literal, TypeAlias

JsonValue: TypeAlias = (
    "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
"""Any value that JSON can hold."""


class _Unset(Enum):
    UNSET = "unset"


UNSET: Final = _Unset.UNSET
"""No value at all, which is neither null nor an empty text."""
MaybeValue: TypeAlias = JsonValue | Literal[_Unset.UNSET]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET = frozenset({
    "password", "passwd", "pwd", "passphrase", "secret", "secrets", "token", "apikey",
    "credential", "credentials", "authorization",
})  # fmt: skip
_KEYS_OF = frozenset({"api", "access", "private", "secret", "signing", "encryption", "ssh", "auth"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInput:
    """One thing that a run was started with, or could have been.

    Its name, value, default and choices are kept as the API told them, for they are sent back;
    whoever draws them cleans them.
    """

    name: str
    """What names it, as the API writes it."""
    value: MaybeValue = UNSET
    """What the run was started with; UNSET where the API told none."""
    type: str | None = None
    """What it is, in JSON Schema's words (`string`, `integer` ...), where the API tells."""
    required: bool = False
    """Whether no run is started without it."""
    default: MaybeValue = UNSET
    """What the API takes where it is left out."""
    choices: Sequence[JsonValue] = ()
    """The values that it may have; none where it may have any."""
    secret: bool = False
    """Whether it is not to be shown."""
    about: str = ""
    """What its workflow says of it, clean."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run was started with, in the order in which its API or its workflow names it."""

    fields: tuple[RunInput, ...] = ()
    """Each input, those included that the run was started without."""

    @property
    def values(self) -> Mapping[str, JsonValue]:
        """Give what the run was started with, by name."""
        return {field.name: field.value for field in self.fields if field.value is not UNSET}

    def changed(self, values: Mapping[str, JsonValue]) -> Sequence[RunInput]:
        """Give the inputs that have another value among these, or none where they had one."""
        return [each for each in self.fields if not same(each.value, values.get(each.name, UNSET))]


def same(one: MaybeValue, other: MaybeValue) -> bool:
    """Tell whether two values are written alike; 1, 1.0 and true are not."""
    if one is UNSET or other is UNSET:
        return one is other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def sounds_secret(name: str) -> bool:
    """Tell whether the name of an input says that its value is not for everyone's eyes."""
    words = [word.lower() for word in _WORDS.findall(name)]
    keys = (before in _KEYS_OF for before, word in pairwise(words) if word in {"key", "keys"})
    return not _SECRET.isdisjoint(words) or any(keys)
