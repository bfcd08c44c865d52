"""What the page "My privacy" shows: one person's own rows and nothing of anybody else's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts import queries as accounts
from accounts.models import Passkey, SignIn, TotpDevice, User
from compliance.models import PrivacyRequest
from compliance.queries.readers import Readers, Reading, readers_of
from compliance.queries.requests import requests_of
from consent import queries as consent
from consent.models import Signature
from groups import queries as groups
from groups.models import Membership
from sessions_app.models import Admission

READERS_FOR = timedelta(days=183)
SHOWN = 10
NEWEST = 3


@dataclass(frozen=True, slots=True)
class Privacy:
    """Lists that may grow long are cut after SHOWN; the counts are of everything."""

    readers: Readers
    requests: QuerySet[PrivacyRequest]
    sign_ins: QuerySet[SignIn]
    passkeys: QuerySet[Passkey]
    totp_devices: QuerySet[TotpDevice]
    unused_codes: int
    visits: list[Admission]
    visit_count: int
    signatures: QuerySet[Signature]
    memberships: QuerySet[Membership]

    @property
    def newest_readings(self) -> list[Reading]:
        return self.readers.readings[:NEWEST]


def privacy_of(user: User, *, now: datetime | None = None) -> Privacy:
    visits = visits_of(user)
    return Privacy(
        readers=readers_of(user, (now or timezone.now()) - READERS_FOR),
        requests=requests_of(user),
        sign_ins=accounts.live_sign_ins(user),
        passkeys=user.passkeys.order_by("created_at"),
        totp_devices=user.totp_devices.filter(confirmed_at__isnull=False),
        unused_codes=user.recovery_codes.filter(used_at__isnull=True).count(),
        visits=list(visits[:SHOWN]),
        visit_count=visits.count(),
        signatures=consent.signatures_of(user),
        memberships=groups.memberships_of(user),
    )


def visits_of(user: User) -> QuerySet[Admission]:
    """Each time the person sat in a session, newest first."""
    return (
        Admission.objects.filter(user=user, connected_at__isnull=False)
        .select_related("session__group")
        .order_by("-connected_at")
    )
