"""Where one line can go: views, sources, workflows, runs and commands, the best match first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from runs_tui.model.completion import Candidate
from runs_tui.model.run import Run
from runs_tui.model.words import closeness, did_you_mean, nearest


class Kind(StrEnum):
    """What kind of thing can be gone to; `ASK` is a run that is not known here."""

    VIEW = "view"
    SOURCE = "source"
    WORKFLOW = "workflow"
    COMMAND = "command"
    RUN = "run"
    ASK = "ask"


KEYWORDS = {
    "view": Kind.VIEW,
    "source": Kind.SOURCE,
    "ctx": Kind.SOURCE,
    "workflow": Kind.WORKFLOW,
    "wf": Kind.WORKFLOW,
    "run": Kind.RUN,
}
"""The words that narrow what is looked for."""
_TAUGHT = {
    "view": "a saved filter with its columns",
    "source": "the runs of one server, or of several by comma",
    "workflow": "the runs of one workflow",
    "run": "a run by its id, source/id or web address",
}
MOST = 20
"""How many runs are offered."""
ENOUGH = 3
"""How many characters make it worth looking among the runs."""
_KINDS = list(Kind)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be gone to, or done."""

    kind: Kind
    """What kind of thing it is."""
    name: str
    """What a person calls it."""
    names: tuple[str, ...] = ()
    """What names it exactly: source and id of a run, each of several sources; else its name."""
    about: str = ""
    """A word about what it is."""
    also: tuple[str, ...] = ()
    """What else it answers to."""
    keys: str = ""
    """The keys that do the same."""
    why_not: str = ""
    """Why it cannot be done now."""

    def closeness(self, typed: str) -> int | None:
        """Tell how well it fits what is typed, 0 the best."""
        ranks = (closeness(typed, name) for name in (self.name, *self.also))
        return min((rank for rank in ranks if rank is not None), default=None)


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the list: what it would make of the line, and where it goes."""

    candidate: Candidate
    target: Target | None
    """Where it goes; None for a keyword, which only goes on."""


def look_up(
    text: str, targets: Sequence[Target], runs: Sequence[Run], sources: Sequence[str]
) -> Sequence[Found]:
    """Give what the line can mean, the best first; `sources` can be asked for runs."""
    keyword, blank, rest = text.lstrip().partition(" ")
    kind = KEYWORDS.get(keyword.casefold()) if blank else None
    typed = (rest if kind else text).strip()
    if kind is Kind.SOURCE:
        return [_found(target, text) for target in _sources(typed, targets)]
    if kind is Kind.RUN:
        known = list(islice(_runs(typed, runs), MOST))
        exact = any(typed in (*target.names, *target.also) for target in known)
        asked = [] if exact or not typed else [_asked(typed, sources)]
        return [_found(target, text) for target in [*known, *asked]]
    if kind is not None:
        of_kind = [target for target in targets if target.kind is kind]
        return [_found(target, text) for target in _ranked(typed, of_kind)]
    return _anything(typed, text, targets, runs, sources)


def _anything(
    typed: str, text: str, targets: Sequence[Target], runs: Sequence[Run], sources: Sequence[str]
) -> Sequence[Found]:
    long_enough = len(typed) >= ENOUGH
    known = list(islice(_runs(typed, runs), MOST)) if long_enough else []
    fitting = _ranked(typed, [*targets, *known])
    same = sum(target.closeness(typed) == 0 for target in fitting)
    found = [_found(target, text) for target in fitting]
    found[same:same] = _keywords(typed, text, targets)
    source, slash, run_id = typed.partition("/")
    meant = "://" in typed or (slash and run_id and source in sources)
    exact = any(typed in (target.name, *target.also) for target in known)
    if (meant and not exact) or (typed and not found and not typed.count(" ")):
        found.append(_found(_asked(typed, sources), text))
    return found


def nothing(text: str, targets: Sequence[Target]) -> str:
    """Say that the line means nothing, with the nearest right word."""
    keyword, blank, rest = text.strip().partition(" ")
    kind = KEYWORDS.get(keyword.casefold()) if blank else None
    names = [target.name for target in targets if kind in (None, target.kind)]
    if kind is None:
        near = nearest(text.strip(), names)
        told = f"nothing here is called {text.strip()!r}"
        return f"{told}: did you mean {near!r}?" if near else told
    if not names:
        return f"no {kind} is known here"
    typed = rest.strip()
    if kind is Kind.SOURCE:
        right = {name.casefold() for name in names}
        several = [name.strip() for name in typed.split(",")]
        typed = next((name for name in several if name.casefold() not in right), typed)
    return f"there is no {kind} {typed!r}: {did_you_mean(typed, names)}"


def _ranked(typed: str, targets: Iterable[Target]) -> Sequence[Target]:
    """Give the targets that fit, the best first, and what cannot be done now after its equals."""
    if not typed:
        return sorted(targets, key=lambda target: (bool(target.why_not), _place(target)))
    ranked = [(target.closeness(typed), target) for target in targets]
    fitting = [(rank, target) for rank, target in ranked if rank is not None]
    fitting.sort(key=lambda pair: (pair[0], bool(pair[1].why_not), _place(pair[1])))
    return [target for _, target in fitting]


def _place(target: Target) -> int:
    return _KINDS.index(target.kind)


def _sources(typed: str, targets: Sequence[Target]) -> Iterator[Target]:
    """Give the sources that a list by commas can end in; all of the others must be right."""
    known = [target for target in targets if target.kind is Kind.SOURCE]
    *before, last = [name.strip() for name in typed.split(",")]
    right = {target.name.casefold(): target.name for target in known}
    if any(name.casefold() not in right for name in before):
        return
    names = tuple(dict.fromkeys(right[name.casefold()] for name in before))
    for target in _ranked(last, known):
        if not names:
            yield target
        elif target.name not in names and target.names:
            every = (*names, target.name)
            yield replace(target, name=",".join(every), names=every)


def _runs(typed: str, runs: Iterable[Run]) -> Iterator[Target]:
    """Give the runs whose id, name, `source/id` or web address begins so, in their order."""
    folded = typed.casefold()
    source, slash, rest = folded.partition("/")
    for run in runs:
        if (
            run.id.casefold().startswith(folded)
            or (run.name and run.name.casefold().startswith(folded))
            or (slash and run.source.casefold() == source and run.id.casefold().startswith(rest))
            or run.url == typed
        ):
            also = tuple(filter(None, (run.id, run.name, run.url)))
            about = f"{run.workflow} {run.state}"
            yield Target(Kind.RUN, str(run.key), tuple(run.key), about, also)


def _asked(typed: str, sources: Sequence[str]) -> Target:
    return Target(Kind.ASK, typed, (typed,), f"ask {' and '.join(sources)} for this run")


def _keywords(typed: str, text: str, targets: Sequence[Target]) -> Iterator[Found]:
    kinds = {target.kind for target in targets} | {Kind.RUN}
    for word, about in _TAUGHT.items():
        if KEYWORDS[word] in kinds and word.startswith(typed.casefold()):
            filled = f"{word} "
            yield Found(Candidate(f"{word} …", filled, 0, len(text), about), None)


def _found(target: Target, text: str) -> Found:
    lead = {Kind.COMMAND: "", Kind.ASK: "run "}.get(target.kind, f"{target.kind} ")
    candidate = Candidate(
        target.name,
        f"{lead}{target.name}",
        0,
        len(text),
        target.about,
        "run" if target.kind is Kind.ASK else target.kind.value,
        target.keys,
        target.why_not,
    )
    return Found(candidate, target)
