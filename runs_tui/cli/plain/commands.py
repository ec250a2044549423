"""The commands of the line mode: what each is called here and on the keys, and what it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runs_tui.cli.plain import acting, copying, following, lists, one_run, places
from runs_tui.cli.plain.events import events
from runs_tui.cli.plain.session import Session
from runs_tui.cli.status import Failure, Status
from runs_tui.cli.watched import is_filter
from runs_tui.model.words import did_you_mean, nearest

Do = Callable[[Session, str], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    name: str
    """What it is called."""
    takes: str
    """What may stand behind it."""
    what: str
    """What it does, in a few words."""
    do: Do
    """Does it; the text is what stands behind it."""
    also: tuple[str, ...] = ()
    """What else it answers to: the key, and the id by which a configuration binds it."""


def more(session: Session, _: str) -> None:
    """Go on with what was listed last."""
    if session.more is None:
        session.say("there is no more")
    else:
        session.more(session)


def log(session: Session, _: str) -> None:
    """Write what was done so far."""
    session.transcript.say_all(session.done or ["nothing was done so far"])


def leave(session: Session, _: str) -> None:
    """End; the runs go on."""
    session.over = True


def show_help(session: Session, text: str) -> None:
    """Write what can be typed."""
    name = text.strip()
    for command in COMMANDS if not name else [command_of(name)]:
        session.say(f"{command.name} {command.takes}".rstrip() + f": {command.what}")
        if name and command.also:
            session.say(f"also: {', '.join(command.also)}")
    if not name:
        session.transcript.say_all(_BESIDES)


_BESIDES = (
    "A number alone opens that run, a filter alone lists: state:failed created:>2h",
    "N is a number, several as 1 3 5-8, or a run as source/id or by its address.",
    "help COMMAND tells the keys that do the same in the dashboard. ctrl+d quits.",
)

COMMANDS: Sequence[Command] = (
    Command("list", "[FILTER]", "the newest runs, numbered", lists.list_runs,
            ("runs", "ls", "/", "r", "runs.filter", "runs.refresh", "refresh")),
    Command("all", "", "the newest runs without a filter", lists.list_all, ("0", "view.0")),
    Command("quick", "", "active runs, failed ones, and all in turn", lists.quick,
            ("f", "runs.quick")),
    Command("more", "", "the next runs, or the events before", more, ("m",)),
    Command("changes", "", "what is new in the list", lists.changes),
    Command("open", "N", "open a run: how it is, and why it failed", one_run.open_one,
            ("run", "list.open")),
    Command("steps", "", "the steps of the open run", one_run.steps, ("plan",)),
    Command("events", "[all]", "its newest events and log lines", events,
            ("logs", "L", "pane.events")),
    Command("why", "", "why it failed", one_run.tell_why, ("!", "pane.why")),
    Command("attempts", "", "its attempts, and the runs it belongs to", one_run.attempts,
            ("a", "pane.attempts")),
    Command("facts", "", "what is told of it, id and address whole", one_run.facts),
    Command("json", "", "all that is told of it", one_run.json, ("i", "pane.json")),
    Command("diff", "[N]", "what differs from its last good run, or from another", one_run.diff,
            ("d", "run.diff")),
    Command("follow", "[N]", "its events as they come; of no open run, the list's changes",
            following.follow, ("F", "tail", "feed.follow")),
    Command("watch", "[N...]", "say how runs go on until they end", following.watch,
            ("w", "run.await")),
    Command("copy", "[id|source/id|address|command|error|json] [N...]", "write one thing whole",
            copying.copy, ("y", "Y", "run.copy", "run.copy_more")),
    Command("address", "[N...]", "the web address", copying.address,
            ("o", "browse", "run.browse")),
    Command("cancel", "[N...]", "stop runs; asks first", acting.cancel, ("X", "run.cancel")),
    Command("retry", "[N...] [full|failed], [N] inputs [NAME=VALUE...], or step S",
            "run runs again; asks first", acting.retry, ("R", "run.retry")),
    Command("sources", "", "how each source is, and what it can do", places.sources),
    Command("source", "[NAME,...]", "the runs of one source", places.of_source, ("ctx",)),
    Command("workflow", "[NAME]", "the runs of one workflow", places.of_workflow, ("wf",)),
    Command("views", "", "the saved views, numbered", places.views),
    Command("view", "[NAME|N]", "the runs of a saved view", places.view),
    Command("log", "", "what was done", log),
    Command("back", "", "from a run to the list, from a list to the one before", lists.last,
            ("-", "view.back", "view.last")),
    Command("help", "[COMMAND]", "what can be typed", show_help, ("?", "view.help")),
    Command("quit", "", "leave; the runs go on", leave, ("q", "exit", "view.quit")),
)  # fmt: skip
"""Every command, in the order of the help."""
_BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.also)}
NAMES = [command.name for command in COMMANDS]
_ANSWERS = {"y", "yes", "n", "no", "u"}


def command_of(name: str) -> Command:
    """Give the command of a name, a key or an id; raise Failure with the nearest right one."""
    command = _BY_NAME.get(name) or _BY_NAME.get(name.casefold())
    if command is None:
        near = nearest(name, NAMES)
        told = did_you_mean(name, NAMES) if near else "help tells what can be typed"
        raise Failure(Status.USAGE, f"there is no command {name!r}: {told}")
    return command


def do(session: Session, line: str) -> None:
    """Do what a line says; raise Failure, UsageError or SourceError where that cannot be."""
    text = line.strip().removeprefix(":").strip()
    if not text:
        return
    if text[0] == "/" and len(text) > 1:
        text = f"list {text[1:]}"
    word, _, rest = text.partition(" ")
    if text in _ANSWERS:
        session.say("nothing is asked just now")
    elif word in _BY_NAME or (word.casefold() in _BY_NAME and not session.names_run(text)):
        command_of(word).do(session, rest.strip())
    elif session.names_run(text):
        one_run.open_one(session, text)
    elif is_filter(text, list(session.sources)) and not nearest(word, NAMES):
        lists.list_runs(session, text)
    else:
        command_of(word)
