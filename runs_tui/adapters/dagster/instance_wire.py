"""The server itself, as it tells of it: its jobs, its daemons, and what it knows."""

from pydantic import Field

from runs_tui.transport.shapes import Shape


class Job(Shape):
    """A job of a repository."""

    name: str


class Repository(Shape):
    """Jobs that are defined together."""

    jobs: list[Job] = Field(default_factory=list)


class Location(Shape):
    """A place that definitions are loaded from; no repositories where that failed."""

    repositories: list[Repository] = Field(default_factory=list)


class LocationEntry(Shape):
    """A place that definitions should be loaded from."""

    loaded: Location | None = Field(None, alias="locationOrLoadError")


class Workspace(Shape):
    """All places that definitions are loaded from."""

    entries: list[LocationEntry] = Field(alias="locationEntries")


class Daemon(Shape):
    """A background process of the server."""

    type: str = Field("", alias="daemonType")
    required: bool = True
    healthy: bool | None = None


class DaemonHealth(Shape):
    """How the background processes are."""

    daemons: list[Daemon] = Field(alias="allDaemonStatuses")


class Instance(Shape):
    """The server as a whole."""

    health: DaemonHealth = Field(alias="daemonHealth")


class Named(Shape):
    """A value that an enumeration has."""

    name: str


class Enumeration(Shape):
    """The values that an enumeration has."""

    values: list[Named] | None = Field(None, alias="enumValues")
