"""Chance without a generator: every number follows from the words it is asked with."""

import struct
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

_NUMBERS = struct.Struct(">12I")
_SIZE = 64
_ID_SIZE = 16
_UNIT = 2.0**-32

ADJECTIVES = (
    "amber", "ancient", "bold", "brave", "brisk", "calm", "clever", "copper", "crimson", "curious",
    "daring", "dusty", "eager", "faint", "gentle", "golden", "hidden", "honest", "humble", "icy",
    "jolly", "keen", "lively", "lucky", "mellow", "misty", "modest", "nimble", "noble", "orange",
    "patient", "proud", "quiet", "rapid", "rustic", "shy", "silent", "smoky", "sturdy", "witty",
)  # fmt: skip
ANIMALS = (
    "badger", "beaver", "bison", "cheetah", "condor", "coyote", "cricket", "dolphin", "dragonfly",
    "eagle", "falcon", "ferret", "finch", "gazelle", "gecko", "heron", "honeybee", "ibex", "jackal",
    "kestrel", "koala", "lemur", "lynx", "magpie", "marmot", "mongoose", "newt", "ocelot", "otter",
    "panther", "pelican", "puffin", "quail", "raven", "salmon", "seahorse", "toucan", "urchin",
    "walrus", "wombat",
)  # fmt: skip


class Rolls(NamedTuple):
    """Shares from 0 to 1, one for each thing that chance decides about a run."""

    jitter: float
    outcome: float
    length: float
    cut: float
    queue: float
    culprit: float
    again: float
    delay: float
    trigger: float
    name: float
    parameter: float
    trouble: float


def digest(*words: object) -> bytes:
    """Give 64 bytes that follow from the words and look like chance."""
    return blake2b("\x1f".join(map(str, words)).encode(), digest_size=_SIZE).digest()


@lru_cache(maxsize=8)
def rolls(source: bytes) -> Rolls:
    """Read the shares out of a digest."""
    return Rolls._make([number * _UNIT for number in _NUMBERS.unpack_from(source, _ID_SIZE)])


def jitter(source: bytes) -> float:
    """Read only the share of that name."""
    return int.from_bytes(source[_ID_SIZE : _ID_SIZE + 4]) * _UNIT


def outcome(source: bytes) -> float:
    """Read only the share of that name."""
    return int.from_bytes(source[_ID_SIZE + 4 : _ID_SIZE + 8]) * _UNIT


def uuid(source: bytes) -> str:
    """Read a UUID of version 4 out of a digest."""
    text = source[:_ID_SIZE].hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def slug(share: float) -> str:
    """Name a run the way `smoky-honeybee` is named."""
    number = int(share * len(ADJECTIVES) * len(ANIMALS))
    return f"{ADJECTIVES[number // len(ANIMALS)]}-{ANIMALS[number % len(ANIMALS)]}"
