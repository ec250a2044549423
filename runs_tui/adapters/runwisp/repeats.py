"""Starting a run again: another run, of which only this program remembers what it repeats."""

from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.generation import RERUN, TASKS
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.adapters.runwisp.sentences import NOT_BY_HAND, SERVICE
from runs_tui.adapters.runwisp.states import state_of
from runs_tui.adapters.runwisp.tasks import Tasks
from runs_tui.adapters.runwisp.wire import RUN, TRIGGERED, WireRun
from runs_tui.model.errors import Conflict, NotFound, Refused, Unauthorized, Unsupported
from runs_tui.model.text import clean
from runs_tui.transport.http import decode, segment


class Repeats:
    """Starts runs again."""

    def __init__(
        self, client: Client, reader: Reader, translator: Translator, tasks: Tasks
    ) -> None:
        """Take where runs are read, and where it is remembered what they repeat."""
        self._client = client
        self._reader = reader
        self._translator = translator
        self._tasks = tasks

    async def repeat(self, run_id: str) -> WireRun:
        """Start a run with the parameters of an earlier one, and give it."""
        run = await self._reader.recent(run_id)
        state = state_of(run.status, run.reason)
        if state.active:
            raise Conflict(f"it is still {state}")
        if self._translator.belongs_to_service(run):
            raise Refused(SERVICE)
        again = await self._started(run)
        self._translator.origins.tie(again, run.id)
        return await self._reader.run(again, run.task)

    async def _started(self, run: WireRun) -> str:
        """Start it, and give the id of the new run."""
        generation = await self._client.generation()
        if generation.paths and RERUN not in generation.paths:
            return await self._triggered(run)
        try:
            answer = await self._client.send(RERUN, {"ids": [run.id]})
        except (NotFound, Unsupported):
            return await self._triggered(run)
        started = decode(answer, TRIGGERED).triggered
        if not started:
            raise Refused(await self._why_nothing(run))
        return started[0].id

    async def _triggered(self, run: WireRun) -> str:
        """Start its task with its parameters: this daemon has no way to repeat a run."""
        body = {"params": run.params} if run.params else None
        try:
            answer = await self._client.send(f"{TASKS}/{segment(run.task)}/run", body)
        except Unauthorized as error:
            if error.status != 403:
                raise
            raise Refused(NOT_BY_HAND) from None
        return decode(answer, RUN).id

    async def _why_nothing(self, run: WireRun) -> str:
        """Say why the daemon started nothing; it does not tell itself."""
        self._tasks.forget()
        await self._tasks.learn()
        task = self._tasks.known(run.task)
        if self._tasks.is_service(run.task):
            why = SERVICE
        elif task is None and self._tasks.names:
            why = f"there is no task {clean(run.task)!r} any more"
        elif task is not None and task.by_hand is False:
            why = NOT_BY_HAND
        else:
            why = "its task is a service, is gone, or may not be started by hand"
        return f"RunWisp started nothing: {why}"
