"""Adds finished runs of the past to a Dagster instance, whose environment runs this as a script."""

# mypy: disable-error-code="import-not-found"

import sys
from datetime import UTC, datetime, timedelta

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus
from dagster._core.storage.runs.schema import RunsTable


def main(job: str, count: int) -> None:
    """Add so many of a job, the oldest first; every fifth has failed."""
    first = datetime.now(UTC) - timedelta(days=30)
    with DagsterInstance.get() as instance:
        for number in range(count):
            failed = number % 5 == 4
            run = DagsterRun(
                job_name=job,
                run_id=f"00000000-0000-4000-8000-{number:012}",
                status=DagsterRunStatus.FAILURE if failed else DagsterRunStatus.SUCCESS,
                tags={"shelf": str(number % 3)},
            )
            made = first + timedelta(minutes=number)
            instance.run_storage.add_historical_run(run, made)
            ended = {"start_time": made.timestamp(), "end_time": made.timestamp() + 30}
            with instance.run_storage.connect() as connection:
                rows = RunsTable.update().where(RunsTable.c.run_id == run.run_id)
                connection.execute(rows.values(**ended))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
