"""Which runs are to be watched: those that were named, and those that match a filter."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click

from runs_tui.cli.listing import check_sources, parsed
from runs_tui.cli.meant import runs_meant
from runs_tui.config import SourceSettings
from runs_tui.model.query import Field, Query
from runs_tui.model.run import RunKey

_A_TERM = re.compile(rf"-?({'|'.join(field for field in Field if field is not Field.WORDS)}):")


@dataclass(frozen=True, slots=True)
class Watched:
    """What was asked to be watched."""

    keys: tuple[RunKey, ...] = ()
    """The runs that were named."""
    queries: tuple[Query, ...] = ()
    """The filters, whose runs are not known yet."""

    def sources(self, settings: Sequence[SourceSettings]) -> tuple[SourceSettings, ...]:
        """Give the sources that have to be asked."""
        named = {key.source for key in self.keys}
        return tuple(
            source
            for source in settings
            if source.name in named or any(q.admits_source(source.name) for q in self.queries)
        )


def watched(texts: Iterable[str], settings: Sequence[SourceSettings]) -> Watched:
    """Read what was typed; raise UsageError for what is neither a run nor a filter."""
    told = [text.strip() for text in texts]
    if not all(told):
        raise click.UsageError("an empty filter would watch everything: name a run or a filter")
    filters = [text for text in told if is_filter(text, [source.name for source in settings])]
    named = [text for text in told if text not in filters]
    keys = runs_meant(named, settings)
    queries = dict.fromkeys(parsed(text) for text in filters)
    for query in queries:
        check_sources(query, [source.name for source in settings])
    return Watched(tuple(keys), tuple(queries))


def is_filter(text: str, names: Sequence[str]) -> bool:
    """Tell whether a text is a filter, and no run of the sources of these names."""
    if "://" in text and not any(mark.isspace() for mark in text):
        return False
    if text.partition("/")[0] in names and "/" in text:
        return False
    return bool(_A_TERM.match(text)) or any(mark.isspace() for mark in text) or text[0] in '-"'
