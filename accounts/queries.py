"""Reads of accounts."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import FactorReset, FactorResetState, SignIn, User
from accounts.models.factor_resets import OPEN
from accounts.models.people import email_digest


def person_with(email: str) -> User | None:
    """None for an unknown address and for a suspended person alike."""
    return active_person_by_index(email_digest(email))


def active_person_by_index(index: str) -> User | None:
    user = User.objects.filter(email_index=index).first()
    return user if user is not None and user.is_active else None


def live_sign_in(sign_in_id: str, session_key: str) -> SignIn | None:
    """The sign-in that this browser session belongs to, unless it has ended."""
    try:
        key = UUID(sign_in_id)
    except ValueError:
        return None
    rows = SignIn.objects.select_related("user")
    return rows.filter(pk=key, session_key=session_key, ended_at__isnull=True).first()


def live_sign_ins(user: User) -> QuerySet[SignIn]:
    """Where this person is signed in now; pending ones have opened nothing and are left out."""
    return user.sign_ins.filter(ended_at__isnull=True, factor_at__isnull=False)


def live_before(moment: datetime) -> QuerySet[SignIn]:
    """Sign-ins begun before `moment` that have not ended; some may have run out."""
    return SignIn.objects.select_related("user").filter(
        ended_at__isnull=True, created_at__lt=moment
    )


def owner_stayed_outside(sign_in: SignIn) -> bool:
    """Whether nobody has shown this person's second factor since this sign-in began."""
    opened = sign_in.user.sign_ins.filter(factor_at__gte=sign_in.created_at)
    return sign_in.user.has_factor and not opened.exists()


def open_factor_reset(user: User) -> FactorReset | None:
    return user.factor_resets.filter(state__in=OPEN).first()


def factor_resets_waiting(people: QuerySet[User]) -> QuerySet[FactorReset]:
    """Requests of these people that still need an approval."""
    waiting = FactorReset.objects.filter(state=FactorResetState.REQUESTED, user__in=people)
    return waiting.select_related("user__profile", "first_approval_by")
