"""The lineage of a run, in lines: each run once, with what it is to the one that is open."""

from collections.abc import Iterator

from runs_tui import looks
from runs_tui.cli.plain.session import Session
from runs_tui.cli.plain.telling import joined
from runs_tui.model.kin import Relation
from runs_tui.model.lineage import Lineage, LineageRow
from runs_tui.model.text import one_line

_WORDS = {
    Relation.PARENT: "it was started by",
    Relation.CHILD: "it started",
    Relation.ATTEMPT: "another attempt",
}


def lineage_lines(lineage: Lineage, session: Session) -> Iterator[str]:
    """Say it; runs get a number, by which they can be opened."""
    for row in lineage.rows:
        yield _own(row, session) if row.attempt is not None else _other(row, session)


def _own(row: LineageRow, session: Session) -> str:
    attempt = row.attempt
    assert attempt is not None
    now = session.clock.now()
    return joined(
        f"attempt {attempt.number}",
        attempt.status if attempt.state.value == "unknown" and attempt.status else attempt.state,
        "counts" if row.final else None,
        looks.ago(attempt.started_at, now) if attempt.started_at else None,
        looks.duration(attempt.duration(now)),
        one_line(attempt.reason) if attempt.reason else None,
    )


def _other(row: LineageRow, session: Session) -> str:
    relation = "this run" if row.here else _WORDS[row.relation] if row.relation else "beside it"
    about = " or so" if row.counted else ""
    number = f"attempt {row.number}{about}" if row.number is not None else None
    counts = "counts" if row.final else None
    if row.run is None:
        return joined(relation, number, row.id, "not read yet")
    run, now = row.run, session.clock.now()
    return joined(
        f"{session.number(run)}  {looks.word(run)}",
        relation,
        number,
        counts,
        run.workflow,
        str(run.key),
        looks.started(run, now),
        looks.took(run, now),
        one_line(run.error, 200) if run.error else None,
    )
