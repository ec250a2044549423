"""Finds the workflows of listed runs: a few of them at a time, or all where a query needs them."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from runs_tui.adapters.lightning.allowance import Bucket
from runs_tui.adapters.lightning.catalogue import Catalogue
from runs_tui.adapters.lightning.client import Client, Params
from runs_tui.adapters.lightning.joins import Joins
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.adapters.lightning.trust import Trust
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError

_MOST = 5_000


class Kin:
    """Knows which workflow runs have, and spends requests on those that it does not know."""

    def __init__(self, client: Client, clock: Clock, pace: Pace) -> None:
        """Begin with nothing known, and with all that may be spent at first."""
        self.trust = Trust(client)
        """Which filters the server has."""
        self.joins = Joins(client, self.trust)
        """The workflow of each run."""
        self.catalogue = Catalogue(client, clock, pace)
        """The workflows."""
        self._most = pace.joins
        self._bucket = Bucket(clock, pace.joins_at_first, pace.joins_a_minute)
        self._given_up: set[str] = set()
        self.owes = False
        """Whether runs were listed whose workflow the next reading may find out."""

    async def find_some(self, run_ids: Sequence[str], params: Params) -> None:
        """Find out what may be spent on now; what is left comes with the next reading.

        Names are an ornament here: without them the list goes on.
        """
        with suppress(SourceError):
            if self.joins.unknown(run_ids):
                if self.catalogue.due and self._bucket.take(1):
                    await self.catalogue.all()
                workflows = self.catalogue.known
                wanted = min(self.joins.wanted(run_ids, workflows), self._most)
                await self.joins.learn(run_ids, workflows, params, self._bucket.take(wanted))
            if self.may_be_new(run_ids) and self._bucket.take(1):
                await self.look_for_new(run_ids)
        self.owes = bool(self.joins.unknown(run_ids)) and self._bucket.spare

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
        if self.joins.unknown(run_ids):
            workflows = await self.catalogue.all(needed=needed)
            await self._learn(run_ids, params, among or workflows)
        if self.may_be_new(run_ids):
            await self.look_for_new(run_ids)
            await self._learn(run_ids, params, among or self.catalogue.known)

    def may_be_new(self, run_ids: Sequence[str]) -> bool:
        """Tell whether it is time to look for a workflow that is new."""
        return bool(self._lost(run_ids)) and self.catalogue.due_again

    async def look_for_new(self, run_ids: Sequence[str]) -> None:
        """Read the workflows again for runs that have none of those that are known.

        Where there are others now, all is open again; else that is not done for these runs again.
        """
        known = set(self.catalogue.known)
        if set(await self.catalogue.again()) != known:
            self.joins.try_again()
            self._given_up.clear()
        else:
            self._given_up.update(self._lost(run_ids))
            if len(self._given_up) > _MOST:
                self._given_up.clear()

    async def _learn(
        self, run_ids: Sequence[str], params: Params, workflows: Collection[str]
    ) -> None:
        while workflows and (wanted := self.joins.wanted(run_ids, workflows)):
            await self.joins.learn(run_ids, workflows, params, wanted)

    def _lost(self, run_ids: Sequence[str]) -> list[str]:
        """Give the runs whose workflow is none of the known ones, and may be new."""
        return [each for each in run_ids if self.joins.is_lost(each) and each not in self._given_up]
