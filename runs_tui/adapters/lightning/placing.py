"""Finds which job wrote which lines of a run's log, and reads more of it where that may help."""

from collections.abc import Iterator
from contextlib import aclosing

from runs_tui.adapters.lightning.client import Client
from runs_tui.adapters.lightning.dossier import Dossier
from runs_tui.adapters.lightning.reader import RunReader
from runs_tui.adapters.lightning.wire import Workflow

ATTEMPTS = 2
"""How many requests are left for finding the work order of a run."""


class Placing:
    """Asks for one line of each job, in the order of the workflow, until all steps have a job."""

    def __init__(self, client: Client, reader: RunReader) -> None:
        """Take what reads."""
        self._client = client
        self._reader = reader

    async def place(self, dossier: Dossier, workflow: Workflow) -> None:
        """Find jobs of steps as far as the allowance of the run goes."""
        leaving = 0 if dossier.searched else ATTEMPTS
        for job_id in in_order(workflow):
            if dossier.whole and not dossier.unplaced:
                return
            if dossier.is_settled(job_id):
                continue
            if not dossier.allowance.take(leaving=leaving):
                return
            await self._ask(dossier, job_id)

    async def read_rest(self, dossier: Dossier) -> None:
        """Read what is left of the log, as far as the allowance of the run goes."""
        if dossier.whole:
            return
        leaving = 0 if dossier.searched else ATTEMPTS
        async with aclosing(self._reader.lines(dossier, None)) as batches:
            while dossier.allowance.take(leaving=leaving):
                if await anext(batches, None) is None:
                    return

    async def _ask(self, dossier: Dossier, job_id: str) -> None:
        known = len(dossier.traces)
        page = await self._client.log_lines(
            {"run_id": dossier.id, "job_id": job_id, "page_size": 1}
        )
        steps = [line.step_id for line in page.data if line.step_id]
        if steps and steps[0] not in dossier.steps.values():
            dossier.steps[job_id] = steps[0]
            dossier.traces.note(page.data)
        else:
            dossier.missed[job_id] = known


def in_order(workflow: Workflow) -> Iterator[str]:
    """Give the jobs of a workflow, each behind those it waits for unless they form a circle."""
    jobs = {job.id: None for job in workflow.jobs}
    parents: dict[str, set[str]] = {job_id: set() for job_id in jobs}
    for edge in workflow.edges:
        if edge.enabled and edge.target_job_id in parents and edge.source_job_id in jobs:
            parents[edge.target_job_id].add(edge.source_job_id)
    while parents:
        free = [job_id for job_id, waits in parents.items() if waits.isdisjoint(parents)]
        for job_id in free or [next(iter(parents))]:
            del parents[job_id]
            yield job_id
