"""What a retry would run again, as an API tells before anything is done."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from runs_tui.adapters.base import Previews, Source
from runs_tui.adapters.intents import Intent
from runs_tui.model.errors import SourceError
from runs_tui.model.purpose import asking
from runs_tui.model.run import RetryMode, RunKey, Step

Known = Mapping[tuple[RunKey, RetryMode | None, str | None], Sequence[Step]]
"""The steps that would be run again, by the run, the mode, and the step that it starts from."""
_MOST_NAMED = 3


async def previews_of(source: Source, intents: Iterable[Intent]) -> Known:
    """Ask what each of some retries would run again; what cannot be had is left out."""
    known: dict[tuple[RunKey, RetryMode | None, str | None], Sequence[Step]] = {}
    for each in intents:
        if not isinstance(source, Previews) or not each.can or each.mode is None:
            continue
        with suppress(SourceError), asking("show", each.run.id):
            steps = await source.preview(each.run.id, each.mode, each.step)
            known[each.run.key, each.mode, each.step] = steps
    return known


def previewed(intent: Intent, known: Known) -> Intent:
    """Say of a retry what it would run again, where that is known."""
    steps = known.get((intent.run.key, intent.mode, intent.step))
    if steps is None or not intent.can:
        return intent
    if not steps:
        return replace(intent, will="nothing of it would be run again", can=False)
    names = ", ".join(step.name for step in steps[:_MOST_NAMED])
    more = f" and {len(steps) - _MOST_NAMED} more" if len(steps) > _MOST_NAMED else ""
    what = f"{len(steps)} steps" if len(steps) > 1 else "1 step"
    return replace(intent, will=f"would run {what} again: {names}{more}")
