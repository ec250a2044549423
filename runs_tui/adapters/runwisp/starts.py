"""Starting the task of a run again with other parameters, all of which are texts."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from pydantic import ValidationError

from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.generation import TASKS
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.adapters.runwisp.sentences import NOT_BY_HAND, SERVICE
from runs_tui.adapters.runwisp.tasks import Tasks
from runs_tui.adapters.runwisp.wire import PARAMETER, RUN, WireParameter, WireRun, WireTask
from runs_tui.model.errors import Refused, Unauthorized
from runs_tui.model.inputs import UNSET, Inputs, JsonValue, MaybeValue, RunInput, sounds_secret
from runs_tui.model.text import one_line
from runs_tui.transport.http import decode, segment

_TEXT = "string"
_NUMBER = "number"


class Starts:
    """Starts tasks."""

    def __init__(
        self, client: Client, reader: Reader, translator: Translator, tasks: Tasks
    ) -> None:
        """Take where runs are read, and where it is remembered what they repeat."""
        self._client = client
        self._reader = reader
        self._translator = translator
        self._tasks = tasks

    async def inputs(self, run_id: str) -> Inputs:
        """Give the parameters of a run, and those that its task takes."""
        run = await self._startable(run_id)
        values = run.params or {}
        told = {each.key: each for each in _parameters(self._tasks.known(run.task))}
        names = dict.fromkeys([*told, *values])
        return Inputs(
            tuple(_input(name, values.get(name, UNSET), told.get(name)) for name in names)
        )

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> WireRun:
        """Start the task of a run with these parameters, and give the new run."""
        run = await self._startable(run_id)
        body = {"params": {name: _text(value) for name, value in values.items()}}
        try:
            answer = await self._client.send(f"{TASKS}/{segment(run.task)}/run", body)
        except Unauthorized as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            raise Refused(NOT_BY_HAND) from None
        told = decode(answer, RUN)
        self._reader.know([told])
        self.tie(told.id, run.id)
        return told

    def tie(self, run_id: str, origin: str) -> None:
        """Remember which run a run repeats."""
        self._translator.origins.tie(run_id, origin)

    async def _startable(self, run_id: str) -> WireRun:
        run = await self._reader.run(run_id)
        await self._tasks.learn()
        if self._translator.belongs_to_service(run):
            raise Refused(SERVICE)
        return run


def _parameters(task: WireTask | None) -> Iterator[WireParameter]:
    """Give what a task takes, as far as it is told in a shape that is known."""
    told = task.parameters if task is not None else None
    for each in told if isinstance(told, list) else ():
        try:
            yield PARAMETER.validate_python(each)
        except ValidationError:
            continue


def _input(name: str, value: MaybeValue, told: WireParameter | None) -> RunInput:
    secret = sounds_secret(name)
    if told is None:
        return RunInput(name=name, value=value, type=_TEXT, secret=secret)
    number = told.type == _NUMBER
    about = ["a number" if number else "", one_line(told.description or "")]
    return RunInput(
        name=name,
        value=value,
        type=None if number else _TEXT,
        required=told.required,
        default=UNSET if told.default is None else told.default,
        choices=() if told.any_value else tuple(told.choices or ()),
        secret=secret,
        about=", ".join(part for part in about if part),
    )


def _text(value: JsonValue) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
