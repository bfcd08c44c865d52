from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.audit import written_log as written_log_content


@pytest.fixture
def log(committed_db: str) -> Iterator[None]:
    """A database with production's grants: other tests may read the log through a door."""
    databases.administer("REVOKE {} FROM quietroom_app", databases.DOOR)
    yield
    databases.administer("GRANT {} TO quietroom_app", databases.DOOR)


@pytest.fixture(scope="module")
def written_log(
    template_database: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest
) -> Iterator[str]:
    """One committed clone for a whole module: its tests undo what they change."""
    name = request.module.__name__.rpartition("_")[2]
    with django_db_blocker.unblock(), databases.clone(f"written_{name}") as database:
        written_log_content.write()
        yield database
