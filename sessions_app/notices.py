"""Mails of this app: neutral, and with nothing in them but a link. Whoever follows it signs in."""

from django.urls import reverse

from accounts import mail
from groups import queries as groups
from sessions_app.models import Session


def tell_hosts_of_note(session: Session) -> None:
    """Somebody at the door comes another time: the hosts may not have the room open yet."""
    path = reverse("sessions:enter", args=[session.pk])
    sender = session.group.program.neutral_sender
    for membership in groups.hosts_of(session.group):
        mail.send(
            membership.user, "sessions_app/mail/note_waits.txt", {"path": path}, sender=sender
        )
