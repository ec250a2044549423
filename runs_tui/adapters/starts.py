"""Starting the workflow of a run again with other inputs; after a lost answer, looking for it."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from runs_tui.adapters.acts import PAUSES, Outcome, allow, unanswered
from runs_tui.adapters.base import Source, TakesInputs
from runs_tui.adapters.intents import why_not
from runs_tui.model.errors import BadAnswer, Conflict, SourceError, Unreachable, Unsupported
from runs_tui.model.inputs import Inputs, JsonValue, same
from runs_tui.model.query import Query
from runs_tui.model.redaction import SECRETS
from runs_tui.model.run import Run

_NEWEST = Query(limit=50)
_MAYBE = "a new run may have been started: look for it before you try again"


def may_change_inputs(source: Source, run: Run) -> bool:
    """Tell whether a run of this source may be started again with other inputs."""
    return isinstance(source, TakesInputs) and why_not(source, "retry", run) is None


async def inputs_of(source: Source, run: Run) -> Inputs:
    """Give what a run was started with; raise Unsupported where no other inputs are taken."""
    told = await _taking(source).inputs(run.id)
    conceal(told, told.values)
    return told


def conceal(inputs: Inputs, values: Mapping[str, JsonValue]) -> None:
    """Let no secret value of an input be seen anywhere, not in the log of requests either."""
    secret = (values.get(field.name) for field in inputs.fields if field.secret)
    SECRETS.know(*(value for value in secret if isinstance(value, str)))


async def start_with(source: Source, run: Run, values: Mapping[str, JsonValue]) -> Outcome:
    """Start the workflow of a run again with these values, sent once; the outcome has the new run.

    Where the answer was lost, a run that has come to be since is taken for it if it is the only
    one of its workflow with these inputs.
    """
    try:
        taking = _taking(source)
        objection = source.objection("retry", run)
        if objection:
            raise Conflict(objection)
        before = (await source.runs(_NEWEST)).items
    except SourceError as error:
        return Outcome(run.key, ok=False, run=run, error=error)
    try:
        return Outcome(run.key, ok=True, run=await taking.run_with(run.id, values))
    except (Unreachable, BadAnswer) as lost:
        found = await _look_for(source, run, values, before)
        if found is None:
            return Outcome(run.key, ok=False, run=run, error=unanswered(lost, _MAYBE))
        taking.tie(found.id, run.id)
        return Outcome(run.key, ok=True, run=_tied(found, run))
    except SourceError as error:
        return Outcome(run.key, ok=False, run=run, error=error)


def _taking(source: Source) -> TakesInputs:
    allow(source, "retry")
    if not isinstance(source, TakesInputs):
        raise Unsupported(f"the {source.api} API takes no other inputs for a retry")
    return source


def _tied(found: Run, origin: Run) -> Run:
    if found.retry_of is not None:
        return found
    return replace(found, retry_of=origin.id, derived=found.derived | {"retry_of"})


async def _look_for(
    source: Source, run: Run, values: Mapping[str, JsonValue], before: Sequence[Run]
) -> Run | None:
    known = {each.id for each in before}
    since = max((each.instant for each in before if each.instant), default=None)
    for pause in PAUSES:
        await asyncio.sleep(pause)
        newest: Sequence[Run] = ()
        with suppress(SourceError):
            newest = (await source.runs(_NEWEST)).items
        found = [
            each
            for each in newest
            if each.id not in known
            and each.workflow_id == run.workflow_id
            and (since is None or each.instant is None or each.instant >= since)
            and await _was_started_with(source, each, values)
        ]
        if found:
            return found[0] if len(found) == 1 else None
    return None


async def _was_started_with(source: Source, run: Run, values: Mapping[str, JsonValue]) -> bool:
    """Tell whether a run has these inputs; a null may be told by leaving it out."""
    try:
        told = (await inputs_of(source, run)).values
    except SourceError:
        return False
    sent = {name: value for name, value in values.items() if value is not None}
    return bool(sent) and all(
        name in told and same(told[name], value) for name, value in sent.items()
    )
