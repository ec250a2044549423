"""How Dagster names the steps of a job: many alike ones are mapped, `page-1` is `page[1]`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from runs_tui.demo.values import StepSpec

_NUMBERED = re.compile(r"(.+)-(\d+)")
LEAST = 3
"""How many alike steps are mapped from what the step before them gives."""


class StepKeys:
    """The keys of the steps of one job."""

    def __init__(self, steps: Iterable[StepSpec]) -> None:
        """Find the steps that are mapped: numbered, of one name, after the same ones."""
        self.steps = tuple(steps)
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for step in self.steps:
            found = _NUMBERED.fullmatch(step.key)
            if found and step.parents:
                alike[found[1], step.parents].append(step.key)
        self._mapped = {
            key: base for (base, _), keys in alike.items() if len(keys) >= LEAST for key in keys
        }
        self._own = {self.of(step.key): step.key for step in self.steps}

    def of(self, key: str) -> str:
        """Give the key that a step has when it runs."""
        base = self._mapped.get(key)
        return key if base is None else f"{base}[{key[len(base) + 1 :]}]"

    def planned(self, key: str) -> str:
        """Give the key that a step has in the plan."""
        base = self._mapped.get(key)
        return key if base is None else f"{base}[?]"

    def world(self, key: str) -> list[str]:
        """Give the steps of the world that a key stands for; none for one that nobody has."""
        if key in self._own:
            return [self._own[key]]
        return [step.key for step in self.steps if self.planned(step.key) == key]

    def plan(self, shown: Mapping[str, object]) -> list[dict[str, object]]:
        """Write the plan of the steps that are shown, in no useful order."""
        steps: dict[str, dict[str, object]] = {}
        for spec in reversed(self.steps):
            key = self.planned(spec.key)
            if spec.key not in shown or key in steps:
                continue
            named = [{"key": parent} for parent in dict.fromkeys(map(self.planned, spec.parents))]
            steps[key] = {
                "key": key,
                "kind": self._kind(spec),
                "solidHandleID": key.removesuffix("[?]"),
                "inputs": [
                    {"name": f"in{at}", "dependsOn": [each]} for at, each in enumerate(named)
                ],
            }
        return list(steps.values())

    def _kind(self, spec: StepSpec) -> str:
        if spec.key in self._mapped:
            return "UNRESOLVED_MAPPED"
        collects = any(parent in self._mapped for parent in spec.parents)
        return "UNRESOLVED_COLLECT" if collects else "COMPUTE"
