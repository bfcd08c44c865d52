"""The words of the audit desk: an entry as a plain sentence, without a name that is not an alias.

Importing the apps' events fills the registry: what is not imported here has no words.
"""

from dataclasses import dataclass

from accounts import events as _accounts
from audit import log_events as _audit
from audit.events import Event, Outcome
from compliance import events as _compliance
from consent import events as _consent
from groups import events as _groups
from office import events as _office
from sessions_app import events as _sessions
from sessions_app.events import preparing as _preparing

EVENT_MODULES = (
    *(_audit, _accounts, _groups, _consent, _office, _sessions, _preparing),
    _compliance,
)

SENTENCES = {
    "account.created": "created an account",
    "account.reinstated": "opened a paused account again",
    "account.suspended": "paused an account",
    "auth.access.refused": "asked for a page that is not theirs",
    "auth.factor.enrolled": "set up a second factor",
    "auth.factor.failed": "gave a wrong second factor",
    "auth.factor.offered": "began to set up an authenticator app",
    "auth.factor.ok": "showed a second factor again",
    "auth.factor.recovery_made": "made new recovery codes",
    "auth.factor.removed": "removed a second factor",
    "auth.factor.reset": "reset a lost second factor",
    "auth.factor.reset_approved": "approved the reset of a lost second factor",
    "auth.factor.reset_cancelled": "cancelled the reset of a second factor",
    "auth.factor.reset_requested": "asked to reset a lost second factor",
    "auth.factor.resets_viewed": "saw the requests to reset a second factor",
    "auth.factor.used": "used a fresh second factor for a signature",
    "auth.password.changed": "changed the password",
    "auth.password.ok": "gave the right password",
    "auth.password.reset": "set a new password by mail",
    "auth.password.reset_requested": "asked for a new password",
    "auth.session.locked": "stepped away, or was locked for being idle",
    "auth.session.revoked": "ended sign-ins",
    "auth.session.unlocked": "came back from the lock",
    "auth.session.viewed": "saw the list of own sign-ins",
    "auth.signin.ended": "signed out",
    "auth.signin.failed": "failed to sign in",
    "auth.signin.ok": "signed in",
    "auth.signin.slowed": "was slowed down at the sign-in",
    "profile.saved": "changed the private profile",
    "profile.viewed": "saw the private profile",
}
# With whom it concerned; every other act says it at the end.
ABOUT = {
    "admission.admitted": "admitted {}",
    "admission.declined": "declined {} for now",
    "admission.removed": "removed and blocked {}",
    "admission.returned": "returned {} to the waiting room",
    "auth.factor.reset_approved": "approved the reset of the second factor of {}",
    "auth.factor.reset_cancelled": "cancelled the reset of the second factor of {}",
    "alert.dismissed": "dismissed an alert about {}",
    "alert.escalated": "escalated an alert about {}",
    "alert.raised": "raised an alert about {}",
    "alert.resolved": "closed an alert about {}",
    "alert.viewed": "opened an alert about {}",
    "audit.viewed": "read the audit log of {}",
    "auth.signin.failed": "failed to sign in as {}",
    "guardian.linked": "became a guardian of {}",
    "guardian.ended": "ended a guardian's link to {}",
    "member.birth_date_corrected": "corrected the date of birth of {}",
    "breakglass.opened": "opened the emergency card of {}",
    "breakglass.reviewed": "reviewed the opening of the emergency card of {}",
    "desk.name_revealed": "looked up the true name of {}",
    "desk.person_report": "opened the report on who saw the record of {}",
    "host.media_allowed": "allowed {} to speak and be seen again",
    "host.muted": "muted {}",
    "host.video_stopped": "stopped the video of {}",
    "location.overridden": "let {} go on without a location",
    "member.added": "added {} to a group",
    "member.accommodation_changed": "changed what was agreed about the camera of {}",
    "papers_export.signer": "downloaded the signed papers of {} in an export",
    "reminders.person": "reminded {} of open papers",
    "member.reinstated": "ended the pause of {}",
    "member.removed": "removed {} from a group",
    "member.suspended": "paused the membership of {}",
    "member.viewed": "saw the membership of {}",
    "rights.answered": "answered a request of {} about their record",
    "rights.extended": "took more time for a request of {} about their record",
    "rights.viewed": "opened a request of {} about their record",
    "account.suspended": "paused the account of {}",
    "account.reinstated": "opened the paused account of {} again",
}
REASONS = {
    "admin.decision": "the admin decided so",
    "agreement.breach": "the agreement was broken",
    "broke_agreement": "broke the agreement",
    "complaint": "a complaint",
    "copy": "a copy of the record",
    "correction": "a correction of the record",
    "disclosures": "a list of whom the record was given to",
    "restriction": "a limit on how the record is used",
    "done": "done as asked",
    "partly": "done in part",
    "refused": "not done",
    "connection_lost": "the connection was lost",
    "disruption": "disturbed the group",
    "ended": "it had ended",
    "expected": "expected and explained",
    "expired": "it ran out",
    "host": "the therapist decided so",
    "host.decision": "the therapist decided so",
    "idle": "nobody was there",
    "incident": "a possible incident",
    "informed": "may see which papers are signed",
    "known_to_therapist": "the therapist knows where they are",
    "legal.duty": "a legal duty",
    "medical": "a medical emergency",
    "member.request": "the member asked for it",
    "mistake": "a mistake, talked about",
    "not_given": "no reason given",
    "not_private": "no private space",
    "not_ready": "not ready for the group that day",
    "other_program": "another programme's",
    "person.asked": "the person asked for it",
    "question": "needs a second look",
    "records.handover": "records were handed over",
    "review": "a review",
    "role": "not for this role",
    "safety": "somebody's safety",
    "safety_of_member": "saying it would endanger them",
    "session_ended": "the session had ended",
    "sign": "may sign",
    "told_by_phone": "they told it by phone",
    "unknown_person": "could not tell who it was",
    "unreachable": "the person cannot be reached",
}
OUTCOMES = {Outcome.OK: "done", Outcome.DENIED: "refused", Outcome.FAILED: "failed"}
TONES = {Outcome.OK: "ok", Outcome.DENIED: "warn", Outcome.FAILED: "danger"}
STRENGTHS = {
    "none": "not signed in",
    "password": "password only",
    "password+totp": "password and code",
    "password+recovery": "password and recovery code",
    "passkey": "passkey",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What was done, in the words before and after the person whom it concerned."""

    before: str
    after: str = ""


def sentence(act: str) -> str:
    """What completes "<somebody> …"; an act of an older release is shown as its code."""
    event = Event.registry().get(act)
    return (event.summary if event else "") or SENTENCES.get(act, act)


def said(act: str, *, is_about_another: bool) -> Said:
    if not is_about_another:
        return Said(sentence(act))
    before, _, after = ABOUT.get(act, f"{sentence(act)}, concerning {{}}").partition("{}")
    return Said(before, after)


def reason(code: str) -> str:
    """A code that nobody wrote words for is shown as it is."""
    return REASONS.get(code, code)


def acts() -> list[tuple[str, str]]:
    """Every act with its words, for the filter, in the order of the words."""
    return sorted(((act, sentence(act)) for act in Event.registry()), key=lambda pair: pair[1])
