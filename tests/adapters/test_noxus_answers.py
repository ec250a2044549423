import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.noxus import Noxus
from runs_tui.model.errors import NotFound, RateLimited, Refused, Unauthorized, Unreachable
from runs_tui.model.plan import Plan
from runs_tui.model.query import Query
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from tests.adapters.noxus_server import (
    DETAILS,
    FIRST,
    FLOW,
    GROUP,
    INPUT,
    LIST,
    ONE,
    OTHER,
    RUN,
    WHOLE,
    listed,
    talking,
    whole,
)
from tests.transport.script import reply, serving

VERSION = "11111111-4444-4a4a-8b8b-dddddddddddd"
PAGE = "/v1/workflows"


def second(*nodes: dict[str, Any], edges: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"flow_version": "v2", "nodes": list(nodes), "edges": edges or []}


def node(own: str, **more: Any) -> dict[str, Any]:
    return {"id": own, "type": "CodeNodeV2", "name": None, "node_config": {}, **more}


async def steps_of(**told: Any) -> dict[str, Step]:
    async with talking(**{WHOLE: whole(**told)}) as (source, _):
        return {step.key: step for step in await source.steps(RUN)}


def parents(steps: dict[str, Step]) -> dict[str, tuple[str, ...]]:
    return {key: step.depends_on for key, step in steps.items()}


async def test_the_list_of_the_contract() -> None:
    async with talking() as (source, server):
        page = await source.runs(Query(limit=2))
    first, other = page.items
    assert first == Run(
        source="n",
        id=RUN,
        workflow_id=FLOW,
        workflow_name="Invoice intake",
        state=State.RUNNING,
        status="running",
        created_at=datetime(2026, 5, 4, 9, 12, 31, 482913, UTC),
        trigger="api",
        progress=0.4,
        details={
            "group_id": GROUP,
            "input": INPUT,
            "workflow": {
                "group_id": GROUP,
                "type": "flow",
                "last_updated_at": "2026-05-01T08:00:00Z",
                "last_run_at": "2026-05-04T09:12:31Z",
                "created_at": "2026-02-11T10:00:00Z",
                "runs_count": 412,
                "author_name": "Rita Moreira",
                "saved": True,
            },
        },
    )
    assert (other.id, other.state, other.status) == (OTHER, State.CANCELLED, "stopped")
    assert other.details["node_ids"] == ["n-extract"]
    assert other.took == 38.0
    assert other.derived == {"took"}
    assert (other.started_at, other.trigger) == (None, None)
    assert other.workflow_name == "Invoice intake"
    assert (page.total, page.pushed) == (412, frozenset())
    assert page.next
    (asked,) = server.asked
    assert asked.target == "/v1/runs?page=1&size=2"
    assert asked.headers["x-api-key"] == "s3cr3t"
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("word", "state", "reason"),
    [
        ("queued", State.QUEUED, None),
        ("Running", State.RUNNING, None),
        ("COMPLETED", State.SUCCEEDED, None),
        ("failed", State.FAILED, None),
        ("stopped", State.CANCELLED, None),
        ("awaiting_human_feedback", State.WAITING, "awaiting_human_feedback"),
        ("paused", State.UNKNOWN, None),
    ],
)
async def test_each_word_has_its_state(word: str, state: State, reason: str | None) -> None:
    async with talking(**{ONE: listed(word)}) as (source, _):
        run = await source.run(RUN)
    assert (run.state, run.status, run.reason) == (state, word, reason)


@pytest.mark.parametrize(("finished", "active"), [(None, True), ("2026-05-04T10:00:00", False)])
async def test_an_unknown_word_is_over_where_the_run_has_an_end(
    finished: str | None, active: bool
) -> None:
    async with talking(**{ONE: listed("paused", finished_at=finished)}) as (source, _):
        assert (await source.run(RUN)).active is active


