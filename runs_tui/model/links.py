"""Which runs belong together, by their ids: attempts at the same work, and what started what."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from runs_tui.model.kin import Kin, Relation
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run


class Links:
    """What is known of which runs belong together, by ids."""

    def __init__(self) -> None:
        """Begin with none."""
        self._same: dict[str, list[str]] = {}
        self._above: dict[str, list[str]] = {}
        self._below: dict[str, list[str]] = {}

    def join(self, one: str, other: str | None) -> None:
        """Learn that two runs are attempts at the same work."""
        if other and one != other:
            self._same.setdefault(one, []).append(other)
            self._same.setdefault(other, []).append(one)

    def join_near(self, run_id: str, repeats: Iterable[Run]) -> None:
        """Join those of many runs to what they repeat that belong to a run by it."""
        left = list(repeats)
        while True:
            reached = self.all(run_id)
            near = [run for run in left if run.id in reached or run.retry_of in reached]
            if not near:
                return
            for run in near:
                self.join(run.id, run.retry_of)
            joined = {run.id for run in near}
            left = [run for run in left if run.id not in joined]

    def put_under(self, child: str, parent: str) -> None:
        """Learn that one run started another."""
        if child != parent:
            self._above.setdefault(child, []).append(parent)
            self._below.setdefault(parent, []).append(child)

    def parents(self, run_id: str) -> Sequence[str]:
        """Give the runs that are told to have started a run."""
        return self._above.get(run_id, ())

    def family(self, run_id: str) -> set[str]:
        """Give all attempts at the same work, the run among them."""
        return _reached(run_id, lambda each: self._same.get(each, ()))

    def all(self, run_id: str) -> set[str]:
        """Give everything that belongs to a run in any way, itself among it."""
        maps = (self._same, self._above, self._below)
        return _reached(run_id, lambda each: (o for m in maps for o in m.get(each, ())))


def links_of(
    runs: Iterable[Run],
    kins: Mapping[str, Kin],
    plans: Mapping[str, Plan],
    origins: Mapping[str, str],
) -> Links:
    """Bring together what runs, kin and plans tell, and what only we remember."""
    links = Links()
    for run in runs:
        links.join(run.id, run.retry_of)
    for run_id, origin in origins.items():
        links.join(run_id, origin)
    for run_id, kin in kins.items():
        for relative in kin.relatives:
            match relative.relation:
                case Relation.ATTEMPT:
                    links.join(run_id, relative.run.id)
                case Relation.PARENT:
                    links.put_under(run_id, relative.run.id)
                case Relation.CHILD:
                    links.put_under(relative.run.id, run_id)
    for run_id, plan in plans.items():
        children = {step.child_run for step in plan.steps.values() if step.child_run}
        if run_id not in children:
            for child in children:
                links.put_under(child, run_id)
    return links


def _reached(start: str, near: Callable[[str], Iterable[str]]) -> set[str]:
    found = {start}
    waiting = [start]
    while waiting:
        for each in near(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
