"""The table of what was measured, each thing beside its yardstick and its budget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["ms", "MB", "bytes", "bytes/s", "%"]

HEAD = ("WHAT", "MEASURED", "YARDSTICK", "", "RATIO", "BUDGET", "")
_RIGHT = frozenset({1, 2, 4, 5})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was measured."""

    group: str
    """The name of its benchmark."""
    what: str
    """What was measured."""
    unit: Unit
    """What it is counted in."""
    measured: float
    """How much it is."""
    yardstick: float | None = None
    """How much it is for what it is compared with."""
    against: str = ""
    """What it is compared with."""
    told_ratio: float | None = None
    """How many times the yardstick it is, where it was measured round by round."""
    budget: float | None = None
    """The most that it may be; None where it is only told."""
    of_ratio: bool = False
    """Whether the budget is one of the ratio."""
    times: int = 1
    """How often it was measured until it held, or was given up."""
    margin: float = 1
    """How many times its budget it may be before that counts."""

    @property
    def ratio(self) -> float | None:
        """Give how many times the yardstick it is."""
        if self.told_ratio is not None:
            return self.told_ratio
        return self.measured / self.yardstick if self.yardstick else None

    @property
    def past(self) -> bool:
        """Tell whether it is past its budget."""
        return self._exceeds(1)

    @property
    def over(self) -> bool:
        """Tell whether it is past its budget by so much that it counts."""
        return self._exceeds(self.margin)

    def _exceeds(self, margin: float) -> bool:
        counted = self.ratio if self.of_ratio else self.measured
        return self.budget is not None and counted is not None and counted > self.budget * margin

    @property
    def verdict(self) -> str:
        """Say whether it holds: at once, when measured again, within a margin, or not."""
        if self.budget is None:
            return ""
        again = ", measured again" if self.times > 1 else ""
        if self.over:
            return f"OVER{again}"
        told = f"past it, but within {self.margin:g} ×" if self.past else "ok"
        return told + again

    @property
    def cells(self) -> Sequence[str]:
        """Give its row of the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} ×"
        return (
            self.what,
            amount(self.measured, self.unit),
            "" if self.yardstick is None else amount(self.yardstick, self.unit),
            self.against,
            ratio,
            self._budget,
            self.verdict,
        )

    @property
    def _budget(self) -> str:
        if self.budget is None:
            return ""
        return f"{self.budget:g} ×" if self.of_ratio else amount(self.budget, self.unit)

    @property
    def document(self) -> dict[str, object]:
        """Give it as JSON."""
        return {
            "benchmark": self.group,
            "what": self.what,
            "unit": self.unit,
            "measured": self.measured,
            "yardstick": self.yardstick,
            "against": self.against or None,
            "ratio": self.ratio,
            "budget": self.budget,
            "budget_of": "ratio" if self.of_ratio else "measured",
            "margin": self.margin,
            "times": self.times,
            "over": self.over,
        }


@dataclass(frozen=True, slots=True)
class Trouble:
    """A benchmark that could not be run to its end."""

    group: str
    """Its name."""
    why: str
    """What stood in its way."""


def amount(number: float, unit: Unit) -> str:
    """Write an amount: `12.3 ms`, `86,002 B`."""
    match unit:
        case "ms":
            return f"{number:,.0f} ms" if number >= 100 else f"{number:.2f} ms"
        case "MB":
            return f"{number:,.0f} MB"
        case "bytes":
            return f"{number:,.0f} B"
        case "bytes/s":
            return f"{number:,.0f} B/s"
        case "%":
            return f"{number:.2f} %"


def table(findings: Iterable[Finding]) -> str:
    """Write an aligned table."""
    rows = [HEAD, *(finding.cells for finding in findings)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if place in _RIGHT else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