@pytest.mark.parametrize(
    ("told", "share"),
    [(0, 0), (40, 0.4), (100, 1), (0.5, 0.005), (140, 1), (-3, 0), (None, None), ("66", 0.66)],
)
async def test_progress_is_a_share(told: object, share: float | None) -> None:
    async with talking(**{ONE: listed(progress=told)}) as (source, _):
        assert (await source.run(RUN)).progress == pytest.approx(share)


@pytest.mark.parametrize("text", ["2026-05-04T08:55:02", "2026-05-04T10:55:02.000+02:00"])
async def test_times_may_have_no_zone(text: str) -> None:
    async with talking(**{ONE: listed(created_at=text)}) as (source, _):
        assert (await source.run(RUN)).created_at == datetime(2026, 5, 4, 8, 55, 2, tzinfo=UTC)


async def test_fields_may_be_missing_or_new() -> None:
    bare = {"id": RUN, "status": "queued", "cost": 0.2, "definitions": {"n": 1}}
    async with talking(**{ONE: bare, "/v1/runs": {"items": [bare]}}) as (source, server):
        run = await source.run(RUN)
        assert (run.workflow, run.created_at, run.progress) == ("–", None, None)
        assert run.details == {"cost": 0.2}
        page = await source.runs(Query())
        assert (len(page.items), page.next, page.total) == (1, None, None)
        assert await source.steps(RUN) == []
    assert {asked.path for asked in server.asked} == {ONE, "/v1/runs"}


async def test_names_that_no_run_embeds_are_asked_for_once_a_minute() -> None:
    rows = {"items": [{**LIST["items"][1], "workflow_id": "w"}], "total": 1}
    flows = {"items": [{"id": "w", "name": "Payroll"}, {"id": None, "name": None}], "total": 2}
    async with talking(**{"/v1/runs": rows, PAGE: reply(404)}) as (source, server):
        for _ in range(3):
            assert (await source.runs(Query())).items[0].workflow == "w"
        assert len(server.requests(PAGE)) == 1
        server.answers[PAGE] = flows
        source.clock.instant = source.clock.now().replace(minute=2)  # type: ignore[attr-defined]
        assert (await source.runs(Query())).items[0].workflow_name == "Payroll"
        assert (await source.runs(Query())).items[0].workflow_name == "Payroll"
        assert len(server.requests(PAGE)) == 2


async def test_a_definition_of_the_first_version() -> None:
    steps = await steps_of(workflow_definition=FIRST)
    assert [step.name for step in steps.values()][:3] == ["File Input", "Extract fields", "Alert"]
    assert parents(steps) == {
        "n-in": (), "n-extract": ("n-in",), "n-alert": ("n-extract",), "n-classify": (),
        "n-out": (),
    }  # fmt: skip
    assert steps["n-alert"].details == {"type": "OutputNode", "on_error": ["n-extract"]}
    assert steps["n-classify"].details == {"per_node_progress": 35}
    assert {key: (step.state, step.derived) for key, step in steps.items()} == {
        "n-in": (State.SUCCEEDED, frozenset()),
        "n-extract": (State.SUCCEEDED, frozenset()),
        "n-classify": (State.RUNNING, frozenset()),
        "n-out": (State.QUEUED, frozenset()),
        "n-alert": (State.QUEUED, {"state", "status"}),
    }


async def test_a_definition_of_the_second_version_is_the_union_of_three() -> None:
    text = "Sum :var[n-b.output] and :var[n-a.text], not :var[none] nor var[n-x.y]"
    edge = {
        "id": "e1", "source": "n-in", "target": "n-a", "source_handle": None,
        "target_handle": None,
    }  # fmt: skip
    steps = await steps_of(
        progress_details=None,
        workflow_definition=second(
            node("n-in", type="InputNodeV2", name="Input"),
            node("n-a", node_config={"label": "First"}),
            node("n-b", variable_bindings={"text": "n-in.output", "more": "n-a.output"}),
            node("n-sum", node_config={"prompts": [{"deep": [{"text": text}]}]}),
            edges=[edge],
        ),
    )
    assert parents(steps) == {
        "n-in": (), "n-a": ("n-in",), "n-b": ("n-in", "n-a"), "n-sum": ("n-b", "n-a"),
    }  # fmt: skip
    assert [step.name for step in steps.values()] == ["Input", "First", "CodeNodeV2", "CodeNodeV2"]


