from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sessions_app.meeting import Meeting


@pytest.fixture
def meeting(db: None) -> "Meeting":
    from tests.sessions_app.meeting import make_meeting

    return make_meeting()


@pytest.fixture
def committed_meeting(committed_db: str) -> "Meeting":
    """For sockets and races: everything is committed."""
    from tests.sessions_app.meeting import make_meeting

    return make_meeting()
