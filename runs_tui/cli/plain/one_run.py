"""The open run in the line mode: its steps, why it failed, its attempts, its facts."""

import asyncio

from runs_tui import looks
from runs_tui.adapters.base import Relates, Source
from runs_tui.adapters.partners import Side, diff_of, last_good, read_side
from runs_tui.cli.answer import failure_of
from runs_tui.cli.event_lines import StepNames
from runs_tui.cli.plain.diff_lines import diff_lines
from runs_tui.cli.plain.events import newest_events
from runs_tui.cli.plain.lineage_lines import lineage_lines
from runs_tui.cli.plain.session import Opened, Session
from runs_tui.cli.plain.telling import run_words, step_words, steps_counted
from runs_tui.cli.plain.why_lines import why_lines
from runs_tui.cli.showing import facts_of
from runs_tui.cli.status import Failure, Status
from runs_tui.model import shapes
from runs_tui.model.errors import SourceError, Unsupported
from runs_tui.model.feed import Feed
from runs_tui.model.kin import Kin
from runs_tui.model.lineage import Lineage
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run
from runs_tui.model.value_text import written
from runs_tui.model.why import has_failed, why
from runs_tui.model.words import did_you_mean


def open_one(session: Session, text: str) -> None:
    """Open a run: say how it is, and why it failed where it did."""
    words = text.split()
    if not words:
        raise Failure(Status.USAGE, "say which run: its number, source/id or web address")
    wanted, *more = session.meant(words)
    if more:
        raise Failure(Status.USAGE, "one run is opened at a time")
    opened = read(session, wanted)
    run = opened.run
    session.number(run)
    session.opened = opened
    session.more = None
    words_told = run_words(run, session.clock.now(), str(run.key))
    session.transcript.say(f"run  {words_told}", state=run.state, word=looks.word(run))
    if opened.plan is not None:
        session.say(steps_counted(opened.plan))
    if has_failed(run, opened.plan):
        tell_why(session, "")


def read(session: Session, run: Run) -> Opened:
    """Read a run and its steps anew; steps that cannot be read are said to be."""
    source = session.sources[run.source]

    async def both() -> tuple[Run, Plan | SourceError]:
        with asking("show", run.id):
            told, steps = await asyncio.gather(
                source.run(run.id), _plan(source, run.id), return_exceptions=True
            )
        if isinstance(told, BaseException):
            raise told
        if isinstance(steps, BaseException):
            raise steps
        return told, steps

    told, plan = session.wait(both())
    opened = Opened(told, StepNames(source, run.id))
    if isinstance(plan, Plan):
        opened.plan = plan
    else:
        session.say(f"its steps: {plan.sentence}")
    return opened


async def _plan(source: Source, run_id: str) -> Plan | SourceError:
    try:
        return Plan.of(await source.steps(run_id))
    except Unsupported:
        return Plan()
    except SourceError as error:
        return error


def _again(session: Session) -> Opened:
    """Read the open run anew where something may have happened to it."""
    opened = session.open_run()
    if opened.run.active or opened.plan is None:
        fresh = read(session, opened.run)
        opened.run, opened.plan = fresh.run, fresh.plan
        session.number(opened.run)
    return opened


def steps(session: Session, _: str) -> None:
    """Write the steps of the open run, numbered, each after those that it waits for."""
    opened = _again(session)
    plan = opened.plan or Plan()
    for number, row in enumerate(plan.rows, 1):
        words = step_words(row.step, plan, session.clock.now())
        word = row.step.state.value
        session.transcript.say(f"{number}  {words}", state=row.step.state, word=word)
    session.say(steps_counted(plan))


def tell_why(session: Session, _: str) -> None:
    """Say why the open run failed."""
    opened = _again(session)
    run, feed = opened.run, Feed()
    trouble = ""
    if has_failed(run, opened.plan):
        try:
            feed.add(session.wait(newest_events(session.sources[run.source], run.id))[0])
        except SourceError as error:
            trouble = error.sentence
    now = session.clock.now()
    told = why(run, opened.plan, feed, list(session.runs.values()), now)
    failure = failure_of(run, opened.plan or Plan(), now)
    session.transcript.say_all(why_lines(told, failure, now))
    if trouble:
        session.say(f"its events: {trouble}")


def attempts(session: Session, _: str) -> None:
    """Write the attempts of the open run, what started it and what it started, numbered."""
    opened = _again(session)
    run, source = opened.run, session.sources[opened.run.source]
    kin = Kin()
    if isinstance(source, Relates):
        with asking("show", run.id):
            kin = session.wait(source.kin(run.id))
    known = {each.id: each for each in session.runs.values() if each.source == run.source}
    lineage = Lineage.of(
        run,
        [each for each in known.values() if each.retry_of],
        known.get,
        {run.id: kin},
        {run.id: opened.plan} if opened.plan else {},
        {key.id: origin for key, origin in session.origins.items() if key.source == run.source},
    )
    session.transcript.say_all(lineage_lines(lineage, session))
    if not isinstance(source, Relates):
        session.say(f"the {source.api} API tells no other attempts and no child runs")
    elif not lineage.whole:
        session.say("there may be more: the API does not tell all of it")
    elif lineage.alone:
        session.say("it ran once, and no other run belongs to it")


def facts(session: Session, _: str) -> None:
    """Write what is told of the open run, its id and address whole."""
    opened = _again(session)
    run, now = opened.run, session.clock.now()
    session.say(f"workflow: {run.workflow}")
    session.say(f"state: {looks.word(run)}")
    for name, told in facts_of(run, now).items():
        session.say(f"{name}: {told}")


def json(session: Session, _: str) -> None:
    """Write all that is told of the open run as JSON."""
    session.say(as_json(_again(session), session))


def as_json(opened: Opened, session: Session) -> str:
    """Write a run with its steps as JSON."""
    told = list(opened.plan.steps.values()) if opened.plan else []
    return written(shapes.of_run_and_steps(opened.run, told, session.clock.now()))


def diff(session: Session, text: str) -> None:
    """Say what differs from the last good run, or from the run that is named."""
    run = session.open_run().run
    if text.strip():
        (other, *rest) = session.meant(text.split())
        if rest:
            raise Failure(Status.USAGE, "two runs are compared: the open one and one more")
    else:
        known: list[Run] = []  # the list may be of a filter that leaves the last good one out
        found = session.wait(last_good(run, known, session.sources[run.source]))
        if isinstance(found, str):
            raise Failure(Status.NOT_FOUND, found)
        other = found
    before = session.wait(read_side(session.sources[other.source], Side(other)))
    after = session.wait(read_side(session.sources[run.source], Side(run)))
    session.say_runs([before.run], "before: ")
    session.say_runs([after.run], "after: ")
    for side in (before, after):
        if side.trouble:
            session.say(f"{side.run.key}: {side.trouble}")
    now = session.clock.now()
    session.transcript.say_all(diff_lines(diff_of(before, after, now)))


def step_key(opened: Opened, text: str) -> str:
    """Give the key of a step of the open run by its number, name or key; raise Failure."""
    plan = opened.plan or Plan()
    keys = [row.step.key for row in plan.rows]
    if text.isdecimal() and 1 <= int(text) <= len(keys):
        return keys[int(text) - 1]
    named = [row.step.key for row in plan.rows if text in (row.step.key, row.step.name)]
    if named:
        return named[0]
    names = [row.step.name for row in plan.rows]
    raise Failure(Status.NOT_FOUND, f"there is no step {text!r}: {did_you_mean(text, names)}")
