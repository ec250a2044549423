"""The lineage of a run as a tree: the runs that started it, its attempts, the runs it started."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from runs_tui.model.effort import Effort, effort_of
from runs_tui.model.families import Family, families_of
from runs_tui.model.kin import Attempt, Kin, Relation
from runs_tui.model.links import links_of
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run
from runs_tui.model.state import State


@dataclass(frozen=True, slots=True)
class LineageRow:
    """One run of a lineage in its place, or one of the attempts that it has made itself."""

    id: str
    """The id of the run."""
    run: Run | None = None
    """The run; None where it is only named by another one."""
    attempt: Attempt | None = None
    """The attempt of that run which the row is about; None for the run itself."""
    relation: Relation | None = None
    """What the run is to the one that is shown; None for that one."""
    number: int | None = None
    """Which attempt it is, from 1, where there are several."""
    counted: bool = False
    """Whether the number is only its place among those that are known."""
    prefix: str = ""
    """The lines that lead to it, two characters for each row above it."""
    here: bool = False
    """Whether the run is the one that is shown."""
    final: bool = False
    """Whether it is the attempt that counted in the end."""
    effort: Effort | None = None
    """What it ran itself and what it kept, where its steps are known."""

    @property
    def key(self) -> tuple[str, int]:
        """What names the row."""
        return self.id, self.attempt.number if self.attempt else 0


@dataclass(frozen=True, slots=True)
class Lineage:
    """All that is known to belong to one run."""

    rows: tuple[LineageRow, ...] = ()
    """Parents before children, attempts in their order; each run once."""
    whole: bool = True
    """Whether nothing is known to be missing."""

    @property
    def alone(self) -> bool:
        """Whether there is nothing but one run with its one attempt."""
        return len(self.rows) < 2

    @staticmethod
    def of(
        shown: Run,
        repeats: Iterable[Run],
        find: Callable[[str], Run | None],
        kins: Mapping[str, Kin],
        plans: Mapping[str, Plan],
        origins: Mapping[str, str],
    ) -> "Lineage":
        """Order what belongs to a run, all of one source, by ids.

        `repeats` are the known runs that name the one they repeat, `find` gives any known run, and
        `origins` has which run another one repeats where the API does not tell it.
        """
        told = {each.run.id: each.run for kin in kins.values() for each in kin.relatives}
        links = links_of((shown, *told.values()), kins, plans, origins)
        links.join_near(shown.id, repeats)
        known = {
            run_id: run
            for run_id in links.all(shown.id)
            if (run := find(run_id) or told.get(run_id)) is not None
        }
        known[shown.id] = shown
        families = families_of(shown.id, links, known)
        kin = kins.get(shown.id)
        drawing = _Drawing(shown.id, known, kins, plans, families)
        return Lineage(tuple(drawing.rows()), kin is None or kin.whole)


@dataclass(frozen=True, slots=True)
class _Drawing:
    shown: str
    known: Mapping[str, Run]
    kins: Mapping[str, Kin]
    plans: Mapping[str, Plan]
    families: Sequence[Family]

    def rows(self) -> Iterable[LineageRow]:
        """Give the rows of the tree, from the top."""
        hosted: dict[str | None, list[Family]] = {}
        for family in self.families:
            hosted.setdefault(family.under, []).append(family)
        relations = self._relations(hosted)
        top = [row for family in hosted.get(None, ()) for row in self._members(family, relations)]
        stack = [(row, "", False, False) for row in reversed(top)]
        while stack:
            row, lead, nested, last = stack.pop()
            yield replace(row, prefix=lead + (("└ " if last else "├ ") if nested else ""))
            if row.attempt is not None:
                continue
            below = lead + (("  " if last else "│ ") if nested else "")
            inner = [*self._attempts(row)]
            for family in hosted.get(row.id, ()):
                inner += self._members(family, relations)
            places = reversed(list(enumerate(inner, start=1)))
            stack.extend((each, below, True, place == len(inner)) for place, each in places)

    def _relations(self, hosted: Mapping[str | None, Sequence[Family]]) -> Mapping[str, Relation]:
        """Tell what each run is to the one that is shown; what is beside it is nothing to it."""
        of = {run_id: family for family in self.families for run_id in family.members}
        found: dict[str, Relation] = dict.fromkeys(of[self.shown].members, Relation.ATTEMPT)
        waiting = [*of[self.shown].members]
        while waiting:
            for family in hosted.get(waiting.pop(), ()):
                found |= dict.fromkeys(family.members, Relation.CHILD)
                waiting += family.members
        above = of[self.shown].under
        while above is not None:
            found[above] = Relation.PARENT
            above = of[above].under
        del found[self.shown]
        return found

    def _members(self, family: Family, relations: Mapping[str, Relation]) -> Iterable[LineageRow]:
        runs = [self.known.get(run_id) for run_id in family.members]
        told = [run.attempt if run else None for run in runs]
        numbers = [number for number in told if number]
        own = any(self._own(run_id) for run_id in family.members)
        counted = own or len(numbers) < len(told) or numbers != sorted(set(numbers))
        several = len(runs) > 1
        final = _final(family.members, runs)
        for place, (run_id, run) in enumerate(zip(family.members, runs, strict=True), start=1):
            again = place > 1 or (run is not None and run.retry_of is not None)
            yield LineageRow(
                id=run_id,
                run=run,
                relation=relations.get(run_id),
                number=(place if counted else numbers[place - 1]) if several else None,
                counted=counted and several,
                here=run_id == self.shown,
                final=several and run_id == final,
                effort=self._effort(run) if run and again and not self._own(run_id) else None,
            )

    def _own(self, run_id: str) -> Sequence[Attempt]:
        kin = self.kins.get(run_id)
        return kin.attempts if kin else ()

    def _attempts(self, row: LineageRow) -> Iterable[LineageRow]:
        own = self._own(row.id)
        for attempt in own:
            newest = attempt is own[-1]
            yield LineageRow(
                id=row.id,
                run=row.run,
                attempt=attempt,
                relation=row.relation,
                number=attempt.number,
                here=row.here,
                final=newest and not attempt.state.active,
                effort=self._effort(row.run) if newest and row.run else None,
            )

    def _effort(self, run: Run) -> Effort | None:
        """Count what the newest attempt of a run did, where its steps are known."""
        plan = self.plans.get(run.id)
        if plan is None:
            return None
        own = self._own(run.id)
        begun = own[-1].asked_at or own[-1].started_at if own else run.created_at or run.started_at
        return effort_of(run.id, plan.wholes, begun)


def _final(members: Sequence[str], runs: Sequence[Run | None]) -> str | None:
    """Give the attempt that counted: the newest that was not skipped, once it is over."""
    for run_id, run in reversed(list(zip(members, runs, strict=True))):
        if run is not None and run.state is not State.SKIPPED:
            return None if run.active else run_id
    return None
