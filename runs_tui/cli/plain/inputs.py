"""A retry with changed inputs in the line mode: each is asked for, or given on the line."""

import shlex

from runs_tui.adapters.acts import Outcome
from runs_tui.adapters.base import Source
from runs_tui.adapters.starts import conceal, inputs_of, start_with
from runs_tui.choices import new_run
from runs_tui.cli.plain.agreeing import agreed, answer, refused, sent
from runs_tui.cli.plain.outcomes import take
from runs_tui.cli.plain.session import Session
from runs_tui.cli.plain.telling import joined
from runs_tui.cli.status import Failure, Status, status_of
from runs_tui.looks import counted
from runs_tui.model.input_text import (
    change,
    complaint_of,
    if_left_out,
    kind_of,
    shown,
    told_choices,
    value_of,
    writing_of,
)
from runs_tui.model.inputs import UNSET, Inputs, MaybeValue, RunInput
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run
from runs_tui.model.text import clean
from runs_tui.model.words import did_you_mean

LEFT_OUT = "-"
"""What is typed for no value."""


def retry_with_inputs(session: Session, run: Run, text: str) -> None:
    """Start the workflow of a run again, with `NAME=VALUE` as given or as it is asked for."""
    what = f"retry of {run.key} with inputs"
    source = session.sources[run.source]
    run, inputs = session.wait(_read(source, run))
    asks = session.typed.person and not text.strip()
    changes = _asked(session, inputs) if asks else _given(inputs, text)
    if changes is None:
        raise refused(session, what)
    values = {**inputs.values, **changes}
    wanted = {name: value for name, value in values.items() if value is not UNSET}
    conceal(inputs, wanted)
    changed = inputs.changed(wanted)
    for field in changed:
        session.say(change(field, wanted.get(field.name, UNSET)))
    if not agreed(session, "retry", new_run(run, len(changed))):
        raise refused(session, what)

    async def start() -> Outcome:
        with asking("retry", run.id):
            return await start_with(source, run, wanted)

    outcome = sent(session, what, start())
    take(session, "retry", run, outcome)
    if outcome.error is not None:
        raise Failure(status_of(outcome.error))


async def _read(source: Source, run: Run) -> tuple[Run, Inputs]:
    """Read a run anew, and what it was started with; raise Failure where it is not retried now."""
    with asking("show", run.id):
        now = await source.run(run.id)
        inputs = await inputs_of(source, now)
        objection = source.objection("retry", now)
        if objection is not None:
            raise Failure(Status.REFUSED, f"cannot retry {now.key}: {objection}")
        return now, inputs


def _given(inputs: Inputs, text: str) -> dict[str, MaybeValue]:
    """Read `NAME=VALUE`; raise Failure with what is wrong."""
    fields = {field.name: field for field in inputs.fields}
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise Failure(Status.USAGE, f"the inputs: {error}") from None
    values: dict[str, MaybeValue] = {}
    for word in words:
        name, equals, told = word.partition("=")
        if not equals:
            raise Failure(Status.USAGE, f"an input is given as NAME=VALUE, not as {word!r}")
        if name not in fields:
            known = did_you_mean(name, list(fields)) if fields else "this run has none"
            raise Failure(Status.USAGE, f"there is no input {name!r}: {known}")
        try:
            values[name] = _value(fields[name], told)
        except ValueError as error:
            raise Failure(Status.USAGE, f"{name}: {error}") from None
    return values


def _asked(session: Session, inputs: Inputs) -> dict[str, MaybeValue] | None:
    """Ask for one after the other; None where somebody wants no more."""
    if not inputs.fields:
        return {}
    kept = f"Enter keeps it, {LEFT_OUT} leaves it out"
    session.say(f"{counted(len(inputs.fields), 'input')}, one after the other: {kept}")
    values: dict[str, MaybeValue] = {}
    for number, field in enumerate(inputs.fields, 1):
        session.say(f"{number}  {_about(field)}")
        while True:
            told = answer(session, f"{clean(field.name)}: ", hidden=field.secret)
            if told is None:
                return None
            text = told.rstrip("\n")
            try:
                if text:
                    values[field.name] = _value(field, text)
            except ValueError as error:
                session.say(str(error))
            else:
                break
    return values


def _value(field: RunInput, text: str) -> MaybeValue:
    """Read what an input becomes; raise ValueError with a sentence where it cannot."""
    value = UNSET if text in (LEFT_OUT, "") else value_of(text, writing_of(field))
    complaint = complaint_of(field, value)
    if complaint is not None:
        raise ValueError(complaint)
    return value


def _about(field: RunInput) -> str:
    return joined(
        clean(field.name),
        kind_of(field),
        "required" if field.required else "",
        f"one of {told_choices(field)}" if field.choices else "",
        f"now {shown(field, field.value, 60)}",
        if_left_out(field),
        field.about,
    )
