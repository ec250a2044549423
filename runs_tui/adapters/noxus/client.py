"""The calls of the Noxus API, answered in checked shapes."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager

from runs_tui.adapters.base import Connection
from runs_tui.adapters.noxus import wire
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, SourceError, Unauthorized, Unsupported
from runs_tui.transport.auth import header
from runs_tui.transport.http import Answer, Http, Patience, Streaming, decode, segment

MOST = 100
"""The most rows that a page can have."""
_VERSION = "/v1"
_ONE_WORKSPACE = "a key opens one workspace only: is it in this one?"
_NO_PATH = frozenset({404, 405, 501})


class Client:
    """One Noxus server."""

    def __init__(self, connection: Connection, patience: Patience, clock: Clock) -> None:
        """Remember how to reach it; nothing is sent before the first call."""
        secret = connection.credential.secret
        self._http = Http(
            connection.url.strip().rstrip("/").removesuffix(_VERSION),
            auth=None if secret is None else header("X-API-Key", secret),
            credential_origin=connection.credential.origin,
            patience=patience,
            clock=clock,
            source=connection.name,
        )
        self.idle = patience.idle
        """How many seconds a stream may be silent."""

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def runs(self, page: int, size: int) -> wire.RunList:
        """Read a page of the runs of the workspace."""
        with _hinting():
            answer = await self._http.get("/v1/runs", {"page": page, "size": size})
        return decode(answer, wire.RUN_LIST)

    async def run(self, run_id: str) -> wire.WireRun:
        """Read a run as the workspace tells it."""
        with _hinting():
            return decode(await self._http.get(_path_of(run_id)), wire.RUN)

    async def whole_run(self, workflow_id: str, run_id: str) -> wire.WireRun:
        """Read a run as its workflow tells it: with its nodes, without the workflow's name."""
        _path_of(run_id)
        path = f"{_flow(workflow_id)}/runs/{segment(run_id)}"
        with _hinting():
            return decode(await self._http.get(path), wire.RUN)

    async def workflows(self, page: int) -> wire.WorkflowList:
        """Read a page of the workflows."""
        answer = await self._http.get("/v1/workflows", {"page": page, "size": MOST})
        return decode(answer, wire.WORKFLOW_LIST)

    async def workflow(self, workflow_id: str) -> wire.WireWorkflow:
        """Read a workflow with its current definition."""
        return decode(await self._http.get(_flow(workflow_id)), wire.WORKFLOW)

    async def versions(self, workflow_id: str) -> list[wire.Version]:
        """Read the saved versions of a workflow."""
        return decode(await self._http.get(f"{_flow(workflow_id)}/versions"), wire.VERSIONS)

    async def stop(self, run_id: str) -> Answer:
        """Ask for a run that is there to stop; raise Unsupported where the server has no way to."""
        try:
            with _hinting():
                return await self._http.send(f"{_path_of(run_id)}/stop")
        except SourceError as error:
            if error.status in _NO_PATH:
                raise Unsupported("stop is not supported by this server") from None
            raise

    async def start(self, workflow_id: str, body: Mapping[str, object]) -> wire.WireRun:
        """Start a new run of a workflow."""
        with _hinting():
            answer = await self._http.send(f"{_flow(workflow_id)}/runs", body)
        return decode(answer, wire.RUN)

    def stream(self, run_id: str, etag: str | None) -> AbstractAsyncContextManager[Streaming]:
        """Open the events of a run, behind the last one that was seen."""
        return self._http.stream(
            f"{_path_of(run_id)}/events",
            {"etag": etag} if etag else None,
            {"Accept": "text/event-stream", "Cache-Control": "no-cache"},
        )


def _path_of(run_id: str) -> str:
    if not run_id.strip():
        raise NotFound("a run without an id")
    return f"/v1/runs/{segment(run_id)}"


def _flow(workflow_id: str) -> str:
    return f"/v1/workflows/{segment(workflow_id)}"


@contextmanager
def _hinting() -> Iterator[None]:
    """Hint at other workspaces, whose runs a key does not see."""
    try:
        yield
    except (NotFound, Unauthorized) as error:
        if error.status == 401 or error.status is None or (error.status == 404 and error.hint):
            raise
        hint = "; ".join(part for part in (error.hint, _ONE_WORKSPACE) if part)
        hinting = type(error)(error.detail, hint)
        hinting.status = error.status
        raise hinting from None
