"""Tells open pages and people that papers changed.

What goes out carries nothing: no name, no group, no text. Whoever gets it looks again, signed in.
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.urls import reverse

from accounts import mail
from accounts.models import User
from consent.models import AgreementVersion
from groups import queries as groups
from groups.models import Group
from groups.states import LIVE_STATES


def tell_group(group: Group) -> None:
    """Pages of those who wait or sit in a session, once the change is committed."""
    transaction.on_commit(lambda: _send(f"group.{group.pk.hex}"))


def ask_to_sign(version: AgreementVersion, *, but: User) -> None:
    """A mail to everybody in the group except the person who has just published."""
    group = version.agreement.group
    path = reverse("consent:paper", args=[version.pk])
    everybody = group.memberships.filter(state__in=LIVE_STATES).exclude(user=but)
    for membership in everybody.select_related("user"):
        _mail(membership.user, "consent/mail/paper_waits.txt", path, group)


def tell_hosts_of_withdrawal(group: Group, *, but: User) -> None:
    path = reverse("groups:group", args=[group.pk])
    for membership in groups.hosts_of(group).exclude(user=but):
        _mail(membership.user, "consent/mail/paper_withdrawn.txt", path, group)


def _mail(to: User, template: str, path: str, group: Group) -> None:
    mail.send(to, template, {"path": path}, sender=group.program.neutral_sender)


def _send(channel_group: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_send)(channel_group, {"type": "papers.changed"})
