"""Servers, databases and the cast for every test. Nothing starts before a test asks for it."""

import os
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import TYPE_CHECKING

import django
import pytest
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests.environment import TestServers

if TYPE_CHECKING:
    from tests.groups.world import World
    from tests.sessions_app.meeting import Meeting

SERVERS = TestServers.plan()
ROLLED_BACK = ["default", "audit_denials", "audit_reader", "audit_sequencer"]
clone_numbers = count(1)

# A loaded machine is no reason to fail: bounded by the number of examples, not by their time.
hypothesis_settings.register_profile("tests", deadline=None, max_examples=100)
hypothesis_settings.register_profile("fuzz", deadline=None, max_examples=5000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))


def pytest_configure() -> None:
    """Only now may Django read its settings: the environment is complete."""
    django.setup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Database tests may use every alias of the application, not only `default`."""
    for item in items:
        uses_database = "db" in getattr(item, "fixturenames", ())
        if uses_database or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(databases=ROLLED_BACK), append=False)


def pytest_unconfigure() -> None:
    SERVERS.stop()


@pytest.fixture(scope="session")
def template_database(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    from tests import databases

    SERVERS.start_postgres()
    with django_db_blocker.unblock():
        databases.make_template()
        yield
        databases.close_connections()
        databases.drop(databases.TEMPLATE)


@pytest.fixture(scope="session")
def django_db_setup(template_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The run's own clone, in which tests are rolled back."""
    from tests import databases

    with django_db_blocker.unblock(), databases.clone("main"):
        yield


@pytest.fixture(scope="module")
def module_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A clone in which a module's people come in once; its tests are rolled back, or clone it."""
    from tests import databases

    name = request.module.__name__.rpartition("_")[2]
    with django_db_blocker.unblock(), databases.clone(f"of_{name}") as database:
        yield database


@pytest.fixture
def committed_copy(module_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """As `committed_db`, with what the module's people left behind. Its name."""
    from tests import databases

    name = f"committed_{next(clone_numbers)}"
    with django_db_blocker.unblock(), databases.clone(name, template=module_database):
        yield name


@pytest.fixture
def committed_db(template_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A clone for one test that commits, uses threads or several connections. Its name."""
    from tests import databases

    with django_db_blocker.unblock(), databases.clone(f"committed_{next(clone_numbers)}") as name:
        yield name


@pytest.fixture(scope="module")
def first_world(module_database: str) -> "World":
    from tests.groups.world import make_world

    return make_world()


@pytest.fixture
def world(first_world: "World", db: None) -> "World":
    """Each test's own copy of two groups whose people came in once for its module."""
    return deepcopy(first_world)


@pytest.fixture(scope="module")
def first_meeting(module_database: str) -> "Meeting":
    from tests.sessions_app.meeting import make_meeting

    return make_meeting()


@pytest.fixture
def meeting(first_meeting: "Meeting", db: None) -> "Meeting":
    """Each test's own copy of who came in once for its module."""
    return deepcopy(first_meeting)


@pytest.fixture
def committed_meeting(first_meeting: "Meeting", committed_copy: str) -> "Meeting":
    """For sockets and races: everything is committed."""
    return deepcopy(first_meeting)


@pytest.fixture(autouse=True)
def no_refusals_remembered() -> None:
    """The cap on denials counts in the process: no test inherits what another used up."""
    from audit import denials

    denials._cap.windows.clear()


@pytest.fixture
def redis_url() -> str:
    """A real Redis, shared by the run: use names of your own."""
    return SERVERS.redis_url()
