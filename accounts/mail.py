"""The only sender of mail. Neutral words only: no group, no name, nothing clinical.

A mail is a row written in the transaction that causes it, delivered after the commit (by the
worker, or at once where there is none) and deleted once it is out. The first line of a template is
its `Subject:` and MUST hold no variable, so that nothing personal can come into a subject.
"""

import os
from email.utils import formataddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template import Context, Engine
from django.utils import timezone, translation

from accounts.languages import ORIGINAL
from accounts.models import OutgoingMail, User

SUBJECT = "Subject: "
GIVE_UP_AFTER = 20
SMTP_SECONDS = 20

log = structlog.get_logger(__name__)


def send(to: User | str, template: str, context: dict[str, Any], *, sender: str = "") -> None:
    """Queues one mail in the caller's transaction. `path` in the context becomes a whole `link`;
    `sender` is a programme's neutral name."""
    subject, body = _written(template, context)
    recipient = to if isinstance(to, str) else to.email
    mail = OutgoingMail.objects.create(
        recipient=recipient, sender=sender or "Quietroom", subject=subject, body=body
    )
    from accounts.tasks import deliver_mail

    transaction.on_commit(lambda: deliver_mail.delay(str(mail.pk)), robust=True)


def preview(template: str, **context: Any) -> tuple[str, str]:
    """(subject, body) as they would leave, for whoever decides to send them."""
    return _written(template, context)


def deliver(mail_id: UUID) -> bool:
    """Hands one mail over and forgets it. False when it is gone already or could not be sent."""
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update(skip_locked=True).filter(pk=mail_id).first()
        if mail is None:
            return False
        try:
            _hand_over(mail)
        except OSError as error:
            log.warning("mail.failed", mail=str(mail.pk), error=type(error).__name__)
            mail.attempts += 1
            mail.save(update_fields=["attempts"])
            return False
        mail.delete()
        return True


def deliver_waiting() -> int:
    """For the minute tick: what could not be delivered at once."""
    waiting = OutgoingMail.objects.filter(attempts__lt=GIVE_UP_AFTER).values_list("pk", flat=True)
    return sum(deliver(mail_id) for mail_id in list(waiting))


def newest_files(how_many: int) -> list[Path]:
    """The newest mails of MAIL_DIR, newest first."""
    files = sorted(Path(settings.MAIL_DIR).glob("*.eml"), key=lambda file: file.name)
    return files[::-1][:how_many]


def _written(template: str, context: dict[str, Any]) -> tuple[str, str]:
    link = settings.PUBLIC_URL + context["path"] if "path" in context else ""
    values = {**context, "link": link, "site": settings.PUBLIC_URL}
    # Plain text: an apostrophe is an apostrophe.
    written = Engine.get_default().get_template(template)
    with translation.override(ORIGINAL.code):
        text = written.render(Context(values, autoescape=False))
    first, _, body = text.partition("\n")
    if not first.startswith(SUBJECT):
        raise ValueError(f"{template} does not begin with its subject")
    return first.removeprefix(SUBJECT).strip(), body.lstrip("\n")


def _hand_over(mail: OutgoingMail) -> None:
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=formataddr((mail.sender, _from_address())),
        to=[mail.recipient],
        headers={"Auto-Submitted": "auto-generated"},
    )
    if settings.MAIL_URL:
        message.connection = _smtp(settings.MAIL_URL)
        message.send()
    elif settings.MAIL_DIR:
        _write_file(Path(settings.MAIL_DIR), mail, message)
    else:
        raise OSError("neither MAIL_URL nor MAIL_DIR is set")


def _write_file(folder: Path, mail: OutgoingMail, message: EmailMessage) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{mail.pk.hex[:8]}.eml"
    unfinished = folder / f".{name}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(message.message().as_bytes())
    unfinished.rename(folder / name)


def _smtp(address: str) -> BaseEmailBackend:
    """`smtp+tls://user:password@host:587` (STARTTLS), `smtps://…:465`, or plain `smtp://`."""
    url = urlsplit(address)
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=url.hostname,
        port=url.port or {"smtps": 465, "smtp+tls": 587}.get(url.scheme, 25),
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_tls=url.scheme == "smtp+tls",
        use_ssl=url.scheme == "smtps",
        timeout=SMTP_SECONDS,
    )


def _from_address() -> str:
    """`?from=` of MAIL_URL, or no-reply at our own host."""
    named = parse_qs(urlsplit(settings.MAIL_URL).query).get("from")
    return named[0] if named else f"no-reply@{urlsplit(settings.PUBLIC_URL).hostname}"