async def test_what_begins_inside_a_container_depends_on_it() -> None:
    steps = await steps_of(
        progress_details=None,
        workflow_definition=second(
            node("loop"),
            node("a", parent_id="loop"),
            node("b", parent_id="loop", variable_bindings={"x": "a.output"}),
            node("c", parent_id="loop", variable_bindings={"x": "loop.item"}),
        ),
    )
    assert parents(steps) == {"loop": (), "a": ("loop",), "b": ("a",), "c": ("loop",)}
    assert steps["b"].details["parent_id"] == "loop"


async def test_cycles_strays_and_odd_shapes_do_no_harm() -> None:
    edges: list[Any] = [
        {"source": "a", "target": "b"},
        {"source": "b", "target": "a"},
        {"source": "nobody", "target": "b"},
        {"source": "b", "target": "0123456789-stray"},
        {"source": 1, "target": "a"},
        {"from_id": "a", "to_id": None},
        None,
        7,
    ]
    odd: list[Any] = [{"id": ""}, {"id": 4}, None, "n", {"id": "c", "name": 5, "type": []}]
    definition = {"nodes": [node("a"), node("b"), *odd], "edges": edges}
    steps = await steps_of(progress_details=[], workflow_definition=definition)
    assert parents(steps) == {
        "a": ("b",), "b": ("a", "nobody"), "c": (), "0123456789-stray": ("b",),
    }  # fmt: skip
    assert (steps["c"].name, steps["0123456789-stray"].name) == ("c", "01234567")
    assert len(Plan.of(steps.values()).rows) == 4


async def test_what_a_run_put_out_is_told_once_it_is_over() -> None:
    more = {"output": {"total": 118.2}, "single_node_id": "n-in"}
    ended = whole("completed", workflow_definition=FIRST, **more)
    async with talking(**{WHOLE: ended}) as (source, server):
        assert "output" not in (await source.run(RUN)).details
        server.answers[ONE] = listed("completed")
        for _ in range(2):
            details = (await source.run(RUN)).details
            assert {name: details[name] for name in more} == more
            await source.steps(RUN)
        assert [asked.path for asked in server.asked] == [ONE, ONE, WHOLE, ONE]
        server.answers[ONE] = listed("completed", id=OTHER)
        server.answers[f"/v1/runs/{OTHER}"] = listed("completed", id=OTHER)
        assert "output" not in (await source.run(OTHER)).details


async def test_a_run_and_its_steps_read_at_once_are_read_once() -> None:
    answers = {ONE: listed("completed"), WHOLE: whole("completed", workflow_definition=FIRST)}
    async with talking(**answers) as (source, server):
        await asyncio.gather(source.run(RUN), source.steps(RUN))
        assert [asked.path for asked in server.asked] == [ONE, WHOLE]


async def test_the_tree_comes_from_the_snapshot_alone_where_there_is_one() -> None:
    async with talking(**{WHOLE: whole(workflow_definition=FIRST)}) as (source, server):
        await source.run(RUN)
        await source.steps(RUN)
        await source.steps(RUN)
        assert [asked.path for asked in server.asked] == [ONE, WHOLE, WHOLE]


async def test_without_a_snapshot_it_comes_from_the_version_that_ran() -> None:
    versions = [{"id": "other", "definition": {}}, {"id": VERSION, "definition": FIRST}]
    flow = f"/v1/workflows/{FLOW}"
    answers = {WHOLE: whole(workflow_version_id=VERSION), f"{flow}/versions": versions}
    async with talking(**answers) as (source, server):
        for _ in range(3):
            steps = {step.key: step for step in await source.steps(RUN)}
        assert steps["n-extract"].depends_on == ("n-in",)
        assert steps["n-extract"].derived == frozenset()
        assert len(server.requests(f"{flow}/versions")) == 1
        assert server.requests(flow) == []


