"""Steps that are made while a run goes: `item[?]` of a plan becomes `item[a]`, `item[b]`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from runs_tui.adapters.dagster.wire import PlannedStep

_UNKNOWN = "[?]"


class Mapped:
    """Which steps stand for those of a plan that are made many of."""

    def __init__(self, planned: Iterable[PlannedStep], begun: Iterable[str]) -> None:
        """Take the plan, and the keys of the steps that have begun."""
        bases = {_base(step.key) for step in planned if step.key.endswith(_UNKNOWN)}
        self._made: dict[str, list[str]] = defaultdict(list)
        for key in begun:
            base, bracket, _ = key.rpartition("[")
            if bracket and key.endswith("]") and base in bases:
                self._made[base].append(key)

    def keys_of(self, key: str) -> Sequence[str]:
        """Give the keys of the steps that a step of the plan has become, or its own."""
        made = self._made.get(_base(key)) if key.endswith(_UNKNOWN) else None
        return made or [key]

    def parents_of(self, key: str, parents: Iterable[str]) -> tuple[str, ...]:
        """Give the parents of a step: of one among many, the one of the same index, if any."""
        index = key[key.rfind("[") :] if key.endswith("]") else ""
        found: list[str] = []
        for parent in parents:
            keys = self.keys_of(parent)
            same = f"{_base(parent)}{index}" if index and parent.endswith(_UNKNOWN) else ""
            found += [same] if same in keys else keys
        return tuple(dict.fromkeys(found))


def _base(key: str) -> str:
    return key.removesuffix(_UNKNOWN)
