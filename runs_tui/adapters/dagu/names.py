"""Of which DAG runs are: paths need both names, and ids are what people have."""

from collections.abc import Iterable

from runs_tui.adapters.dagu.wire import WireRun
from runs_tui.model.latest import Latest

_MOST = 20_000


class Names:
    """Remembers the name of the DAG of each run that was seen."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: Latest[str, str] = Latest(_MOST)

    def of(self, root: str) -> str | None:
        """Give the name of the DAG of a run, where it is known."""
        return self._known.get(root)

    def note(self, root: str, name: str) -> None:
        """Remember of which DAG a run is."""
        self._known[root] = name

    def learn(self, runs: Iterable[WireRun]) -> None:
        """Remember of which DAGs runs are."""
        for run in runs:
            self.note(run.id, run.name)

    @property
    def all(self) -> frozenset[str]:
        """The names of all DAGs whose runs are remembered."""
        return frozenset(self._known.values())
