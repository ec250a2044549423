"""What can be asked: lists of runs, one run, its group, its log, jobs and daemons."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from runs_tui.demo.dagster.events import events_of
from runs_tui.demo.dagster.ledger import Ledger
from runs_tui.demo.dagster.refusals import Node, missing, no_group, python_error
from runs_tui.demo.dagster.shapes import LOCATION, REPOSITORY, tags_of
from runs_tui.demo.world import WorldRun

Told = Mapping[str, Any]

_BAD_CURSOR = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0x9e in position 0"
_DAEMONS = ("SENSOR", "BACKFILL", "SCHEDULER", "QUEUED_RUN_COORDINATOR")


class Reads:
    """Answers from a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Answer from it."""
        self._ledger = ledger

    def runs(self, told: Told, cursor: str | None, limit: int | None) -> Node:
        """List runs, newest first; after a run that is not there is nothing."""
        every = self._ledger.all()
        found = [run for run in every if self._passes(run, told)] if told else every
        start = 0
        if cursor is not None:
            ids = [run.id for run in every]
            before = set(ids[: ids.index(cursor) + 1] if cursor in ids else ids)
            start = sum(run.id in before for run in found)
        page = found[start : start + limit] if limit else found[start:]
        nodes = [self._ledger.node(run) for run in page]
        return {"__typename": "Runs", "results": nodes, "count": len(found)}

    def run(self, run_id: str) -> Node:
        """Tell one run."""
        run = self._ledger.find(run_id)
        return self._ledger.node(run) if run else missing(run_id)

    def group(self, run_id: str) -> Node:
        """Tell the runs that go back to the same one."""
        run = self._ledger.find(run_id)
        if run is None:
            return no_group(run_id)
        root = self._ledger.root_of(run)
        found = [each for each in self._ledger.all() if self._ledger.root_of(each) == root]
        nodes = [self._ledger.node(each) for each in reversed(found)]
        return {"__typename": "RunGroup", "rootRunId": root, "runs": nodes}

    def logs(self, run_id: str, after: str | None, limit: int | None) -> Node:
        """Tell events of a run after a cursor."""
        run = self._ledger.find(run_id)
        if run is None:
            return missing(run_id)
        try:
            start = self.position(after)
        except (ValueError, KeyError, TypeError):
            return python_error(_BAD_CURSOR)
        events, more = self.events(run, start, limit or None)
        return {
            "__typename": "EventConnection",
            "events": events,
            "cursor": cursor_at(start + len(events)) if events or not after else after,
            "hasMore": more,
        }

    def position(self, cursor: str | None) -> int:
        """Read a cursor of a log; raise ValueError for what is none."""
        if not cursor:
            return 0
        told = json.loads(base64.b64decode(cursor, validate=True))
        counts = self._ledger.extra.get("counts", True)
        if told["type"] != "STORAGE_ID" and not (counts and told["type"] == "OFFSET"):
            raise ValueError(told["type"])
        return int(told["value"])

    def events(self, run: WorldRun, start: int, limit: int | None) -> tuple[list[Node], bool]:
        """Give events of a run from a place on, and whether others follow."""
        lines = self._ledger.world.lines(run.id, self._ledger.clock.now())
        every = events_of(run, lines)
        found = every[start : None if limit is None else start + limit]
        return found, start + len(found) < len(every)

    def workspace(self) -> Node:
        """Tell all jobs; one place is there whose definitions could not be loaded."""
        names = sorted(workflow.name for workflow in self._ledger.world.workflows)
        jobs = [{"name": name, "isAssetJob": False} for name in names]
        location = {
            "__typename": "RepositoryLocation",
            "name": LOCATION,
            "repositories": [{"name": REPOSITORY, "jobs": jobs}],
        }
        broken = python_error("ModuleNotFoundError: No module named 'elsewhere'")
        entries = [("broken", broken), (LOCATION, location)]
        return {
            "__typename": "Workspace",
            "locationEntries": [
                {"name": name, "loadStatus": "LOADED", "locationOrLoadError": told}
                for name, told in entries
            ],
        }

    def instance(self) -> Node:
        """Tell how the daemons are."""
        healthy = bool(self._ledger.extra.get("daemon", True))
        told = [{"daemonType": kind, "required": True, "healthy": healthy} for kind in _DAEMONS]
        return {"id": "Instance", "daemonHealth": {"id": "d", "allDaemonStatuses": told}}

    def _passes(self, run: WorldRun, told: Told) -> bool:
        made, changed = run.created.timestamp(), run.updated.timestamp()
        wanted = {tag["key"]: tag["value"] for tag in told.get("tags") or ()}
        ids, statuses = told.get("runIds"), told.get("statuses")
        return (
            (not ids or run.id in ids)
            and (told.get("pipelineName") in (None, run.workflow.name))
            and (not statuses or self._ledger.status(run) in statuses)
            and wanted.items()
            <= (dict(tags_of(run, None, resumes=False)) if wanted else {}).items()
            and (not told.get("createdAfter") or made > told["createdAfter"])
            and (not told.get("createdBefore") or made < told["createdBefore"])
            and (not told.get("updatedAfter") or changed > told["updatedAfter"])
            and (not told.get("updatedBefore") or changed < told["updatedBefore"])
        )


def cursor_at(position: int) -> str:
    """Write the cursor of a place in a log."""
    told = json.dumps({"type": "STORAGE_ID", "value": position})
    return base64.b64encode(told.encode()).decode()
