"""What is known of one run that was opened."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from runs_tui.adapters.lightning.allowance import Allowance
from runs_tui.adapters.lightning.traces import Traces
from runs_tui.adapters.lightning.wire import LinePage, WireRun
from runs_tui.model.latest import Latest

_MOST = 64


@dataclass
class Search:
    """How far the search for the workflow of one run has come."""

    by: str
    """The filter that it uses."""
    candidates: Sequence[str]
    """The workflows that it can be."""
    found: bool = False
    """Whether the run was found among some that hold all that are left."""
    left_out: bool = False
    """Whether the filter has left the run out once, as it must where it works."""


class Dossier:
    """Holds it; whoever reads for it holds its lock meanwhile."""

    def __init__(self, run_id: str, row: WireRun | None, allowance: Allowance) -> None:
        """Begin with the run, where it is known."""
        self.id = run_id
        self.row = row
        """The run as it was read last."""
        self.read_at = -inf
        """When that was, by the clock of the loop; `inf` for what stays as it is."""
        self.allowance = allowance
        """What may be spent on what is not told."""
        self.called: set[str] = set()
        """By what it was asked for before."""
        self.lock = asyncio.Lock()
        self.page: LinePage | None = None
        """The newest page of its log, as it was read last."""
        self.paged_at = -inf
        """When that was, likewise."""
        self.logged_at = -inf
        """When something of its log was read, likewise."""
        self.whole = False
        """Whether all of its log was read, up to then."""
        self.traces = Traces()
        """What its log tells of its steps."""
        self.search: Search | None = None
        """The search for its workflow, once it has begun."""
        self.steps: dict[str, str] = {}
        """The step of each job of which it is known."""
        self.missed: dict[str, int] = {}
        """How many steps were known when a job was asked for and had none."""
        self.raw: set[str] = set()
        """Steps that were told by their own ids, before their jobs were known."""
        self.orders: set[str] = set()
        """Work orders that it does not belong to."""
        self.searched = False
        """Whether its work order cannot be found."""

    @property
    def unplaced(self) -> list[str]:
        """The steps whose jobs are not known, in the order in which they began."""
        placed = set(self.steps.values())
        return [step for step in self.traces.steps if step not in placed]

    def is_settled(self, job_id: str) -> bool:
        """Tell whether all that asking for a job could tell is known by now."""
        return job_id in self.steps or self.missed.get(job_id, -1) >= len(self.traces)

    def key_of(self, step_id: str) -> str:
        """Give the key of a step: the id of its job, unless its own id was told before."""
        if step_id not in self.raw:
            for job_id, known in self.steps.items():
                if known == step_id:
                    return job_id
        self.raw.add(step_id)
        return step_id

    def key_of_job(self, job_id: str) -> str:
        """Give the key of the step that stands for a job."""
        step_id = self.steps.get(job_id)
        return job_id if step_id is None or step_id not in self.raw else step_id


class Dossiers:
    """Those of the runs that were opened last."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: Latest[str, Dossier] = Latest(_MOST)

    def get(self, run_id: str) -> Dossier | None:
        """Give what is known of a run, where it was opened."""
        found = self._kept.get(run_id)
        if found is not None:
            self._kept.move_to_end(run_id)
        return found

    def keep(self, dossier: Dossier) -> Dossier:
        """Keep what is known of a run."""
        self._kept[dossier.id] = dossier
        return dossier
