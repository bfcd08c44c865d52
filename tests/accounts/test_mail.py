"""Mail goes out after the commit, in neutral words, and is forgotten once it is out."""

import io
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts import mail
from accounts.models import OutgoingMail
from accounts.proofs import use_code
from tests.accounts.browsers import enrolled
from tests.accounts.mailbox import Mail
from tests.cast import ANA, BEN

pytestmark = pytest.mark.django_db
Mails = Callable[[], list[Mail]]
TEMPLATES = sorted((Path(__file__).parents[2] / "templates/accounts/mail").glob("*.txt"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_mail_has_a_constant_neutral_subject(template: Path, mails: Mails) -> None:
    assert "{" not in template.read_text().splitlines()[0]
    mail.send(ANA.email, f"accounts/mail/{template.name}", {"path": "/somewhere/"})
    (sent,) = mails()
    assert sent.to == ANA.email
    assert "{{" not in sent.body
    assert "&#x27;" not in sent.body


def test_a_file_of_mail_is_readable_by_its_owner_only(mails: Mails, settings: Settings) -> None:
    mail.send(ANA.email, "accounts/mail/password_changed.txt", {})
    mails()
    (file,) = Path(settings.MAIL_DIR).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_mail_waits_while_it_cannot_be_sent(mails: Mails, settings: Settings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.MAIL_URL = f"smtp://127.0.0.1:{unused.getsockname()[1]}"
        mail.send(ANA.email, "accounts/mail/password_changed.txt", {})
        assert mail.deliver_waiting() == 0
    assert OutgoingMail.objects.get().attempts == 1
    settings.MAIL_URL = ""
    assert len(mails()) == 1


def test_mail_is_delivered_when_its_change_is_committed(
    mails: Mails, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail.send(ANA.email, "accounts/mail/password_changed.txt", {})
        assert OutgoingMail.objects.exists()
    assert not OutgoingMail.objects.exists(), "out, and forgotten"
    assert len(mails()) == 1


def test_the_table_of_waiting_mail_hides_whom_it_is_for(mails: Mails) -> None:
    mail.send(ANA.email, "accounts/mail/password_changed.txt", {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, body FROM accounts_outgoingmail")
        ((recipient, body),) = cursor.fetchall()
    assert b"ana@" not in bytes(recipient)
    assert b"password" not in bytes(body)


def test_the_newest_mails_are_printed(mails: Mails, settings: Settings) -> None:
    settings.MODE = "development"
    for person in (ANA, BEN):
        mail.send(person.email, "accounts/mail/password_changed.txt", {})
        mails()
    out = io.StringIO()
    call_command("mail", count=1, stdout=out)
    assert f"To: {BEN.email}" in out.getvalue()
    assert ANA.email not in out.getvalue()
    assert "Subject: Your password was changed" in out.getvalue()


@pytest.mark.parametrize("mode", ["production", "test"])
@pytest.mark.parametrize("command", [("mail",), ("code", "ana")])
def test_mail_and_codes_are_printed_in_development_only(
    settings: Settings, mode: str, command: tuple[str, ...]
) -> None:
    enrolled(ANA)
    settings.MODE = mode
    with pytest.raises(CommandError):
        call_command(*command)


def test_a_printed_code_is_one_that_still_opens(settings: Settings) -> None:
    settings.MODE = "development"
    ana = enrolled(ANA)
    for _ in range(2):
        out = io.StringIO()
        call_command("code", "ana", stdout=out)
        assert use_code(ana, out.getvalue())
