from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.compliance.past import Past


@pytest.fixture(scope="module")
def first_past(module_database: str) -> "Past":
    from tests.compliance.past import make_past

    return make_past()


@pytest.fixture
def past(first_past: "Past", committed_copy: str) -> "Past":
    """A database in which the reader's role sees what the test commits."""
    return deepcopy(first_past)


@pytest.fixture
def officer(past: "Past") -> Client:
    """Max's browser, with a fresh factor."""
    from tests.cast import browser_of

    return browser_of(past.visits["max"])
