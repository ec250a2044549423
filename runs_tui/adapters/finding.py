"""Finding a run by what a person calls it, by asking the sources."""

import asyncio
from collections.abc import Mapping, Sequence

from runs_tui.adapters.base import Source
from runs_tui.model.errors import NotFound, SourceError
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run, RunKey
from runs_tui.model.text import one_line
from runs_tui.model.words import did_you_mean, several


def keys_meant(text: str, sources: Mapping[str, Source]) -> Sequence[RunKey]:
    """Give the runs that may be meant by an id, `source/id` or a web address."""
    if "://" in text:
        shown = ((name, source.run_id_of(text)) for name, source in sources.items())
        return [RunKey(name, run_id) for name, run_id in shown if run_id]
    name, slash, run_id = text.partition("/")
    if slash and run_id and name in sources:
        return [RunKey(name, run_id)]
    return [RunKey(name, text) for name in sources]


async def find_run(text: str, sources: Mapping[str, Source]) -> Run | str:
    """Ask sources for a run; give it, or one sentence that says why there is none."""
    source, slash, _ = text.partition("/")
    if slash and "://" not in text and source not in sources:
        return f"there is no source {source!r}: {did_you_mean(source, sources)}"
    keys = keys_meant(text, sources)
    names = " and ".join(sources)
    if not keys:
        return f"{without_query(text)} is not the address of a run of {names}"
    answers = await _first(keys, sources)
    if isinstance(answers, Run):
        return answers
    unknown = [key.source for key, error in answers.items() if isinstance(error, NotFound)]
    failed = [
        f"{key.source}: {error.sentence}"
        for key, error in answers.items()
        if not isinstance(error, NotFound)
    ]
    wanted = f"run {without_query(text)}"
    if not unknown:
        return f"Could not ask for {wanted}. {'; '.join(failed)}"
    knows = "knows" if len(unknown) == 1 else "know"
    return "; ".join([f"{several(unknown)} {knows} no {wanted}", *failed])


async def _first(
    keys: Sequence[RunKey], sources: Mapping[str, Source]
) -> Run | Mapping[RunKey, SourceError]:
    """Ask all at once; give the first run that is told, else what each could not do."""
    async with asyncio.TaskGroup() as group:
        asked = {key: group.create_task(_ask(sources[key.source], key.id)) for key in keys}
        for answer in asyncio.as_completed(asked.values()):
            run = await answer
            if isinstance(run, Run):
                for task in asked.values():
                    task.cancel()
                return run
    errors = ((key, task.result()) for key, task in asked.items())
    return {key: error for key, error in errors if isinstance(error, SourceError)}


async def _ask(source: Source, run_id: str) -> Run | SourceError:
    try:
        with asking("show", run_id):
            return await source.run(run_id)
    except SourceError as error:
        return error


def without_query(text: str) -> str:
    """Give what was asked for without what follows a question mark, which may be a secret."""
    return one_line(text.partition("?")[0], 80)
