"""What clients may ask of a flow run, and how the server answers: orchestration, in short."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from runs_tui.demo.prefect.bodies import Body, Refusal, not_found
from runs_tui.demo.prefect.filters import Wrong, a_type
from runs_tui.demo.prefect.flow_runs import FlowRun
from runs_tui.demo.prefect.ledger import Ledger
from runs_tui.demo.prefect.parameters import check_parameters
from runs_tui.demo.prefect.stages import Stage, stage_json

Verdict = Literal["ACCEPT", "REJECT", "ABORT", "WAIT"]

_NO_PROCESS = "Scheduled flow run has no infrastructure to terminate."
_NO_DEPLOYMENT = "Cannot reschedule a run without an associated deployment."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a wish for another state."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """The state that a client wants a flow run to be in."""

    type: str
    name: str | None
    message: str | None
    force: bool


def wish_of(body: Body) -> Wish:
    """Read what is wanted; a state must have a known type."""
    state = body.get("state")
    if not isinstance(state, dict):
        raise body.invalid(Wrong("missing", "Field required", body.fields), "state")
    try:
        kind = a_type(state.get("type"))
    except Wrong as error:
        raise body.invalid(error, "state") from error
    return Wish(kind, state.get("name"), state.get("message"), body.get("force") is True)


def set_state(ledger: Ledger, run: FlowRun, wish: Wish, now: datetime) -> Answer:
    """Do what is wanted, something else, or nothing."""
    if wish.type == "CANCELLED" and (wish.force or not run.over):
        return _end(ledger, run, wish, now)
    if wish.type == "CANCELLING":
        return _cancel(ledger, run, wish, now)
    if wish.type == "SCHEDULED":
        return _retry(ledger, run, wish, now)
    if wish.type == "RUNNING" and run.next_start is not None and run.next_start > now:
        return wait(run, (run.next_start - now).total_seconds(), "Scheduled time is in the future")
    if run.over:
        return _terminal(run)
    return _abort(run, f"Cannot transition from {run.stage.type} to {wish.type}.")


def wait(run: FlowRun, seconds: float, reason: str) -> Answer:
    """Ask the client to come again later."""
    return _answer(200, "WAIT", run, delay_seconds=round(seconds), reason=reason)


def launch(ledger: Ledger, deployment_id: str, body: Body, now: datetime) -> FlowRun:
    """Start a new run of a deployment's flow."""
    deployment = ledger.deployments.get(deployment_id)
    if deployment is None:
        raise not_found("Deployment")
    old = next(
        (
            run
            for run in ledger.world.runs(now)
            if run.workflow.id == deployment.flow.id and run.state.terminal
        ),
        None,
    )
    if old is None:
        raise Refusal(409, {"detail": "This flow has not been run before."})
    parameters = body.get("parameters") or {}
    check_parameters(deployment.flow, parameters)
    new = ledger.world.retry(old.id, now, as_new=True, parameters=parameters)
    asked = ledger.asked(new.id)
    asked.tags = tuple(sorted(body.get("tags") or ()))
    return _again(ledger, new.id, now)


def _cancel(ledger: Ledger, run: FlowRun, wish: Wish, now: datetime) -> Answer:
    if run.over:
        return _terminal(run)
    if run.stage.type == "SCHEDULED":
        return _answer(201, "REJECT", _cancel_scheduled(ledger, run, now), reason=_NO_PROCESS)
    if run.stage.type != "CANCELLING":
        name = wish.name or "Cancelling"
        ledger.asked(run.id).cancelling = Stage("CANCELLING", name, now, wish.message)
        if run.deployment_id is not None:
            ledger.world.cancel(run.id, now)
    return _answer(201, "ACCEPT", _again(ledger, run.id, now))


def _cancel_scheduled(ledger: Ledger, run: FlowRun, now: datetime) -> FlowRun:
    stage = Stage("CANCELLED", "Cancelled", now)
    if ledger.world.run(run.id, now) is None:
        return ledger.drop(run, stage)
    ledger.world.cancel(run.id, now)
    ledger.asked(run.id).ended = stage
    return _again(ledger, run.id, now)


def _end(ledger: Ledger, run: FlowRun, wish: Wish, now: datetime) -> Answer:
    stage = Stage("CANCELLED", wish.name or "Cancelled", now, wish.message)
    if ledger.world.run(run.id, now) is None:
        return _answer(201, "ACCEPT", ledger.drop(run, stage))
    if run.deployment_id is not None and ledger.live(run, now):
        ledger.world.cancel(run.id, now)
    ledger.asked(run.id).ended = stage
    return _answer(201, "ACCEPT", _again(ledger, run.id, now))


def _retry(ledger: Ledger, run: FlowRun, wish: Wish, now: datetime) -> Answer:
    if run.deployment_id is None:
        return _abort(run, _NO_DEPLOYMENT)
    if not run.over or ledger.live(run, now) or ledger.world.run(run.id, now) is None:
        return _abort(run, f"Cannot transition from {run.stage.type} to SCHEDULED.")
    since = _start_again(ledger, run, now)
    ledger.forget(run.id)
    name = wish.name or "Scheduled"
    ledger.asked(run.id).retrying = Stage("SCHEDULED", name, since, wish.message, scheduled=since)
    return _answer(201, "ACCEPT", _again(ledger, run.id, now))


def _start_again(ledger: Ledger, run: FlowRun, now: datetime) -> datetime:
    """Begin another attempt; every second flow persists the results of its tasks and keeps them."""
    if run.flow.id[0] in "02468ace":
        with suppress(ValueError):
            return ledger.world.retry(run.id, now, mode="failed", as_new=False).updated
    return ledger.world.retry(run.id, now, as_new=False).updated


def _again(ledger: Ledger, run_id: str, now: datetime) -> FlowRun:
    run = ledger.flow_run(run_id, now)
    assert run is not None
    return run


def _terminal(run: FlowRun) -> Answer:
    return _abort(run, f"Run is already in terminal state {run.stage.type}.")


def _abort(run: FlowRun, reason: str) -> Answer:
    return _answer(200, "ABORT", run, reason=reason)


def _answer(status: int, verdict: Verdict, run: FlowRun, **details: object) -> Answer:
    return Answer(
        status,
        {
            "state": stage_json(run.stage, run.id),
            "status": verdict,
            "details": {"type": f"{verdict.lower()}_details", **details},
        },
    )
