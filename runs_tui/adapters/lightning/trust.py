"""Which of the filters by workflow a server has; none of them is documented."""

from uuid import uuid4

from runs_tui.adapters.lightning.client import Client, Params

ONE = "workflow_id"
SOME = "workflow_ids[]"


def by_workflows(ids: list[str]) -> Params:
    """Give the filter for the runs of some workflows."""
    return {ONE: ids[0]} if len(ids) == 1 else {SOME: ids}


class Trust:
    """Remembers which filters were seen to work and which not; what is unknown is ignored."""

    def __init__(self, client: Client) -> None:
        """Begin without knowing."""
        self._client = client
        self._known: dict[str, bool] = {}

    def __contains__(self, name: str) -> bool:
        """Whether a filter may be used, as far as is known."""
        return self._known.get(name, True)

    def seen(self, name: str) -> None:
        """Learn that a filter has left something out."""
        self._known[name] = True

    def broken(self, name: str) -> None:
        """Learn that a filter leaves nothing out."""
        self._known[name] = False

    @property
    def is_sure(self) -> bool:
        """Whether one was seen to work: then the server has the others that came with it."""
        return any(self._known.values())

    async def probe(self, name: str = ONE) -> bool:
        """Tell whether a filter works, and find out once by asking for what cannot be there."""
        if name not in self._known:
            nobody = str(uuid4())
            wanted: Params = {name: nobody if name == ONE else [nobody], "page_size": 1}
            self._known[name] = not (await self._client.runs(wanted)).data
        return self._known[name]
