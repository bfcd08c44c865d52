from collections.abc import Iterator

import pytest

from tests import databases


@pytest.fixture
def log(committed_db: str) -> Iterator[None]:
    """A database with production's grants: other tests may read the log through a door."""
    databases.administer("REVOKE {} FROM quietroom_app", databases.DOOR)
    yield
    databases.administer("GRANT {} TO quietroom_app", databases.DOOR)
