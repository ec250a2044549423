"""The runs that a run belongs to: the attempts of its task, or the instances of its service."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.generation import Generation
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.adapters.runwisp.states import may_be_retried, state_of
from runs_tui.adapters.runwisp.wire import RUN_LIST, WireRun
from runs_tui.model.errors import NotFound, Refused
from runs_tui.model.run import Step
from runs_tui.transport.http import decode

_MANY = 200
_WINDOW = ("created_after", "created_before")
_OLDEST_FIRST = {"sort_field": "created_at", "sort_direction": "asc"}
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Chains:
    """Finds what belongs to a run, in one list before it and one behind it at most."""

    def __init__(self, client: Client, reader: Reader, translator: Translator) -> None:
        """Take where runs are read and remembered."""
        self._client = client
        self._reader = reader
        self._translator = translator

    async def steps(self, run_id: str) -> list[Step]:
        """Give the runs that belong to a run as steps, itself among them."""
        run = await self._reader.recent(run_id)
        generation = await self._client.generation()
        if self._translator.belongs_to_service(run):
            runs = await self._instances(run, generation)
            return [self._translator.step(each, None, camel=generation.camel) for each in runs]
        runs = await self._attempts(run, generation)
        parents = _parents(runs)
        return [
            self._translator.step(each, parents[each.id], camel=generation.camel) for each in runs
        ]

    async def attempts(self, run_id: str) -> tuple[list[WireRun], bool]:
        """Give the attempts that a run is linked to, itself among them, and whether that is all."""
        run = await self._reader.recent(run_id)
        generation = await self._client.generation()
        if self._translator.belongs_to_service(run):
            return [run], True
        runs = list(await self._attempts(run, generation))
        known = {each.id for each in runs}
        return runs, not any(each.retry_of and each.retry_of not in known for each in runs)

    async def _instances(self, run: WireRun, generation: Generation) -> Sequence[WireRun]:
        """Give the newest run of each instance, and the run itself in the place of its own."""
        found = await self._of_task(run, generation, {})
        newest: dict[int, WireRun] = {}
        for each in [run, *found]:
            newest.setdefault(each.instance or 0, each)
        return [newest[number] for number in sorted(newest)]

    async def _attempts(self, run: WireRun, generation: Generation) -> Sequence[WireRun]:
        """Give the attempts that are linked to a run, the first one first."""
        window = run.created_at is not None and all(map(generation.filters_by, _WINDOW))
        looked = False
        if run.retry_of and not self._reaches_first(run):
            bounds = {"created_before": _bound(run)} if window else {}
            await self._of_task(run, generation, bounds)
            looked = not window
        last = self._linked(run)[-1]
        goes_on = last is not run and state_of(last.status, last.reason).active
        if (goes_on or may_be_retried(last.status, last.reason)) and not looked:
            bounds = {"created_after": _bound(last), **_OLDEST_FIRST} if window else {}
            if generation.filters_by("retries_only"):
                bounds["retries_only"] = "true"
            await self._of_task(last, generation, bounds)
        return self._linked(run)

    async def _of_task(
        self, run: WireRun, generation: Generation, bounds: Mapping[str, str]
    ) -> Sequence[WireRun]:
        """Read and remember runs of a run's task; none where the task is gone."""
        path, task = generation.list_of(run.task)
        params: dict[str, str | int] = {"limit": _MANY, **task}
        params |= generation.asked(bounds)
        try:
            rows = decode(await self._client.get(path, params), RUN_LIST).rows
        except (NotFound, Refused):
            return ()
        found = [each for each in rows if each.task == run.task]
        self._reader.know(found)
        return found

    def _reaches_first(self, run: WireRun) -> bool:
        """Tell whether all attempts before a run are known."""
        return not self._linked(run)[0].retry_of

    def _linked(self, run: WireRun) -> list[WireRun]:
        """Give the known attempts that a run is linked to, by which run each names as retried."""
        known = {each.id: each for each in self._reader.known.values() if each.task == run.task}
        known[run.id] = run
        found = {run.id}
        grown = True
        while grown:
            more = {
                each.id
                for each in known.values()
                if each.id not in found
                and (each.retry_of in found or any(known[i].retry_of == each.id for i in found))
            }
            found |= more
            grown = bool(more)
        return sorted((known[run_id] for run_id in found), key=_order)


def _order(run: WireRun) -> tuple[int, datetime, str]:
    return run.retry or 0, run.created_at or _BEGINNING, run.id


def _parents(runs: Iterable[WireRun]) -> Mapping[str, str | None]:
    """Give the attempt before each one; where it is not known, the one that is named."""
    parents: dict[str, str | None] = {}
    before: WireRun | None = None
    for run in runs:
        follows = before is not None and (before.retry or 0) == (run.retry or 0) - 1
        parents[run.id] = before.id if before and follows else run.retry_of
        before = run
    return parents


def _bound(run: WireRun) -> str:
    """Write when a run was created, so that a list which begins or ends there has it."""
    created = run.created_at or _BEGINNING
    return created.isoformat(timespec="microseconds")
