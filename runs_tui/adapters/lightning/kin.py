"""Finds the workflows of listed runs: a few of them at a time, or all where a query needs them."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from runs_tui.adapters.lightning.allowance import Bucket
from runs_tui.adapters.lightning.catalogue import Catalogue
from runs_tui.adapters.lightning.client import Params
from runs_tui.adapters.lightning.joins import Joins
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError


class Kin:
    """Spends requests on the workflows of listed runs."""

    def __init__(self, joins: Joins, catalogue: Catalogue, clock: Clock, pace: Pace) -> None:
        """Begin with all that may be spent at first."""
        self._joins = joins
        self._catalogue = catalogue
        self._most = pace.joins
        self._bucket = Bucket(clock, pace.joins_at_first, pace.joins_a_minute)

    async def find_some(self, run_ids: Sequence[str], params: Params) -> None:
        """Find out what may be spent on now; what is left comes with the next reading.

        Names are an ornament here: without them the list goes on.
        """
        if not self._joins.unknown(run_ids):
            return
        with suppress(SourceError):
            if self._catalogue.due and self._bucket.take(1):
                await self._catalogue.all()
            workflows = self._catalogue.known
            wanted = min(self._joins.wanted(run_ids, workflows), self._most)
            await self._joins.learn(run_ids, workflows, params, self._bucket.take(wanted))
            if self._lost(run_ids) and self._bucket.take(1):
                await self._look_for_new(workflows)

    async def find_whole(self, run_ids: Sequence[str], params: Params) -> None:
        """Find out all of it at once, but go on without: further down nothing is read again."""
        with suppress(SourceError):
            await self.find_all(run_ids, params, needed=False)

    async def find_all(
        self,
        run_ids: Sequence[str],
        params: Params,
        among: Collection[str] = (),
        *,
        needed: bool = True,
    ) -> None:
        """Find out all of it, some workflows being the only ones; raise what prevents it."""
        if not self._joins.unknown(run_ids):
            return
        workflows = await self._catalogue.all(needed=needed)
        await self._learn(run_ids, params, among or workflows)
        if self._lost(run_ids) and await self._look_for_new(workflows):
            await self._learn(run_ids, params, among or self._catalogue.known)

    async def _learn(
        self, run_ids: Sequence[str], params: Params, workflows: Collection[str]
    ) -> None:
        while workflows and (wanted := self._joins.wanted(run_ids, workflows)):
            await self._joins.learn(run_ids, workflows, params, wanted)

    def _lost(self, run_ids: Sequence[str]) -> bool:
        unknown = set(self._joins.unknown(run_ids))
        return any(not self._joins.workflow_id(each) for each in run_ids if each not in unknown)

    async def _look_for_new(self, workflows: Collection[str]) -> bool:
        """Read the workflows again; tell whether there are others, so that all is to be tried."""
        changed = set(await self._catalogue.again()) != set(workflows)
        if changed:
            self._joins.try_again()
        return changed
