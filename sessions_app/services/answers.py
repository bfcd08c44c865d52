"""What a person answers on the way in; the answers of one attempt, each given once."""

from uuid import UUID

from django.utils import timezone

from accounts.models import SignIn, User
from audit.services import act, record
from consent import queries as consent
from sessions_app import notify, queries
from sessions_app.errors import NoSuchAdmission
from sessions_app.events import (
    AttemptBegun,
    BrowserAttested,
    DevicesChosen,
    EnvironmentAttested,
    HelpAsked,
    LaterChosen,
    LocationConfirmed,
    LocationOverridden,
    ReminderAcknowledged,
)
from sessions_app.models import DoorNote, PreJoin, Session
from sessions_app.notices import tell_hosts_of_note
from sessions_app.services.about import about_attempt
from sessions_app.services.rows import host_admission, locked_session, void_prejoin
from sessions_app.states import OverrideReason, SeatMode, VoidReason


@act(AttemptBegun)
def begin_attempt(*, user: User, session: Session) -> PreJoin:
    """A blank row; the last one is voided when a passphrase or an agreement made it stale."""
    session = locked_session(session.pk)
    in_force = consent.version_in_force(session.group)
    last = queries.live_prejoin(user, session)
    if last is not None:
        rotated_at = session.group.passphrase_rotated_at
        rotated = rotated_at is not None and rotated_at > last.created_at
        reason = VoidReason.PASSPHRASE_ROTATED if rotated else VoidReason.DOCUMENT_CHANGED
        void_prejoin(last.pk, reason, now=timezone.now())
    prejoin = PreJoin.objects.create(user=user, session=session, paper_version=in_force)
    notify.session_changed(session.pk)
    record(AttemptBegun(**about_attempt(prejoin)))
    return prejoin


@act(ReminderAcknowledged)
def acknowledge_reminder(*, prejoin: PreJoin) -> None:
    prejoin.reminder_acknowledged_at = timezone.now()
    _save(prejoin, "reminder_acknowledged_at")
    record(ReminderAcknowledged(**about_attempt(prejoin)))


@act(EnvironmentAttested)
def attest_environment(
    *, prejoin: PreJoin, answers: dict[str, bool], mode: SeatMode | None = None
) -> None:
    """`answers["alone"]` false is an answer too: the therapist sees it and decides."""
    prejoin.environment_attested_at = timezone.now()
    prejoin.environment = answers
    prejoin.mode = mode or prejoin.mode
    prejoin.later_at = None
    _save(prejoin, "environment_attested_at", "environment", "mode", "later_at")
    record(EnvironmentAttested(**about_attempt(prejoin), private=prejoin.says_private))


@act(HelpAsked)
def ask_for_help(*, prejoin: PreJoin, note: str = "") -> None:
    """The therapist sees it, and a few words, in the list of those at the door or waiting."""
    prejoin.help_asked_at = timezone.now()
    _leave_note(prejoin, note)
    _save(prejoin, "help_asked_at")
    record(HelpAsked(**about_attempt(prejoin)))


@act(LaterChosen)
def come_later(*, prejoin: PreJoin, note: str = "") -> None:
    """No private space today: the hosts are told at once. Nothing closes: one may still come."""
    prejoin.later_at = timezone.now()
    _leave_note(prejoin, note)
    _save(prejoin, "later_at")
    tell_hosts_of_note(prejoin.session)
    record(LaterChosen(**about_attempt(prejoin)))


@act(LocationConfirmed)
def confirm_location(*, prejoin: PreJoin, location: str, call_back: str) -> None:
    prejoin.location_confirmed_at = timezone.now()
    prejoin.location, prejoin.call_back = location, call_back
    _save(prejoin, "location_confirmed_at", "location", "call_back")
    record(LocationConfirmed(**about_attempt(prejoin)))


@act(LocationOverridden)
def override_location(*, session: Session, by: User, person: UUID, reason: OverrideReason) -> None:
    """The only gate that a host may open for somebody, and only from an own seat."""
    session = locked_session(session.pk)
    host_admission(session, by)
    prejoin = (
        PreJoin.objects.select_for_update()
        .filter(session=session, user_id=person, voided_at=None)
        .first()
    )
    if prejoin is None or prejoin.location_is_settled:
        raise NoSuchAdmission("not_at_the_door")
    prejoin.location_override_by, prejoin.location_override_reason = by, reason
    _save(prejoin, "location_override_by", "location_override_reason")
    record(LocationOverridden(**about_attempt(prejoin), reason=reason))


@act(DevicesChosen)
def choose_devices(*, prejoin: PreJoin, mode: SeatMode) -> None:
    prejoin.devices_at = timezone.now()
    prejoin.mode = mode
    _save(prejoin, "devices_at", "mode")
    record(DevicesChosen(**about_attempt(prejoin), mode=mode))


@act(BrowserAttested)
def attest_browser(*, prejoin: PreJoin, sign_in: SignIn) -> None:
    """The browser of this sign-in says that it can encrypt. Lying only harms itself: without the
    keys nothing opens."""
    prejoin.encrypts_on = sign_in
    _save(prejoin, "encrypts_on")
    record(BrowserAttested(**about_attempt(prejoin)))


def _leave_note(prejoin: PreJoin, text: str) -> None:
    """The newest words replace older ones."""
    if text:
        DoorNote.objects.filter(prejoin=prejoin).delete()
        DoorNote.objects.create(prejoin=prejoin, user=prejoin.user, text=text)


def _save(prejoin: PreJoin, *fields: str) -> None:
    prejoin.save(update_fields=list(fields))
    notify.session_changed(prejoin.session_id)
