"""A source that cannot be used, and says why."""

from collections.abc import Sequence
from typing import NoReturn

from runs_tui.adapters.base import Connection, Page, Source
from runs_tui.model.errors import SourceError
from runs_tui.model.query import Query
from runs_tui.model.run import Run, Step


class UnusableSource(Source):
    """Stands for a source whose configuration or credential is wrong: every request says so."""

    def __init__(self, connection: Connection, why: SourceError, api: str) -> None:
        """Take what is wrong with it, and the API that it would speak."""
        super().__init__(connection)
        self.why = why
        vars(self)["api"] = api  # of the class in every other source

    def _fail(self) -> NoReturn:
        raise type(self.why)(self.why.detail, self.why.hint)

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        """Say what is wrong."""
        self._fail()

    async def run(self, run_id: str) -> Run:
        """Say what is wrong."""
        self._fail()

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Say what is wrong."""
        self._fail()

    async def close(self) -> None:
        """Do nothing: there is no connection."""
