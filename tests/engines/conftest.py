"""Real engines for tests."""

from __future__ import annotations

import faulthandler
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from tests.engines.airflow_server import REQUIREMENTS as AIRFLOW_REQUIREMENTS
from tests.engines.airflow_server import AirflowEngine, airflow_engine
from tests.engines.dagster_server import REQUIREMENTS as DAGSTER_REQUIREMENTS
from tests.engines.dagster_server import DagsterEngine, dagster_engine
from tests.engines.dagu_server import DaguEngine, dagu_engine, dagu_program
from tests.engines.environment import NetworkUnavailableError, ensure_environment
from tests.engines.github_description import Description, ensure_description
from tests.engines.npm_package import NoPackageError
from tests.engines.prefect_server import REQUIREMENTS, PrefectEngine, prefect_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Limit the time of the tests themselves: engines have deadlines of their own."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(func_only=True))


def _had(what: str, install: Callable[[], T]) -> T:
    """Install something from its package, or skip what needs it where that cannot be fetched."""
    faulthandler.cancel_dump_traceback_later()
    try:
        return install()
    except (NetworkUnavailableError, NoPackageError) as error:
        pytest.skip(f"{what} cannot be fetched here: {error}")


@pytest.fixture(scope="session")
def prefect() -> Iterator[PrefectEngine]:
    """Return a real Prefect server with real runs."""
    _had("Prefect", lambda: ensure_environment(REQUIREMENTS))
    with prefect_engine() as engine:
        yield engine


@pytest.fixture(scope="session")
def airflow() -> Iterator[AirflowEngine]:
    """Return a real Airflow server with real runs."""
    _had("Airflow", lambda: ensure_environment(AIRFLOW_REQUIREMENTS))
    with airflow_engine() as engine:
        yield engine


@pytest.fixture(scope="session")
def github_description() -> Description:
    """Return GitHub's official description of its API, as far as it is about runs."""
    return _had("GitHub's description", ensure_description)


@pytest.fixture(scope="session")
def dagster() -> Iterator[DagsterEngine]:
    """Return a real Dagster server with real runs."""
    _had("Dagster", lambda: ensure_environment(DAGSTER_REQUIREMENTS))
    with dagster_engine() as engine:
        yield engine


@pytest.fixture(scope="session")
def dagu() -> Iterator[DaguEngine]:
    """Return a real Dagu server with real runs."""
    _had("Dagu", dagu_program)
    with dagu_engine() as engine:
        yield engine
