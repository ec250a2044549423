"""The logs of tries, line by line, and the tokens by which they are read on."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException

from runs_tui.demo.airflow.instances import Instance
from runs_tui.demo.airflow.ledger import Ledger
from runs_tui.demo.airflow.names import dag_id_of, run_id_of, stamp, task_of
from runs_tui.demo.world import Line, WorldRun, WorldStep


def log_of(
    ledger: Ledger,
    run: WorldRun,
    told: Instance,
    tried: Sequence[WorldStep],
    number: int,
    token: str | None,
    now: datetime,
    *,
    whole: bool,
) -> dict[str, Any]:
    """Answer the log of a try of a task instance, or what follows a token.

    A server of Airflow 3.0 gives the `whole` log again, without its head.
    """
    if number == 0 and not tried:
        why = "Task did not run because upstream task(s) failed."
        rows = [*_head(run, told.step, 0), {"timestamp": stamp(now), "event": why}]
        return {"content": rows, "continuation_token": None}
    if not 1 <= number <= len(tried):
        raise HTTPException(404, "TaskInstance not found")
    step = tried[number - 1]
    lines = [
        line
        for line in ledger.world.lines(run.id, now)
        if line.kind == "log" and line.step_id == step.id
    ]
    begin = _begin(token) if token and not whole else 0
    rows = [] if token else _head(run, step, number)
    rows += [_row(run, step, number, line) for line in lines[begin:]]
    grows = number == len(tried) and told.grows
    return {"content": rows, "continuation_token": _token(len(lines)) if grows else None}


def _head(run: WorldRun, step: WorldStep, number: int) -> list[dict[str, Any]]:
    task, index = task_of(step)
    mapped = f"/map_index={index}" if index >= 0 else ""
    place = f"dag_id={dag_id_of(run.workflow)}/run_id={run_id_of(run)}/task_id={task}{mapped}"
    return [
        {"event": "::group::Log message source details"},
        {"event": f"/airflow/logs/{place}/attempt={number}.log"},
        {"event": "::endgroup::"},
    ]


def _row(run: WorldRun, step: WorldStep, number: int, line: Line) -> dict[str, Any]:
    task, index = task_of(step)
    row = {
        "timestamp": stamp(line.at),
        "event": line.message,
        "level": line.level,
        "logger": "task",
        "task_id": task,
        "dag_id": dag_id_of(run.workflow),
        "run_id": run_id_of(run),
        "try_number": number,
        "map_index": index,
        "ti_id": step.id,
    }
    if line.level != "error" or line.message != step.error:
        return row
    raised = {
        "exc_type": "RuntimeError",
        "exc_value": line.message,
        "exc_notes": [],
        "syntax_error": None,
        "is_cause": False,
        "frames": [{"filename": "/dags/demo.py", "lineno": 40, "name": task}],
    }
    return row | {"event": "Task failed with exception", "error_detail": [raised]}


def _token(count: int) -> str:
    return urlsafe_b64encode(json.dumps({"log_pos": count}).encode()).decode()


def _begin(token: str) -> int:
    try:
        return int(json.loads(urlsafe_b64decode(token))["log_pos"])
    except (ValueError, KeyError, TypeError):
        told = "Bad Signature. Please use only the tokens provided by the API."
        raise HTTPException(400, told) from None
