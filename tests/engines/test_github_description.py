"""The adapter for GitHub Actions and its demo, held against GitHub's official description."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from runs_tui.adapters.github_actions.wire import WireJob, WireRun
from tests.engines.github_description import as_json_schema, resolved
from tests.engines.github_exchanges import exchanges

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from tests.engines.github_description import Description

REPOSITORY = "/repos/acme/widgets"
UNDOCUMENTED = {"startup_failure"}
"""Statuses that GitHub's own command line filters by, and the description does not list."""
FORMATS = FormatChecker(())


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or re.match(r"[a-z][a-z+.-]*:\S+$", value) is not None


def check(description: Description, schema: Mapping[str, Any], value: object) -> None:
    """Hold a value against a schema of the description."""
    told = {"components": description["components"], **schema}
    Draft202012Validator(as_json_schema(told), format_checker=FORMATS).validate(value)


def operation(description: Description, path: str, method: str) -> Mapping[str, Any]:
    """Give what the description says of a request."""
    for template, told in description["paths"].items():
        pattern = re.sub(r"\\{path\\}", ".+", re.escape(template))
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", pattern)
        if re.fullmatch(pattern, path) and method in told:
            found: Mapping[str, Any] = told[method]
            return found
    raise AssertionError(f"the description has no {method} {path}")


async def test_the_demo_tells_lists_runs_and_jobs_as_described(
    github_description: Description,
) -> None:
    seen = await exchanges()
    paths = github_description["paths"]
    for template, member in (
        ("/repos/{owner}/{repo}/actions/runs", "workflow_runs"),
        ("/repos/{owner}/{repo}/actions/runs/{run_id}/jobs", "jobs"),
    ):
        content = paths[template]["get"]["responses"]["200"]["content"]
        found = seen.objects(member)
        assert len(found) > 5
        assert any(each[member] for each in found)
        for each in found:
            check(github_description, content["application/json"]["schema"], each)
    runs = seen.objects("run_number")
    assert {run["run_attempt"] for run in runs} > {1}
    for run in runs:
        check(github_description, {"$ref": "#/components/schemas/workflow-run"}, run)
    errors = seen.objects("documentation_url")
    assert {each["status"] for each in errors} >= {"404", "409"}
    for error in errors:
        check(github_description, {"$ref": "#/components/schemas/basic-error"}, error)


async def test_every_request_is_one_that_is_described(github_description: Description) -> None:
    asked = set()
    for request in (await exchanges()).requests:
        if request.path.startswith("/_storage/"):
            continue
        told = operation(github_description, REPOSITORY + request.path, request.method.lower())
        parameters = {
            each["name"]: each["schema"]
            for each in (resolved(github_description, p) for p in told["parameters"])
            if each["in"] == "query"
        }
        sent = dict(part.split("=", 1) for part in request.query.split("&") if part)
        assert sent.keys() <= parameters.keys(), request
        for name, value in sent.items():
            words = resolved(github_description, parameters[name]).get("enum")
            assert words is None or value in {*words, *UNDOCUMENTED}, request
        asked.add(told["operationId"])
        assert str(request.status) in told["responses"] or request.status in {304, 404, 409}
    assert asked == {
        "actions/list-workflow-runs-for-repo",
        "actions/get-workflow-run",
        "actions/get-workflow-run-attempt",
        "actions/list-jobs-for-workflow-run",
        "actions/download-job-logs-for-workflow-run",
        "actions/cancel-workflow-run",
        "actions/re-run-workflow",
        "actions/re-run-workflow-failed-jobs",
        "actions/re-run-job-for-workflow-run",
        "repos/get-content",
    }


def test_the_paths_of_what_the_demo_does_not_force_are_described_too(
    github_description: Description,
) -> None:
    one = f"{REPOSITORY}/actions/runs/1"
    assert operation(github_description, f"{one}/force-cancel", "post")
    assert operation(github_description, f"{REPOSITORY}/actions/workflows/ci.yml/runs", "get")


FIELDS = [("workflow-run", WireRun), ("job", WireJob)]


@pytest.mark.parametrize(("schema", "model"), FIELDS)
def test_each_field_that_is_read_is_described_with_its_type(
    github_description: Description, schema: str, model: type[BaseModel]
) -> None:
    told = model.model_json_schema()
    wanted = github_description["components"]["schemas"][schema]
    problems = list(differences(github_description, told, told, wanted, schema))
    assert problems == []


def test_a_field_that_is_not_described_is_noticed(github_description: Description) -> None:
    class Odd(WireJob):
        runner: str
        name: int  # type: ignore[assignment]
        conclusion: str

    wanted = github_description["components"]["schemas"]["job"]
    told = Odd.model_json_schema()
    problems = "\n".join(differences(github_description, told, told, wanted, "job"))
    assert "job.runner is not described" in problems
    assert "job.name may be string" in problems
    assert "job.conclusion may be null" in problems


def differences(
    description: Description,
    root: Mapping[str, Any],
    read: Mapping[str, Any],
    wanted: Mapping[str, Any],
    place: str,
) -> Iterator[str]:
    """Give what a model takes otherwise than the description tells it."""
    wanted = resolved(description, wanted)
    nullable = wanted.get("nullable") is True
    variants = [_referred(root, each) for each in read.get("anyOf", [read])]
    types = {each["type"] for each in variants}
    if nullable and "null" not in types:
        yield f"{place} may be null"
    kind = wanted.get("type")
    taken = next((each for each in variants if each["type"] == kind), None)
    if taken is None:
        yield f"{place} may be {kind}, and {sorted(types)} is read"
        return
    if taken.get("format") == "date-time" and wanted.get("format") != "date-time":
        yield f"{place} is no time"
    if kind == "array":
        yield from differences(description, root, taken["items"], wanted["items"], f"{place}[]")
    for name, each in taken.get("properties", {}).items():
        if name not in wanted["properties"]:
            yield f"{place}.{name} is not described"
            continue
        if name in taken.get("required", ()) and name not in wanted["required"]:
            yield f"{place}.{name} may be missing"
        yield from differences(
            description, root, each, wanted["properties"][name], f"{place}.{name}"
        )


def _referred(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = root["$defs"][name] if name else schema
    return found
