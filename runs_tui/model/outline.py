"""The lines of a plan as a person has opened and closed them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runs_tui.model.folding import Folding, Group, fold
from runs_tui.model.plan import Plan, PlanRow
from runs_tui.model.run import Step
from runs_tui.model.state import State


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One step in its place, or one line for a group of alike steps."""

    place: PlanRow
    """Where it stands; of a group, where the step that stands for it does."""
    group: Group | None = None
    """The group that the line stands for."""
    inside: tuple[Step, ...] = ()
    """The steps of the group, or those that a closed line hides."""
    opens: bool = False
    """Whether there is something under it that can be shown or hidden."""
    is_open: bool = True
    """Whether that is shown."""
    indent: int = 0
    """How many groups it stands in."""

    @property
    def step(self) -> Step:
        """Give the step, or the one that stands for the group."""
        return self.place.step

    @property
    def goes_on(self) -> bool:
        """Whether something may still happen to the step, or to one of the group."""
        return any(step.state.active for step in (self.group.steps if self.group else (self.step,)))

    def step_at(self, now: datetime) -> Step:
        """Give the step; where it stands for a group that goes on, as if that ended now."""
        step = self.step
        return replace(step, finished_at=now) if self.group and self.goes_on else step


@dataclass(frozen=True, slots=True)
class Outline:
    """A plan with its groups, and what of it is open."""

    plan: Plan
    """The plan as it was told."""
    folding: Folding
    """The plan with its groups folded."""
    opened: frozenset[str] = frozenset()
    """The keys of groups whose steps are shown."""
    closed: frozenset[str] = frozenset()
    """The keys of steps whose followers are hidden."""

    @staticmethod
    def of(plan: Plan) -> "Outline":
        """Begin with every group closed and every step open."""
        return Outline(plan, fold(plan))

    def told(self, plan: Plan) -> "Outline":
        """Give the outline of the plan as it is told now; what is open stays open."""
        return replace(self, plan=plan, folding=fold(plan))

    def turn(self, key: str) -> "Outline":
        """Open what is closed under a line, or close what is open."""
        if key in self.folding.groups:
            return replace(self, opened=self.opened ^ {key})
        return replace(self, closed=self.closed ^ {key})

    def line_of(self, key: str) -> str:
        """Give the key of the step that stands for a step while its group is closed, or its own."""
        return self.folding.group_of.get(key, key)

    def name(self, key: str) -> str:
        """Give what a step or a group is called."""
        group = self.folding.groups.get(key)
        return f"{group.name} ×{len(group.steps)}" if group else self.folding.plan.steps[key].name

    def show(self, key: str) -> "Outline":
        """Open all that hides a step."""
        group = self.folding.group_of.get(key)
        opened = self.opened | {group} if group else self.opened
        return replace(self, opened=opened, closed=self.closed - set(self.above(key)))

    def above(self, key: str) -> Iterator[str]:
        """Give the keys of the lines that a step stands under in the tree, the nearest first."""
        group = self.folding.group_of.get(key)
        if group is not None:
            yield group
        parents = {row.step.key: row.parent for row in self.folding.plan.rows}
        at = parents.get(group or key)
        while at is not None:
            yield at
            at = parents[at]

    def failed(self, key: object, direction: int) -> str | None:
        """Give the failed step after a line in the order of the tree, or before it; round the end.

        None where no step failed.
        """
        places = {step.key: at for at, step in enumerate(self._steps())}
        failed = [name for name in places if self.plan.steps[name].state is State.FAILED]
        group = self.folding.groups.get(str(key))
        first = group.steps[0].key if group else str(key)
        at = places.get(first, 0) - (0.5 if group else 0)
        if direction > 0:
            beyond = [name for name in failed if places[name] > at]
            return next(iter(beyond or failed), None)
        before = [name for name in failed if places[name] < at]
        return next(reversed(before or failed), None)

    def _steps(self) -> Iterator[Step]:
        for row in self.folding.plan.rows:
            group = self.folding.groups.get(row.step.key)
            yield from group.steps if group else (row.step,)

    def tree(self) -> Sequence[OutlineRow]:
        """Give the lines of the tree that are shown."""
        lines: list[OutlineRow] = []
        places = self.folding.plan.rows
        at = 0
        while at < len(places):
            place = places[at]
            followed = at + 1 < len(places) and places[at + 1].depth > place.depth
            group = self.folding.groups.get(place.step.key)
            at += 1
            if group is not None:
                lines += self._grouped(place, group, followed=followed)
            elif followed and place.step.key in self.closed:
                first = at
                while at < len(places) and places[at].depth > place.depth:
                    at += 1
                lines.append(
                    OutlineRow(
                        place, None, self._within(places[first:at]), opens=True, is_open=False
                    )
                )
            else:
                lines.append(OutlineRow(place, opens=followed))
        return lines

    def _within(self, places: Sequence[PlanRow]) -> tuple[Step, ...]:
        groups = self.folding.groups
        found: list[Step] = []
        for place in places:
            group = groups.get(place.step.key)
            found += group.steps if group else (place.step,)
        return tuple(found)

    def _grouped(
        self, place: PlanRow, group: Group, *, followed: bool = False
    ) -> Iterator[OutlineRow]:
        is_open = group.key in self.opened
        yield OutlineRow(place, group, group.steps, opens=True, is_open=is_open)
        if not is_open:
            return
        lead = place.prefix[:-2] + ("│ " if place.prefix.endswith("├ ") else "  ")
        lead = lead if place.prefix else ""
        for number, step in enumerate(group.steps, 1):
            last = number == len(group.steps) and not followed
            member = PlanRow(
                step=step,
                depth=place.depth + 1,
                prefix=lead + ("└ " if last else "├ "),
                parent=group.key,
                others=(),
                missing=(),
                in_cycle=False,
            )
            yield OutlineRow(member, indent=1)

    def by_start(self) -> Sequence[OutlineRow]:
        """Give the lines in the order in which their steps began, those of a group under it."""
        places = sorted(self.folding.plan.rows, key=lambda place: _start(place.step))
        lines: list[OutlineRow] = []
        for place in places:
            group = self.folding.groups.get(place.step.key)
            if group is None:
                lines.append(OutlineRow(place))
                continue
            first, *rest = self._grouped(place, group)
            lines += [first, *sorted(rest, key=lambda line: _start(line.step))]
        return lines


def _start(step: Step) -> tuple[bool, float]:
    start = step.started_at
    return start is None, start.timestamp() if start else 0.0
