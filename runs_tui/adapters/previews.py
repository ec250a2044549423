"""What a retry would run again, as an API tells before anything is done."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

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


def words_of(steps: Sequence[Step]) -> str:
    """Say what would be run again: how many steps, and which come first."""
    names = ", ".join(step.name for step in steps[:_MOST_NAMED])
    more = f" and {len(steps) - _MOST_NAMED} more" if len(steps) > _MOST_NAMED else ""
    return f"{len(steps)} step{'s' if len(steps) > 1 else ''}: {names}{more}"
