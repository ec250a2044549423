"""What the server says where it does not do what was asked, in its own words."""

from typing import Any

Node = dict[str, Any]

_ERRORS = "dagster._core.errors"
_CHECK = "dagster_shared.check.functions.CheckError"


def python_error(message: str) -> Node:
    """Write what went wrong in the server."""
    return {"__typename": "PythonError", "message": f"{message}\n", "stack": [], "errorChain": []}


def missing(run_id: str) -> Node:
    """Say that there is no such run."""
    said = f"Pipeline run {run_id} could not be found."
    return {"__typename": "RunNotFoundError", "runId": run_id, "message": said}


def no_group(run_id: str) -> Node:
    """Say that there is no such run whose group could be told."""
    said = f"Run group of run {run_id} could not be found."
    return {"__typename": "RunGroupNotFoundError", "runId": run_id, "message": said}


def no_parent(run_id: str) -> Node:
    """Say that there is no run to repeat."""
    said = f"Expected non-None value: Could not find parent run with id: {run_id}"
    return python_error(f"{_CHECK}: {said}")


def not_failed() -> Node:
    """Say that nothing of a run has failed."""
    said = "Cannot reexecute from failure a run that is not failed or canceled"
    return invariant(said)


def invariant(said: str) -> Node:
    """Say that something cannot be."""
    return python_error(f"{_ERRORS}.DagsterInvariantViolationError: {said}")


def no_step(key: str) -> Node:
    """Say that a job has no such step."""
    said = f"Can not build subset plan from unknown step: {key}"
    return python_error(f"{_ERRORS}.DagsterExecutionStepNotFoundError: {said}")


def no_job(name: str) -> Node:
    """Say that there is no such job."""
    said = f"Could not find Pipeline {name}"
    return {"__typename": "PipelineNotFoundError", "message": said, "pipelineName": name}


def forbidden() -> Node:
    """Say that nobody may do this."""
    return {"__typename": "UnauthorizedError", "message": "Authorization failed"}
