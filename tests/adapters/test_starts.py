"""What single APIs say of the inputs of their runs, and what they are sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection, Source, TakesInputs
from runs_tui.adapters.prefect.parameters import inputs_of
from runs_tui.adapters.prefect.wire import Deployment
from runs_tui.adapters.starts import start_with
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import Refused, SourceError
from runs_tui.model.inputs import UNSET, JsonValue, RunInput
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from tests.contract_parts.stage import NOON, until


@asynccontextmanager
async def opened(api: str, **extra: Any) -> AsyncIterator[tuple[Any, DemoServer]]:
    clock = SetClock(NOON)
    settings = {api: Settings(None, extra)}
    async with DemoServer([api], runs=300, clock=clock, settings=settings) as server:
        source = source_type(api)(Connection(name=api, url=server.urls[api]), clock)
        try:
            yield source, server
        finally:
            await source.close()


async def one(source: Source, right: Callable[[Run], bool]) -> Run:
    page = await source.runs(Query(limit=300))
    return next(run for run in page.items if run.state.terminal and right(run))


def sent(server: DemoServer, api: str, path: str) -> list[Any]:
    asked = server.faults[api].requests
    return [json.loads(r.body) for r in asked if r.method == "POST" and path in r.path]


@pytest.mark.parametrize("api", ["automation_runs", "lightning"])
async def test_an_api_that_takes_no_inputs_lacks_the_ability(api: str) -> None:
    assert not issubclass(source_type(api), TakesInputs)
    async with opened(api) as (source, _):
        run = await one(source, lambda run: True)
        outcome = await start_with(source, run, {"a": 1})
        assert isinstance(outcome.error, Refused)


# RunWisp


async def test_runwisp_tells_what_its_task_takes() -> None:
    async with opened("runwisp", services=()) as (source, _):
        run = await one(source, lambda run: run.workflow == "product-images")
        (product,) = (await source.inputs(run.id)).fields
        assert (product.name, product.type, product.required) == ("PRODUCT", "string", True)
        assert product.default is UNSET
        run = await one(source, lambda run: run.workflow == "order-fulfilment")
        order, region = (await source.inputs(run.id)).fields
        assert (order.about, order.choices, order.default) == ("a number", (), "4471902")
        assert region.choices == ("eu-west", "us-east", "ap-south")


async def test_to_runwisp_null_and_nothing_and_no_text_are_three_things() -> None:
    async with opened("runwisp", services=()) as (source, server):
        run = await one(source, lambda run: run.workflow == "order-fulfilment")
        told = []
        for values in ({"ORDER": None}, {}, {"ORDER": "7"}, {"ORDER": 8}):
            again = await source.run_with(run.id, values)
            told.append((await source.inputs(again.id)).values.get("ORDER", UNSET))
        assert told == [UNSET, "4471902", "7", "8"]
        bodies = [body["params"] for body in sent(server, "runwisp", "/run")]
        assert bodies == [{"ORDER": None}, {}, {"ORDER": "7"}, {"ORDER": "8"}]
        run = await one(source, lambda run: run.workflow == "product-images")
        again = await source.run_with(run.id, {"PRODUCT": ""})
        assert (await source.inputs(again.id)).values == {"PRODUCT": ""}


@pytest.mark.parametrize(
    ("workflow", "values", "said"),
    [
        ("order-fulfilment", {"REGION": "mars"}, "must be one of eu-west, us-east, ap-south"),
        ("order-fulfilment", {"ORDER": "many"}, "must be a number, got 'many'"),
        ("order-fulfilment", {"COLOUR": "red"}, "has no parameter 'COLOUR'"),
        ("product-images", {"PRODUCT": None}, "'PRODUCT' is required"),
    ],
)
async def test_what_runwisp_refuses_is_told(workflow: str, values: Any, said: str) -> None:
    async with opened("runwisp", services=()) as (source, _):
        run = await one(source, lambda run: run.workflow == workflow)
        outcome = await start_with(source, run, values)
        assert isinstance(outcome.error, Refused)
        assert said in outcome.error.sentence


async def test_a_task_that_nobody_may_start_is_not_started() -> None:
    async with opened("runwisp", services=(), scheduled_only=["order-fulfilment"]) as (source, _):
        run = await one(source, lambda run: run.workflow == "order-fulfilment")
        with pytest.raises(Refused, match="may not be started by hand"):
            await source.run_with(run.id, {})


async def test_services_and_odd_parameters_are_no_inputs() -> None:
    async with opened("runwisp", services=("order-fulfilment",)) as (source, _):
        run = await one(source, lambda run: run.workflow == "order-fulfilment")
        with pytest.raises(Refused, match="a service"):
            await source.inputs(run.id)

    async with opened("runwisp", services=()) as (source, server):

        def spoil(body: bytes) -> bytes:
            told = json.loads(body)
            for task in told["items"]:
                task["parameters"] = [None, 7, {"kind": "env"}, {"key": "SIZE", "choices": "odd"}]
            return json.dumps(told).encode()

        server.faults["runwisp"].add(Fault(path="/api/tasks", rewrite=spoil, times=None))
        run = await one(source, lambda run: run.workflow == "product-images")
        (product,) = (await source.inputs(run.id)).fields
        assert (product.name, product.required) == ("PRODUCT", False)


# Prefect


SCHEMA = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "limit": {"default": 3, "position": 1, "title": "limit", "type": "integer"},
        "name": {"position": 0, "title": "name", "type": "string", "description": "whose\n it is"},
        "till": {"position": 3, "anyOf": [{"type": "string"}, {"type": "null"}]},
        "level": {"position": 2, "allOf": [{"$ref": "#/definitions/Level"}]},
        "login": {"position": 4, "type": "string", "format": "password", "writeOnly": True},
    },
    "required": ["name", "limit"],
    "definitions": {"Level": {"enum": ["low", "high"], "type": "string"}},
}


def told(schema: object, usual: object = None, **values: Any) -> dict[str, RunInput]:
    deployment = Deployment(parameter_openapi_schema=schema, parameters=usual)
    return {field.name: field for field in inputs_of(values, deployment).fields}


def test_a_schema_tells_names_types_defaults_choices_and_secrets() -> None:
    fields = told(SCHEMA, {"limit": 5}, name="ada", odd=[1])
    assert list(fields) == ["name", "limit", "level", "till", "login", "odd"]
    assert [field.type for field in fields.values()] == [
        "string", "integer", "string", "string or null", "string", None,
    ]  # fmt: skip
    assert [name for name, field in fields.items() if field.required] == ["name"]
    assert (fields["limit"].default, fields["name"].default) == (5, UNSET)
    assert fields["level"].choices == ("low", "high")
    assert [name for name, field in fields.items() if field.secret] == ["login"]
    assert fields["name"].about == "whose it is"
    assert (fields["name"].value, fields["limit"].value, fields["odd"].value) == (
        "ada", UNSET, [1],
    )  # fmt: skip


@pytest.mark.parametrize(
    "schema",
    [
        None, [], "x", {"properties": []}, {"properties": {"n": None}}, {"properties": {"n": 7}},
        {"properties": {"n": {"anyOf": 7, "enum": 7, "type": ["a"], "position": "x"}}},
        {"properties": {"n": {"allOf": [7, {"$ref": 7}, {"$ref": "#/no/where"}]}}, "required": 7},
        {"properties": {"n": {"$ref": "#/definitions/n"}}, "definitions": 7},
    ],
)  # fmt: skip
def test_a_schema_that_is_none_does_no_harm(schema: object) -> None:
    assert told(schema, 7, n=1)["n"].value == 1


async def test_prefect_starts_the_deployment_with_the_tags_of_the_run() -> None:
    async with opened("prefect") as (source, server):
        run = await one(source, lambda run: "deployment_id" in run.details)
        inputs = await source.inputs(run.id)
        again = await source.run_with(run.id, inputs.values)
        (body,) = sent(server, "prefect", "/create_flow_run")
        assert body == {"parameters": inputs.values, "tags": run.details.get("tags", [])}
        assert again.workflow == run.workflow
        assert again.details["tags"] == run.details["tags"]


async def test_prefect_says_what_is_wrong_with_a_parameter() -> None:
    async with opened("prefect") as (source, _):
        run = await one(source, lambda run: run.workflow == "order-fulfilment")
        outcome = await start_with(source, run, {"order": "many", "region": "eu-west"})
        assert isinstance(outcome.error, Refused)
        assert outcome.error.detail == (
            "Error creating flow run: Validation failed for field 'order'."
            " Failure reason: 'many' is not of type 'integer'"
        )


async def test_a_run_without_a_deployment_or_whose_deployment_is_gone_is_not_started() -> None:
    async with opened("prefect") as (source, server):
        page = await source.runs(Query(limit=200))
        by_hand = next(run for run in page.items if "deployment_id" not in run.details)
        with pytest.raises(Refused, match="this run has none"):
            await source.inputs(by_hand.id)
        run = await one(source, lambda run: "deployment_id" in run.details)
        server.faults["prefect"].add(Fault(path="/deployments/", status=404, times=None))
        for does in (source.inputs(run.id), source.run_with(run.id, {})):
            with pytest.raises(Refused, match="is not there any more"):
                await does


# Noxus


async def test_noxus_tells_the_input_of_a_run_also_where_lists_leave_it_out() -> None:
    async with opened("noxus", null_input=True) as (source, server):
        run = await one(source, lambda run: run.workflow == "order-fulfilment")
        inputs = await source.inputs(run.id)
        assert [field.name for field in inputs.fields] == ["order", "region"]
        changed = {**inputs.values, "order": {"id": 7, "lines": [None, "a"]}}
        again = await source.run_with(run.id, changed)
        assert (await source.inputs(again.id)).values == changed
        (body,) = sent(server, "noxus", "/v1/workflows/")
        assert body["input"] == changed


# What a lost answer leaves


async def test_two_runs_with_these_inputs_are_not_mistaken_for_one() -> None:
    async with opened("noxus") as (source, server):
        run = await one(source, lambda run: run.workflow == "order-fulfilment")
        values: dict[str, JsonValue] = {"order": 7, "region": "nowhere"}
        fault = Fault(path="/v1/workflows/", method="POST", delay=0.2, swallow=True)
        server.faults["noxus"].add(fault)
        starting = asyncio.ensure_future(start_with(source, run, values))
        await until(lambda: bool(sent(server, "noxus", "/v1/workflows/")))
        server.worlds["noxus"].retry(run.id, NOON, as_new=True, parameters=values)
        outcome = await starting
        assert isinstance(outcome.error, SourceError)
        assert "a new run may have been started" in outcome.error.detail
