from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.groups.world import World


@pytest.fixture
def world(db: None) -> "World":
    from tests.groups.world import make_world

    return make_world()
