"""The fields of queries and mutations, by their names in the schema."""

from collections.abc import Callable, Mapping
from typing import Any

from runs_tui.demo.dagster.acts import Acts
from runs_tui.demo.dagster.ledger import Ledger
from runs_tui.demo.dagster.reads import Reads
from runs_tui.demo.dagster.refusals import Node

VERSION = "1.13.27"

Resolve = Callable[..., Any]


def fields_of(ledger: Ledger) -> Mapping[str, Resolve]:
    """Give what resolves each field; arguments come by their names in the schema."""
    reads, acts = Reads(ledger), Acts(ledger)

    def runs(_: object, **told: Any) -> Node:  # noqa: ANN401
        return reads.runs(told.get("filter") or {}, told.get("cursor"), told.get("limit"))

    def logs(_: object, **told: Any) -> Node:  # noqa: ANN401
        return reads.logs(told["runId"], told.get("afterCursor"), told.get("limit"))

    def reexecute(_: object, **told: Any) -> Node:  # noqa: ANN401
        some = told.get("executionParams")
        return acts.execute(some) if some else acts.repeat(told["reexecutionParams"])

    return {
        "version": lambda _: VERSION,
        "runsOrError": runs,
        "logsForRun": logs,
        "runOrError": lambda _, **told: reads.run(told["runId"]),
        "runGroupOrError": lambda _, **told: reads.group(told["runId"]),
        "workspaceOrError": lambda _: reads.workspace(),
        "instance": lambda _: reads.instance(),
        "terminateRun": lambda _, **told: acts.terminate(
            told["runId"], told.get("terminatePolicy")
        ),
        "launchRunReexecution": reexecute,
    }
