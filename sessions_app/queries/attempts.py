"""Reads what the gates look at, for one person or for everybody at once."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import SignIn, User
from consent import queries as consent
from consent.learned import door_lessons
from consent.models import AgreementVersion
from groups import ages
from groups import queries as groups
from groups.models import Membership
from sessions_app.gates import Attempt
from sessions_app.models import Block, PreJoin, Session
from sessions_app.queries.sessions import is_blocked


def live_prejoin(user: User, session: Session) -> PreJoin | None:
    return live_prejoins(session).filter(user=user).first()


def live_prejoins(session: Session) -> QuerySet[PreJoin]:
    return PreJoin.objects.filter(session=session, voided_at=None).select_related("door_note")


def is_stale(prejoin: PreJoin, session: Session, in_force: AgreementVersion | None) -> bool:
    """A new passphrase or a new agreement since this attempt began voids its answers."""
    rotated_at = session.group.passphrase_rotated_at
    if rotated_at is not None and rotated_at > prejoin.created_at:
        return True
    return prejoin.paper_version_id != (in_force.pk if in_force else None)


def attempt_of(
    *, session: Session, membership: Membership, sign_in: SignIn | None, now: datetime | None = None
) -> Attempt:
    user = membership.user
    prejoin = live_prejoin(user, session)
    moment = now or timezone.now()
    papers = consent.door_papers(session.group, user=user, now=moment)
    lessons = door_lessons(session.group, [user.pk], now=moment)
    if prejoin is None or is_stale(prejoin, session, papers.agreement):
        prejoin = PreJoin(user=user, session=session)
    return Attempt(
        session=session,
        user=user,
        membership=membership,
        sign_in=sign_in,
        prejoin=prejoin,
        papers_current=papers.is_current(user.pk, membership.role),
        guardian_current=papers.is_stood_for(user.pk, membership.role),
        fits_ages=ages.member_fits(membership),
        lessons_current=lessons.is_current(user.pk, membership.role),
        blocked=is_blocked(user, session),
        now=moment,
    )


def attempts_of_all(
    session: Session, memberships: Iterable[Membership], sign_ins: dict[UUID, SignIn]
) -> dict[UUID, Attempt]:
    """By user id, in a fixed number of queries. `sign_ins` may miss people who are not connected:
    their attempt is judged as signed in, so that the panel names the gate they have to pass."""
    group, now, members = session.group, timezone.now(), list(memberships)
    minors = groups.minors_among(members, group, now)
    papers = consent.door_papers(group, now=now, minors=minors)
    lessons = door_lessons(group, [member.user_id for member in members], now=now)
    blocked = set(
        Block.objects.filter(lifted_at=None)
        .filter(Q(session=session) | Q(group=group))
        .values_list("user_id", flat=True)
    )
    prejoins = {
        prejoin.user_id: prejoin
        for prejoin in live_prejoins(session)
        if not is_stale(prejoin, session, papers.agreement)
    }
    return {
        member.user_id: Attempt(
            session=session,
            user=member.user,
            membership=member,
            sign_in=sign_ins.get(member.user_id),
            prejoin=prejoins.get(member.user_id) or PreJoin(user=member.user, session=session),
            papers_current=papers.is_current(member.user_id, member.role),
            guardian_current=papers.is_stood_for(member.user_id, member.role),
            fits_ages=ages.member_fits(member),
            lessons_current=lessons.is_current(member.user_id, member.role),
            blocked=member.user_id in blocked,
            now=now,
        )
        for member in members
    }


def last_located(user: User) -> PreJoin | None:
    """The newest answer to "where are you?" that has not been deleted yet."""
    return (
        PreJoin.objects.filter(user=user, location_confirmed_at__isnull=False, purged_at=None)
        .order_by("-location_confirmed_at")
        .first()
    )
