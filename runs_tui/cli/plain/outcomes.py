"""What became of a change in the line mode: it is said, noted, and its run numbered."""

from runs_tui.adapters.acts import Outcome
from runs_tui.adapters.base import Action
from runs_tui.cli.changing import told as what_became
from runs_tui.cli.plain.session import Session
from runs_tui.model.run import Run


def take(session: Session, action: Action, run: Run, outcome: Outcome) -> None:
    """Say what became of one run, and let the session know the run to look at next."""
    if outcome.run is not None:
        session.number(outcome.run)
        session.renew(outcome.run)
        if outcome.run.key != run.key and not outcome.run.retry_of:
            session.origins[outcome.run.key] = run.id
    sentence = _told(session, action, outcome)
    session.say(sentence)
    session.note(sentence)


def _told(session: Session, action: Action, outcome: Outcome) -> str:
    if outcome.error is not None or outcome.run is None:
        why = outcome.error.sentence if outcome.error else "nothing was told"
        return f"{outcome.key}: could not {action}: {why}"
    sentence = what_became(outcome.key, outcome.run, action)
    if outcome.run.key == outcome.key:
        return sentence
    return f"{sentence}; it is number {session.number(outcome.run)}"