async def test_then_from_the_workflow_that_the_run_embeds() -> None:
    flow = {**LIST["items"][0]["workflow"], "definition": FIRST}
    async with talking(**{ONE: listed(workflow=flow)}) as (source, server):
        run = await source.run(RUN)
        assert "definition" not in run.details["workflow"]
        steps = {step.key: step for step in await source.steps(RUN)}
        assert steps["n-extract"].depends_on == ("n-in",)
        assert "current definition" in steps["n-extract"].details["definition"]
        assert steps["n-extract"].derived == {"name", "depends_on"}
        assert "definition" not in steps["n-classify"].details
        assert len(server.asked) == 2


async def test_then_from_the_workflow_of_today() -> None:
    flow = f"/v1/workflows/{FLOW}"
    answers = {WHOLE: whole(workflow_version_id=VERSION), flow: {"definition": FIRST}}
    async with talking(**answers) as (source, server):
        for _ in range(3):
            steps = {step.key: step for step in await source.steps(RUN)}
        assert "current definition" in steps["n-extract"].details["definition"]
        paths = [asked.path for asked in server.asked]
        assert paths == [ONE, WHOLE, f"{flow}/versions", flow, WHOLE, WHOLE]


async def test_and_else_the_nodes_are_those_that_are_named() -> None:
    async with talking() as (source, server):
        for _ in range(2):
            steps = await source.steps(RUN)
        assert [step.key for step in steps] == ["n-in", "n-extract", "n-classify", "n-out"]
        assert [step.name for step in steps][1] == "n-extrac"
        assert len(server.requests(f"/v1/workflows/{FLOW}")) == 1


@pytest.mark.parametrize(
    ("status", "lists", "states"),
    [
        ("running", {"skipped_nodes": [{"id": "n-in"}, {"node_id": "n-alert"}]}, "s . s"),
        ("running", {"executed_nodes": ["n-in"], "running_nodes": ["n-in"]}, "r . ."),
        ("awaiting_human_feedback", {"running_nodes": ["n-extract"]}, ". w ."),
        ("awaiting_human_feedback", {"running_nodes": ["n-in", "n-extract"]}, "r r ."),
        ("completed", {"executed_nodes": ["n-in", "n-extract"]}, "+ + ?"),
        ("completed", {"executed_nodes": ["n-in"], "remaining_nodes": ["n-alert"]}, "+ ? s"),
        ("failed", {"executed_nodes": ["n-in", "n-extract"]}, "+ f ?"),
        ("failed", {"executed_nodes": ["n-in"], "running_nodes": ["n-extract"]}, "+ f ?"),
        ("failed", {"executed_nodes": [], "running_nodes": ["n-in", "n-extract"]}, "? ? ?"),
        (
            "failed",
            {
                "executed_nodes": ["n-in", "n-extract", "n-alert"],
                "error_handler_nodes": ["n-alert"],
            },
            "+ f +",
        ),
        ("failed", {"error_handler_nodes": ["n-alert"]}, "? ? +"),
        (
            "stopped",
            {
                "executed_nodes": ["n-in"],
                "running_nodes": ["n-extract"],
                "remaining_nodes": ["n-alert"],
            },
            "+ c c",
        ),
        ("queued", None, ". . ."),
        ("completed", None, "? ? ?"),
    ],
)
async def test_where_nodes_stand(status: str, lists: Any, states: str) -> None:
    glyphs = {
        State.SKIPPED: "s", State.QUEUED: ".", State.RUNNING: "r", State.WAITING: "w",
        State.SUCCEEDED: "+", State.FAILED: "f", State.CANCELLED: "c", State.UNKNOWN: "?",
    }  # fmt: skip
    steps = await steps_of(status=status, progress_details=lists, workflow_definition=FIRST)
    assert " ".join(glyphs[step.state] for step in steps.values()) == states
    for step in steps.values():
        if step.state in {State.FAILED, State.WAITING, State.CANCELLED, State.UNKNOWN}:
            assert "state" in step.derived
        assert (step.error is not None) == (step.state is State.FAILED)
        if step.state is State.FAILED:
            assert step.status == "probably failed"
            assert "probably" in (step.error or "")
            assert "error" in step.derived


