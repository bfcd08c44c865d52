"""The gates between a person and the waiting room: in one place, in one order.

Each is open or closed with its own next step. `require_all_open` MUST be asked again at every
later step: answers grow old, agreements change, memberships end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import SignIn, User
from consent import learned
from consent import queries as consent
from groups.models import Membership
from groups.states import HOST_ROLES, MembershipState
from sessions_app.errors import GateIsClosed
from sessions_app.models import PreJoin, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One person's try to join one session, with all that the gates look at, read at one moment.

    `prejoin` is a blank, unsaved row when there is none or when the last one is void.
    """

    session: Session
    user: User
    membership: Membership
    sign_in: SignIn | None
    prejoin: PreJoin
    papers_current: bool
    guardian_current: bool
    fits_ages: bool
    lessons_current: bool
    blocked: bool
    now: datetime

    @property
    def is_host(self) -> bool:
        return self.membership.role in HOST_ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`next_step` is said to the person; `url_name` is where they take it."""

    name: str
    title: str
    next_step: str
    url_name: str
    is_open: Callable[[Attempt], bool]

    def url(self, attempt: Attempt) -> str:
        """The page of its next step; pages of other apps lead back to this attempt."""
        if self.url_name.startswith("sessions:"):
            return reverse(self.url_name, args=[attempt.session.pk])
        back = urlencode({"next": reverse("sessions:enter", args=[attempt.session.pk])})
        return f"{reverse(self.url_name)}?{back}"


class AgesGate(Gate):
    """Asks for a date of birth that nobody knows yet; else the group's page says what to do."""

    def url(self, attempt: Attempt) -> str:
        if attempt.user.profile.born_on is None:
            return super().url(attempt)
        return reverse("groups:group", args=[attempt.session.group_id])


class PapersGate(Gate):
    """Leads straight to the paper that is to be signed."""

    def url(self, attempt: Attempt) -> str:
        due = consent.papers_due(attempt.user, attempt.session.group)
        if not due:
            return reverse(self.url_name)
        back = urlencode({"next": reverse("sessions:enter", args=[attempt.session.pk])})
        return f"{reverse('consent:paper', args=[due[0].pk])}?{back}"


class LessonsGate(Gate):
    """Leads straight to the lesson that waits."""

    def url(self, attempt: Attempt) -> str:
        waiting = learned.next_lesson(attempt.user)
        if waiting is None:
            return reverse(self.url_name)
        back = urlencode({"next": reverse("sessions:enter", args=[attempt.session.pk])})
        return f"{reverse('consent:lesson', args=[waiting.key])}?{back}"


def _has_two_factors(attempt: Attempt) -> bool:
    return attempt.sign_in is not None and attempt.sign_in.is_open and attempt.user.is_active


def _is_active_member(attempt: Attempt) -> bool:
    return (
        attempt.membership.state == MembershipState.ACTIVE
        and attempt.session.group.archived_at is None
        and not attempt.blocked
    )


def _is_within_window(attempt: Attempt) -> bool:
    return attempt.session.is_joinable and attempt.session.is_within_window(attempt.now)


def _knows_passphrase(attempt: Attempt) -> bool:
    return (
        attempt.is_host
        or not attempt.session.group.has_passphrase
        or attempt.prejoin.passphrase_ok_at is not None
    )


def _can_encrypt(attempt: Attempt) -> bool:
    """Said by the very browser that is here now: another one has to say it for itself."""
    if not attempt.session.is_end_to_end:
        return True
    attested = attempt.prejoin.encrypts_on_id
    return attested is not None and (attempt.sign_in is None or attested == attempt.sign_in.pk)


GATES: list[Gate] = [
    Gate(
        name="factors",
        title="Sign in",
        next_step="Sign in with your second factor.",
        url_name="accounts:sign_in",
        is_open=_has_two_factors,
    ),
    Gate(
        name="membership",
        title="Membership",
        next_step="Sign your papers. Then you are an active member of the group.",
        url_name="consent:papers",
        is_open=_is_active_member,
    ),
    AgesGate(
        name="ages",
        title="Age",
        next_step="This group is for certain ages: write your date of birth, or ask for help.",
        url_name="accounts:profile",
        is_open=lambda attempt: attempt.fits_ages,
    ),
    Gate(
        name="window",
        title="Time",
        next_step="Come back when the session opens.",
        url_name="sessions:closed",
        is_open=_is_within_window,
    ),
    PapersGate(
        name="papers",
        title="Papers",
        next_step="Read and sign the group's agreement.",
        url_name="consent:papers",
        is_open=lambda attempt: attempt.papers_current,
    ),
    LessonsGate(
        name="lessons",
        title="Lessons",
        next_step="Take the short lessons that wait: two minutes each.",
        url_name="consent:lessons",
        is_open=lambda attempt: attempt.lessons_current,
    ),
    Gate(
        name="guardian",
        title="Guardian",
        next_step="Your parent or guardian has to sign too. Ask them, or ask your therapist.",
        url_name="consent:papers",
        is_open=lambda attempt: attempt.guardian_current,
    ),
    Gate(
        name="reminder",
        title="Reminder",
        next_step="Read the five ground rules.",
        url_name="sessions:reminder",
        is_open=lambda attempt: attempt.prejoin.reminder_acknowledged_at is not None,
    ),
    Gate(
        name="environment",
        title="My space",
        next_step="Say how private your space is.",
        url_name="sessions:space",
        is_open=lambda attempt: attempt.prejoin.environment_attested_at is not None,
    ),
    Gate(
        name="location",
        title="Where I am",
        next_step="Tell your therapist where you are, or ask to go on without.",
        url_name="sessions:location",
        is_open=lambda attempt: attempt.is_host or attempt.prejoin.location_is_settled,
    ),
    Gate(
        name="browser",
        title="Browser",
        next_step="Come with a browser that can encrypt end to end.",
        url_name="sessions:browser",
        is_open=_can_encrypt,
    ),
    Gate(
        name="passphrase",
        title="Passphrase",
        next_step="Type the group's passphrase.",
        url_name="sessions:passphrase",
        is_open=_knows_passphrase,
    ),
]


def register(gate: Gate, *, before: str) -> None:
    """For a higher app, once as it starts. MUST keep the number of queries fixed per host."""
    place = next(number for number, one in enumerate(GATES) if one.name == before)
    if all(one.name != gate.name for one in GATES):
        GATES.insert(place, gate)


def first_closed(attempt: Attempt) -> Gate | None:
    return next((gate for gate in GATES if not gate.is_open(attempt)), None)


def require_all_open(attempt: Attempt) -> None:
    """Raises GateIsClosed, which names the first closed gate."""
    if (closed := first_closed(attempt)) is not None:
        raise GateIsClosed(closed.name)


def by_name(name: str) -> Gate:
    return next(gate for gate in GATES if gate.name == name)
