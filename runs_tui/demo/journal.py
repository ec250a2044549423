"""What a run writes down while it goes: its log lines and the changes of its states."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from runs_tui.demo.phrases import CHATTY, phrases
from runs_tui.demo.recipes import Recipe
from runs_tui.demo.timeline import Attempt, Placed, place
from runs_tui.model.state import State

LINES_A_STEP = 12
SECONDS_A_LINE = 1.0
MOST_LINES = 4000


@dataclass(frozen=True, slots=True)
class Note:
    """A line before it has a number, at a second of world time."""

    at: float
    level: str
    message: str
    state: State | None = None
    """For a change of state, the new one."""
    step: Placed | None = None


def journal(recipe: Recipe, attempts: Sequence[Attempt]) -> list[Note]:
    """Write down a whole run, its future included, in order."""
    notes: list[Note] = []
    for attempt in attempts:
        written = sorted(_attempt(recipe, attempt), key=lambda note: note.at)
        notes += written
    return notes


def _attempt(recipe: Recipe, attempt: Attempt) -> Iterator[Note]:
    steps = place(recipe, attempt)
    again = f", attempt {attempt.number}" if attempt.number > 1 else ""
    yield Note(attempt.asked, "info", f"{recipe.name} is queued{again}", State.QUEUED)
    if attempt.started < attempt.end:
        yield Note(attempt.started, "info", f"{recipe.name} is running{again}", State.RUNNING)
    for step in steps:
        if step.spec.key not in attempt.kept:
            yield from _step(recipe, attempt, step)
    if attempt.cancel_asked is not None:
        yield Note(attempt.cancel_asked, "warning", "cancellation was asked for")
    yield _ending(recipe, attempt)


def _ending(recipe: Recipe, attempt: Attempt) -> Note:
    if attempt.outcome is State.FAILED:
        return Note(attempt.end, "error", f"{recipe.name}: {failure(attempt)}", State.FAILED)
    level = "info" if attempt.outcome is State.SUCCEEDED else "warning"
    return Note(attempt.end, level, f"{recipe.name} {attempt.outcome}", attempt.outcome)


def failure(attempt: Attempt) -> str:
    """Say in one sentence why an attempt failed."""
    if attempt.culprit is None or attempt.trouble is None:
        return "failed"
    return f'Step "{attempt.culprit.name}" failed: {attempt.trouble.message}'


def _step(recipe: Recipe, attempt: Attempt, step: Placed) -> Iterator[Note]:
    name = step.spec.name
    if step.start is None:
        why = "skipped" if step.state is State.SKIPPED else "cancelled"
        yield Note(step.end, "info", f"{name} was {why}", step.state, step)
        return
    waits = step.spec.kind == "approval"
    begun = State.WAITING if waits else State.RUNNING
    yield Note(step.start, "info", f"{name} {'waits' if waits else 'started'}", begun, step)
    for note in _log(recipe, attempt, step, step.start):
        if note.at < step.end:
            yield note
    if step.state is State.FAILED and attempt.trouble is not None:
        yield Note(step.end, "error", attempt.trouble.message, None, step)
        if attempt.trouble.traceback:
            yield Note(step.end, "error", attempt.trouble.traceback, None, step)
    level = {State.SUCCEEDED: "info", State.FAILED: "error"}.get(step.state, "warning")
    yield Note(step.end, level, f"{name} {step.state}", step.state, step)


def _log(recipe: Recipe, attempt: Attempt, step: Placed, start: float) -> Iterator[Note]:
    kind = step.spec.kind
    chance = Random(step.id)
    seconds = step.planned - start
    interval = max(seconds / LINES_A_STEP, SECONDS_A_LINE)
    if kind in CHATTY:
        alike = sum(each.kind == kind for each in recipe.steps)
        interval = max(SECONDS_A_LINE * min(alike, 8), seconds / MOST_LINES)
    texts = recipe.messages or phrases(kind)
    warnings = attempt.trouble.warnings if step.fails and attempt.trouble else ()
    count = int(seconds / interval)
    for index in range(count):
        at = start + (index + 0.2 + 0.6 * chance.random()) * interval
        left = count - index
        if left <= len(warnings):
            yield Note(at, "warning", warnings[len(warnings) - left], None, step)
            continue
        level, text = _said(texts, index, count, chance)
        yield Note(at, level, text, None, step)


def _said(texts: Sequence[str], index: int, count: int, chance: Random) -> tuple[str, str]:
    text = texts[index % len(texts)]
    level = "debug" if text.startswith("~") else "info"
    if "{" not in text:
        return level, text.lstrip("~")
    return level, text.lstrip("~").format(
        n=index + 1,
        of=count,
        percent=100 * (index + 1) // count,
        rows=chance.randrange(200, 90_000),
        ms=chance.randrange(8, 900),
        part=chance.randrange(1, 64),
        loss=2.4 / (1 + index / 40) + chance.random() / 20,
        share=chance.random(),
    )
