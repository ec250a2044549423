"""The runs of the world as nodes of Dagster's graph, each field told when it is asked for."""

import json
from collections.abc import Mapping, Sequence

from runs_tui.demo.dagster.naming import StepKeys
from runs_tui.demo.dagster.refusals import Node
from runs_tui.demo.dagster.shapes import (
    LOCATION,
    REPOSITORY,
    TERMINABLE,
    config_of,
    executed,
    seconds,
    snapshot_of,
    stats_of,
    status_of,
    tags_of,
)
from runs_tui.demo.server import Settings
from runs_tui.demo.world import World, WorldRun, WorldStep
from runs_tui.model.clock import Clock

_ORIGIN = {"id": "o", "repositoryLocationName": LOCATION, "repositoryName": REPOSITORY}


class Ledger:
    """Knows the runs of a world, and how the server is set up."""

    def __init__(self, world: World, clock: Clock, settings: Settings) -> None:
        """Tell of a world as the switches say."""
        self.world = world
        self.clock = clock
        self.extra = settings.extra
        self.suspends = bool(self.extra.get("suspends", True))
        self.permits = bool(self.extra.get("permits", True))

    def all(self) -> Sequence[WorldRun]:
        """Give every run, newest first."""
        return self.world.runs(self.clock.now())

    def find(self, run_id: str) -> WorldRun | None:
        """Give one run."""
        return self.world.run(run_id, self.clock.now())

    def status(self, run: WorldRun) -> str:
        """Give the status of a run."""
        return status_of(run, suspends=self.suspends)

    def root_of(self, run: WorldRun) -> str:
        """Give the id of the run that a run goes back to."""
        found = run
        while found.retry_of is not None:
            before = self.find(found.retry_of)
            if before is None:
                return found.retry_of
            found = before
        return found.id

    def node(self, run: WorldRun) -> Node:
        """Tell a run."""
        status, parent = self.status(run), run.retry_of
        root = self.root_of(run) if parent else None
        return {
            "__typename": "Run",
            "id": run.id,
            "runId": run.id,
            "jobName": run.workflow.name,
            "pipelineName": run.workflow.name,
            "status": status,
            "mode": "default",
            "creationTime": seconds(run.created),
            "startTime": seconds(run.started),
            "endTime": seconds(run.finished),
            "updateTime": seconds(run.updated),
            "canTerminate": status in TERMINABLE,
            "hasTerminatePermission": self.permits,
            "hasReExecutePermission": self.permits,
            "rootRunId": root,
            "parentRunId": parent,
            "pipelineSnapshotId": snapshot_of(run),
            "tags": lambda _: self._tags(run, root),
            "stepKeysToExecute": lambda _: [step["key"] for step in self._plan(run)],
            "runConfig": config_of(run),
            "runConfigYaml": json.dumps(config_of(run)),
            "repositoryOrigin": _ORIGIN,
            "solidSelection": None,
            "assetSelection": None,
            "executionPlan": lambda _: {"steps": self._plan(run)},
            "stepStats": lambda _: stats_of(run, self._executed(run)),
        }

    def _tags(self, run: WorldRun, root: str | None) -> list[Node]:
        resumes = run.retry_of is not None and len(self._executed(run)) < len(run.workflow.steps)
        return [{"key": key, "value": value} for key, value in tags_of(run, root, resumes=resumes)]

    def _plan(self, run: WorldRun) -> list[Node]:
        return StepKeys(run.workflow.steps).plan(self._executed(run))

    def _executed(self, run: WorldRun) -> Mapping[str, WorldStep]:
        return executed(run, self.world.steps(run.id, self.clock.now()))
