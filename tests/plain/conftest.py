from collections.abc import Iterator

import pytest

from tests.plain.lab import Lab


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("plain") / "config.toml")
    yield lab
    lab.server.stop()


@pytest.fixture
def lab(made: Lab) -> Lab:
    made.begin_anew()
    return made
