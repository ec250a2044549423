"""Choosing one of some names by its number."""

from collections.abc import Sequence

from runs_tui.cli.plain.session import Session
from runs_tui.cli.status import Failure, Status
from runs_tui.model.words import did_you_mean


def choose(session: Session, names: Sequence[str], what: str) -> str | None:
    """Offer some names by number; None where none is wanted."""
    if not names:
        raise Failure(Status.NOT_FOUND, f"there is no {what} to choose")
    if not session.typed.person:
        raise Failure(Status.USAGE, f"say which {what}: {', '.join(names)}")
    for number, name in enumerate(names, 1):
        session.say(f"{number}  {name}")
    told = session.typed.answer(f"number of the {what}, Enter for none: ")
    wanted = (told or "").strip()
    if not wanted:
        session.say("none was chosen")
        return None
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return names[int(wanted) - 1]
    if wanted in names:
        return wanted
    raise Failure(Status.USAGE, f"there is no {what} {wanted!r}: {did_you_mean(wanted, names)}")