@pytest.mark.parametrize(
    ("part", "left_out"),
    [
        ({"node_ids": ["n-extract"]}, {"n-alert"}),
        ({"single_node_id": "n-extract"}, {"n-alert", "n-in"}),
        ({"node_ids": []}, set()),
        ({"node_ids": {"n-extract": {}}}, set()),
    ],
)
async def test_nodes_that_a_partial_run_leaves_out_are_no_part_of_it(
    part: dict[str, Any], left_out: set[str]
) -> None:
    steps = await steps_of(workflow_definition=FIRST, progress_details={}, **part)
    for key, step in steps.items():
        told = (State.SKIPPED, "not in this run") if key in left_out else (State.QUEUED, "")
        assert (step.state, step.status) == told
        assert "state" in step.derived


async def test_what_is_told_of_single_nodes_stands_in_their_details() -> None:
    details = {**DETAILS, "subflow_executions": {"n-in": {"run_ids": ["r"]}, "n-x": "r"}}
    steps = await steps_of(progress_details=details, workflow_definition=FIRST)
    assert steps["n-in"].details["subflow_executions"] == {"run_ids": ["r"]}


@pytest.mark.parametrize("name", ["x-request-id", "x-noxus-request-id"])
async def test_the_id_of_a_request_is_told_with_its_error(name: str) -> None:
    long = '{"detail": "' + "too many words " * 100 + '"}'
    for status, body in ((422, long), (404, '{"detail": "Run not found"}'), (500, "{}")):
        answer = reply(status, body, **{name.replace("-", "_"): "req-7-s3cr3t"})
        async with talking(**{ONE: answer}) as (source, _):
            with pytest.raises((Refused, NotFound, Unreachable)) as caught:
                await source.run(RUN)
        assert caught.value.detail.endswith("(request req-7-***)")


@pytest.mark.parametrize(("status", "kind"), [(403, Unauthorized), (404, NotFound)])
async def test_other_workspaces_are_hinted_at(status: int, kind: type[Exception]) -> None:
    answer = reply(status, '{"detail": "No such run here"}')
    async with talking(**{ONE: answer, WHOLE: answer}) as (source, server):
        with pytest.raises(kind) as caught:
            await source.run(RUN)
        assert "a key opens one workspace only" in str(caught.value)
        server.answers[ONE] = listed()
        with pytest.raises(kind) as caught:
            await source.steps(RUN)
        assert "a key opens one workspace only" in str(caught.value)


async def test_a_wrong_key_is_no_matter_of_workspaces() -> None:
    async with talking(**{ONE: reply(401, '{"detail": "Invalid"}')}) as (source, _):
        with pytest.raises(Unauthorized) as caught:
            await source.run(RUN)
    assert caught.value.hint == "check NOXUS_API_KEY"


async def test_a_rate_limit_says_for_how_long() -> None:
    async with talking(**{"/v1/runs": reply(429, "{}", retry_after="30")}) as (source, _):
        with pytest.raises(RateLimited) as caught:
            await source.runs(Query())
    assert caught.value.retry_after == 30


@pytest.mark.parametrize("prefix", ["", "/", "/v1", "/v1/", "/api/backend", "/api/backend/v1/"])
async def test_the_address_may_have_a_path_and_end_with_the_version(prefix: str) -> None:
    async with serving(reply(200, '{"items": []}')) as script:
        url = script.url + prefix
        source = Noxus(Connection(name="n", url=url, credential=Credential("k")))
        await source.runs(Query(limit=30))
        await source.close()
        place = "/api/backend" if "backend" in prefix else ""
        assert script.asked[0].target == f"{place}/v1/runs?page=1&size=30"
