"""The words of the audit desk: an entry as a plain sentence, without a name that is not an alias.

Importing the apps' events fills the registry: what is not imported here has no words.
"""

from accounts import events as _accounts
from audit.events import Event, Outcome
from compliance import events as _compliance
from consent import events as _consent
from groups import events as _groups
from sessions_app import events as _sessions

EVENT_MODULES = (_accounts, _groups, _consent, _sessions, _compliance)

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
OUTCOMES = {Outcome.OK: "done", Outcome.DENIED: "refused", Outcome.FAILED: "failed"}
TONES = {Outcome.OK: "ok", Outcome.DENIED: "warn", Outcome.FAILED: "danger"}
STRENGTHS = {
    "none": "not signed in",
    "password": "password only",
    "password+totp": "password and code",
    "password+recovery": "password and recovery code",
    "passkey": "passkey",
}


def sentence(act: str) -> str:
    """What completes "<somebody> …"; an act of an older release is shown as its code."""
    event = Event.registry().get(act)
    return (event.summary if event else "") or SENTENCES.get(act, act)


def acts() -> list[tuple[str, str]]:
    """Every act with its words, for the filter, in the order of the words."""
    return sorted(((act, sentence(act)) for act in Event.registry()), key=lambda pair: pair[1])
