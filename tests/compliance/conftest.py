from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from tests.compliance.past import Past

numbers = count(1)


@pytest.fixture(scope="module")
def first_past(
    template_database: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest
) -> Iterator[tuple[str, "Past"]]:
    """The cast comes in once for a module; each test gets a copy of what they left behind."""
    from tests import databases
    from tests.compliance.past import make_past

    name = request.module.__name__.rpartition("_")[2]
    with django_db_blocker.unblock(), databases.clone(f"past_{name}") as database:
        yield database, make_past()


@pytest.fixture
def past(first_past: tuple[str, "Past"], django_db_blocker: DjangoDbBlocker) -> Iterator["Past"]:
    """A database in which the reader's role sees what the test commits."""
    from tests import databases

    template, people = first_past
    name = f"{template.rpartition('_')[2]}_{next(numbers)}"
    with django_db_blocker.unblock(), databases.clone(f"of_{name}", template):
        yield deepcopy(people)


@pytest.fixture
def officer(past: "Past") -> Client:
    """Max's browser, with a fresh factor."""
    from tests.cast import browser_of

    return browser_of(past.visits["max"])
