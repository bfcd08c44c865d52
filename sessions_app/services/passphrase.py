"""The passphrase gate: slowed per person, never locking an account, the therapist told."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts import limits
from accounts.errors import Slowed
from accounts.limits import Limit
from audit.services import act, record
from groups import passphrases
from sessions_app import notify
from sessions_app.events import PassphraseAccepted, PassphraseFailed, PassphraseSlowed
from sessions_app.models import PreJoin
from sessions_app.services.about import about_attempt

ATTEMPTS = 5
PASSPHRASE = Limit("passphrase.person", ATTEMPTS, timedelta(minutes=1))


@act(PassphraseAccepted, PassphraseFailed, PassphraseSlowed)
def give_passphrase(*, prejoin: PreJoin, candidate: str) -> bool:
    """Whether it was right. A wrong or a slowed try is counted and recorded, not raised."""
    group = prejoin.session.group
    about = about_attempt(prejoin)
    try:
        limits.require(PASSPHRASE, prejoin.user_id, group.pk)
    except Slowed:
        record(PassphraseSlowed(**about))
        return False
    if passphrases.matches(group, candidate):
        limits.give_back(PASSPHRASE, prejoin.user_id, group.pk)
        prejoin.passphrase_ok_at = timezone.now()
        prejoin.save(update_fields=["passphrase_ok_at"])
        notify.session_changed(prejoin.session_id)
        record(PassphraseAccepted(**about))
        return True
    PreJoin.objects.filter(pk=prejoin.pk).update(passphrase_failures=F("passphrase_failures") + 1)
    prejoin.refresh_from_db(fields=["passphrase_failures"])
    notify.session_changed(prejoin.session_id)
    record(PassphraseFailed(**about))
    return False


def attempts_left(prejoin: PreJoin) -> int:
    """Tries that are free at once; each minute gives one back."""
    return limits.left(PASSPHRASE, prejoin.user_id, prejoin.session.group_id)
