"""Writing one thing of a run whole and alone on its line, for copying it."""

from collections.abc import Callable, Mapping

from runs_tui.adapters.commands import command_of
from runs_tui.cli.plain.choosing import choose
from runs_tui.cli.plain.one_run import as_json, read
from runs_tui.cli.plain.session import Session
from runs_tui.cli.status import Failure, Status
from runs_tui.model.run import Run
from runs_tui.model.words import did_you_mean

THINGS = ("id", "source/id", "address", "command", "error", "json")
"""What can be copied, if it is told."""


def copy(session: Session, text: str) -> None:
    """Write what is named, or chosen, of the open run or of some."""
    what, _, rest = text.strip().partition(" ")
    if what not in THINGS and (what[:1].isdecimal() or session.names_run(what)):
        what, rest = "", text
    runs = session.meant(rest.split())
    offers = _offers(session, runs[0])
    wanted = what or choose(session, list(offers), "thing to copy")
    if wanted is None:
        return
    for run in runs:
        offers = _offers(session, run)
        if wanted not in offers:
            if wanted in THINGS:
                raise Failure(Status.USAGE, f"no {wanted} is told of {run.key}")
            told = did_you_mean(wanted, offers)
            raise Failure(Status.USAGE, f"there is no {wanted!r} to copy: {told}")
        session.transcript.output.line(offers[wanted]())


def address(session: Session, text: str) -> None:
    """Write the web address of the open run, or of some."""
    copy(session, f"address {text}")


def _offers(session: Session, run: Run) -> Mapping[str, Callable[[], str]]:
    """Give what can be copied of a run, by what it is called."""
    source = session.sources[run.source]
    told = {
        "id": run.id,
        "source/id": str(run.key),
        "address": run.url,
        "command": command_of(source, run),
        "error": run.error,
    }
    known = {name: (lambda text=text: text) for name, text in told.items() if text}
    return {**known, "json": lambda: as_json(read(session, run), session)}
