"""Who was at a group's last session, for pages of the apps that do not know sessions.

MUST be narrowed by the page: peers see only those who share it (`Membership.shares_attendance`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import template

from groups.models import Group
from sessions_app.models import Admission, Session
from sessions_app.states import SessionState

register = template.Library()


@dataclass(frozen=True, slots=True)
class LastSession:
    opens_at: datetime
    present: frozenset[UUID]


@register.simple_tag
def last_session(group: Group) -> LastSession | None:
    """The newest that has ended; `present` are the people who had a seat in it."""
    ended = Session.objects.filter(group=group, state=SessionState.ENDED.value)
    last = ended.order_by("-ended_at").first()
    if last is None:
        return None
    seated = Admission.objects.filter(session=last, connected_at__isnull=False)
    return LastSession(last.opens_at, frozenset(seated.values_list("user_id", flat=True)))
