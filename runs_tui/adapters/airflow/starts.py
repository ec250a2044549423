"""Starting the Dag of a run again with another conf."""

from collections.abc import Mapping
from typing import Any

from runs_tui.adapters.airflow.address import RunName
from runs_tui.adapters.airflow.client import Client
from runs_tui.adapters.airflow.wire import DAG_DETAILS, DAG_RUN, DagRun
from runs_tui.adapters.origins import Origins
from runs_tui.model.errors import NotFound, Refused
from runs_tui.model.inputs import UNSET, Inputs, JsonValue, RunInput, sounds_secret
from runs_tui.model.text import clean, one_line
from runs_tui.transport.http import decode, segment

_GONE = "the Dag of this run is not there any more"


class Starts:
    """Starts new runs, and remembers which ones they repeat; Airflow does not."""

    def __init__(self, client: Client, paused: set[str]) -> None:
        """Begin with none started; the Dags that are found to be paused are told in `paused`."""
        self._client = client
        self.origins = Origins()
        """Which runs they repeat."""
        self._paused = paused

    async def inputs(self, run_id: str) -> Inputs:
        """Give the conf of a run, and the params that its Dag takes."""
        name = RunName.of(run_id)
        run = await self._client.run(name)
        try:
            dag = await self._client.read(f"/dags/{segment(name.dag)}/details", DAG_DETAILS)
        except NotFound:
            raise Refused(_GONE) from None
        (self._paused.add if dag.is_paused else self._paused.discard)(name.dag)
        conf, params = run.conf or {}, dag.params or {}
        names = dict.fromkeys([*params, *conf])
        return Inputs(tuple(_input(each, params.get(each), conf) for each in names))

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> DagRun:
        """Start a run of the same Dag with this conf, and give it."""
        name = RunName.of(run_id)
        body = {"logical_date": None, "conf": dict(values)}
        try:
            answer = await self._client.write(f"/dags/{segment(name.dag)}/dagRuns", body)
        except NotFound:
            raise Refused(_GONE) from None
        told = decode(answer, DAG_RUN)
        self.origins.tie(f"{told.dag_id}/{told.dag_run_id}", run_id)
        return told


def _input(name: str, param: object, conf: Mapping[str, Any]) -> RunInput:
    """Describe one input by its JSON Schema, where its Dag has one."""
    told = param if isinstance(param, dict) else {}
    schema = told.get("schema")
    schema = schema if isinstance(schema, dict) else {}
    choices, about = schema.get("enum"), told.get("description") or schema.get("description")
    default = told.get("value", UNSET)
    return RunInput(
        name=name,
        value=conf.get(name, UNSET),
        type=_type(schema.get("type")),
        required=bool(told) and default is None and not _admits_null(schema),
        default=default,
        choices=tuple(choices) if isinstance(choices, list) else (),
        secret=schema.get("format") == "password" or sounds_secret(name),
        about=one_line(about) if isinstance(about, str) else "",
    )


def _type(told: object) -> str | None:
    types = told if isinstance(told, list) else [told]
    named = [clean(each) for each in types if isinstance(each, str)]
    return " or ".join(named) if named and len(named) == len(types) else None


def _admits_null(schema: Mapping[str, Any]) -> bool:
    told = schema.get("type", "null")
    return told == "null" or (isinstance(told, list) and "null" in told)
