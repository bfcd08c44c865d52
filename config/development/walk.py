"""Walks a person of the cast through the services that pages use: nothing is written past them.

For the demo's seed and for tests. Every step is checked, encrypted and audited as for anybody.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts import totp
from accounts.access import SignedInRequest
from accounts.browsers import Browser, KnownDevice
from accounts.models import Factor, Profile, Role, SignIn, TotpDevice, User
from accounts.services import save_profile
from accounts.services.factors import confirm_totp, make_recovery_codes, offer_totp
from accounts.services.sign_ins import begin_sign_in, end_sign_in, open_by_enrolment
from accounts.services.step_up import step_up_with_code
from audit.context import Origin, acting
from config.development.cast import Person
from consent import queries as papers
from consent.models import AgreementVersion, Signature
from consent.services import sign_agreement
from consent.statements import statements_for
from groups.models import Group, Membership, Program
from groups.services import accept_invitation, invite
from groups.states import GuardianScope, SeatRole

HERE = "127.0.0.1"
ENDS_NOW_SECONDS = 2.0


@dataclass(slots=True)
class Visit:
    """A person signed in with two factors, in a browser session of their own."""

    person: Person
    password: str = field(repr=False)
    user: User
    sign_in: SignIn
    session: SessionBase
    recovery_codes: list[str] = field(default_factory=list, repr=False)
    membership: Membership | None = None

    @contextmanager
    def acting(self) -> Iterator[None]:
        origin = Origin(
            actor=self.user.ref,
            actor_role=self.user.role,
            auth_strength=self.sign_in.auth_strength,
            address=HERE,
        )
        with acting(origin):
            yield

    def request(self) -> SignedInRequest:
        """What a view behind `signed_in` is given."""
        request = SignedInRequest()
        request.user, request.sign_in, request.session = self.user, self.sign_in, self.session
        request.META["REMOTE_ADDR"] = HERE
        return request

    def step_up(self) -> None:
        """With the next unused code, else with a recovery code."""
        code = next_code(self.user) or self.recovery_codes.pop()
        with self.acting():
            step_up_with_code(sign_in=self.sign_in, password=self.password, code=code)

    def sign(self, group: Group) -> list[Signature]:
        """Everything that is due in this group, each with a step-up of its own."""
        return [self._sign(version) for version in papers.papers_due(self.user, group)]

    def _sign(self, version: AgreementVersion) -> Signature:
        self.step_up()
        with self.acting():
            return sign_agreement(
                request=self.request(),
                version=version,
                printed_name=self.person.true_name,
                ticked=set(statements_for(version.agreement.kind)),
            )

    def sign_out(self) -> None:
        with self.acting():
            end_sign_in(sign_in=self.sign_in)


def come_in(
    person: Person,
    *,
    password: str,
    program: Program,
    invited_by: User | None,
    group: Group | None = None,
    seat_role: SeatRole | None = None,
    ward: Membership | None = None,
    born_on: date | None = None,
) -> Visit:
    """From the invitation to the first page, the second factor enrolled; with `ward` as a guardian
    who may sign."""
    actor = invited_by.ref if invited_by else None
    with acting(Origin(actor=actor, actor_role=invited_by.role if invited_by else "system")):
        issued = invite(
            program=program,
            address=person.email,
            role=Role(person.role),
            invited_by=invited_by,
            group=group,
            seat_role=seat_role,
            ward=ward,
            guardian_scope=GuardianScope.SIGN if ward else None,
        )
    token = issued.link.rstrip("/").rpartition("/")[2]
    with acting(Origin(actor=None, actor_role="visitor", address=HERE)):
        accepted = accept_invitation(
            token=token,
            password=password,
            true_name=person.true_name,
            alias=person.alias,
            pronouns=person.pronouns,
            born_on=born_on,
        )
        visit = enrol(person, accepted.user, password)
    visit.membership = accepted.membership
    with visit.acting():
        fill_profile(person, visit.user)
    return visit


def enrol(person: Person, user: User, password: str) -> Visit:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    browser = Browser(session=session, known=KnownDevice(), address=HERE, name="The seed")
    sign_in = begin_sign_in(user=user, browser=browser)
    device = offer_totp(sign_in=sign_in)
    confirm_totp(sign_in=sign_in, device=device, code=oldest_code(device))
    codes = make_recovery_codes(user=user)
    open_by_enrolment(sign_in=sign_in, factor=Factor.TOTP, browser=browser)
    session.save()
    return Visit(person, password, user, sign_in, session, codes)


def oldest_code(device: TotpDevice) -> str:
    """The oldest that is accepted, so that the newer ones stay unused; never one that ends now."""
    left = seconds_to_next_step()
    if left < ENDS_NOW_SECONDS:
        time.sleep(left)
    return totp.code_at(device.secret, totp.present_step() - totp.DRIFT_STEPS)


def fill_profile(person: Person, user: User) -> None:
    profile = Profile.objects.get(user=user)
    profile.call_back = person.call_back
    profile.emergency_contact = f"A friend of {person.true_name.split()[0]}, {person.call_back}"
    save_profile(profile=profile)


def next_code(user: User) -> str | None:
    """The first code that is accepted now and was not used yet; None until the next step."""
    device = TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).latest("created_at")
    now = totp.present_step()
    unused = (step for step in (now, now + totp.DRIFT_STEPS) if step > device.last_step)
    step = next(unused, None)
    return None if step is None else totp.code_at(device.secret, step)


def seconds_to_next_step() -> float:
    return totp.STEP_SECONDS - time.time() % totp.STEP_SECONDS
