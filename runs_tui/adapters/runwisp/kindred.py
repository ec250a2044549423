"""The other runs of a run's lineage: the daemon's retries, and the repetitions that we started."""

from collections.abc import Iterable

from runs_tui.adapters.runwisp.chain import Chains
from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.adapters.runwisp.wire import WireRun
from runs_tui.model.errors import NotFound
from runs_tui.model.kin import Kin, Relation, Relative

_MOST_READ = 4
"""How many runs that were not listed are read one by one."""


class Kindred:
    """Brings together what the daemon links and what only this program remembers."""

    def __init__(
        self, client: Client, reader: Reader, translator: Translator, chains: Chains
    ) -> None:
        """Take where runs are read, and where it is remembered what they repeat."""
        self._client = client
        self._reader = reader
        self._translator = translator
        self._chains = chains

    async def of(self, run_id: str) -> Kin:
        """Give the other attempts of a run."""
        attempts, whole = await self._chains.attempts(run_id)
        found = {each.id: each for each in attempts}
        tied = [other for each in attempts for other in self._translator.origins.tied_to(each.id)]
        found |= {each.id: each for each in await self._read(dict.fromkeys(tied), found)}
        own = found.pop(run_id, None)
        camel = (await self._client.generation()).camel
        runs = [self._translator.run(each, camel=camel) for each in found.values()]
        return Kin([Relative(run, Relation.ATTEMPT) for run in runs], whole=whole and bool(own))

    async def _read(self, wanted: Iterable[str], known: Iterable[str]) -> list[WireRun]:
        """Read runs that are remembered by their ids alone; one that is gone is left out."""
        runs = []
        for run_id in [each for each in wanted if each not in known][:_MOST_READ]:
            try:
                runs.append(self._reader.known.get(run_id) or await self._reader.run(run_id))
            except NotFound:
                continue
        return runs
