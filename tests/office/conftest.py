from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.groups.world import World


@pytest.fixture
def ada(world: "World") -> Client:
    """The admin's browser, with a fresh factor."""
    from tests.cast import browser_of

    return browser_of(world.ada)
