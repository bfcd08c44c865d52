"""What the tests of accounts share. Apps are not loaded yet when pytest reads this file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from pytest_django.fixtures import Settings

from tests.accounts.mailbox import Mail, mails_in


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still until it is shifted."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def mails(tmp_path: Path, settings: Settings) -> Callable[[], list[Mail]]:
    """Delivers what waits and returns every mail so far, oldest first."""
    from accounts import mail

    settings.MAIL_DIR, settings.MAIL_URL = str(tmp_path), ""

    def delivered() -> list[Mail]:
        mail.deliver_waiting()
        return mails_in(tmp_path)

    return delivered
