"""Tries: limit, check, then the service; a failed one is recorded beside its own transaction.

Every function either returns what it opened or raises FactorRefused, SignInRefused or Slowed.
What a stranger can see of it (text, status, work) MUST NOT depend on whether an account exists.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from accounts import limits, queries
from accounts.browsers import Browser
from accounts.errors import FactorRefused, SignInRefused, Slowed
from accounts.events import FactorFailed, SignInFailed, SignInSlowed
from accounts.models import FactorResetState, SignIn, User
from accounts.models.people import email_digest
from accounts.passwords import password_fits
from accounts.services import factor_resets, passwords, sign_ins, step_up
from accounts.services.sign_ins import as_owner
from accounts.tasks import answer_reset_request, tell_of_guesses
from accounts.webauthn import Purpose, take_challenge
from audit.services import deny

Tries = tuple[tuple[limits.Limit, tuple[object, ...]], ...]


def try_password(*, email: str, password: str, browser: Browser) -> SignIn:
    """The first step. One look-up and one hash for everybody."""
    user = queries.person_with(email)
    try:
        with _counted(_password_tries(email, user, browser), SignInFailed, user):
            if not password_fits(user, password) or user is None:
                raise SignInRefused(subject=user.ref if user else None)
            return sign_ins.begin_sign_in(user=user, browser=browser)
    except Slowed:
        _tell_of_guesses(email_digest(email))
        raise


def try_code(*, sign_in: SignIn, code: str, browser: Browser) -> SignIn:
    with _counted(_code_tries(sign_in.user, browser), FactorFailed, sign_in.user):
        opened = sign_ins.open_with_code(sign_in=sign_in, code=code, browser=browser)
    _owner_has_a_factor(opened)
    return opened


def try_passkey(*, sign_in: SignIn | None, credential: dict[str, Any], browser: Browser) -> SignIn:
    """The second step of a pending sign-in, or a whole sign-in without one."""
    tries: Tries = ((limits.ADDRESS, (limits.network_of(browser.address),)),)
    user = sign_in.user if sign_in else None
    with _counted(tries, FactorFailed, user):
        challenge = take_challenge(browser.session, Purpose.SIGN_IN)
        if sign_in is None:
            opened = sign_ins.sign_in_by_passkey(
                challenge=challenge, credential=credential, browser=browser
            )
        else:
            opened = sign_ins.open_with_passkey(
                sign_in=sign_in, challenge=challenge, credential=credential, browser=browser
            )
    _owner_has_a_factor(opened)
    return opened


def try_step_up(*, sign_in: SignIn, password: str, code: str, browser: Browser) -> None:
    with _counted(_code_tries(sign_in.user, browser), FactorFailed, sign_in.user):
        step_up.step_up_with_code(sign_in=sign_in, password=password, code=code)


def try_unlock(*, sign_in: SignIn, secret: str, browser: Browser) -> None:
    with _counted(_code_tries(sign_in.user, browser), FactorFailed, sign_in.user):
        sign_ins.unlock_with_secret(sign_in=sign_in, secret=secret)


def try_step_up_by_passkey(
    *, sign_in: SignIn, credential: dict[str, Any], browser: Browser
) -> None:
    """Behind the lock the same ceremony unlocks: one factor is enough to return."""
    do = sign_ins.unlock_with_passkey if sign_in.is_locked else step_up.step_up_with_passkey
    with _counted((), FactorFailed, sign_in.user):
        challenge = take_challenge(browser.session, Purpose.STEP_UP)
        do(sign_in=sign_in, challenge=challenge, credential=credential)


def try_reset_request(*, email: str, browser: Browser) -> None:
    """Slowed for unknown addresses just the same; the answer comes by mail, if at all."""
    limits.require(limits.RESET_FROM_ADDRESS, limits.network_of(browser.address))
    limits.require(limits.RESET_OF_ACCOUNT, email_digest(email))
    reset = passwords.request_password_reset(email=email)
    answer_reset_request.delay(str(reset.pk))


def counted_codes(sign_in: SignIn, browser: Browser, do: Callable[[], None]) -> None:
    """The limit of codes around another act that takes one (enrolment, a password change)."""
    with _counted(_code_tries(sign_in.user, browser), FactorFailed, sign_in.user):
        do()


@contextmanager
def _counted(
    tries: Tries, failed: type[SignInFailed] | type[FactorFailed], user: User | None
) -> Iterator[None]:
    """Takes a try from each bucket first, and gives them back when the try succeeds."""
    subject = user.ref if user else None
    try:
        for limit, parts in tries:
            limits.require(limit, *parts, subject=subject)
        yield
    except Slowed as slowed:
        deny(SignInSlowed(subject=subject, reason=slowed.code))
        raise
    except (FactorRefused, SignInRefused) as refused:
        deny(failed(subject=refused.subject or subject, reason=refused.code))
        raise
    for limit, parts in tries:
        limits.give_back(limit, *parts)


def _password_tries(email: str, user: User | None, browser: Browser) -> Tries:
    if user is not None and browser.known.knows(user):
        return ((limits.KNOWN_DEVICE, (browser.known.nonce, user.pk)),)
    network = limits.network_of(browser.address)
    return (
        (limits.ADDRESS, (network,)),
        (limits.ACCOUNT_FROM_ADDRESS, (email_digest(email), network)),
    )


def _code_tries(user: User, browser: Browser) -> Tries:
    if browser.known.knows(user):
        return ((limits.CODES_KNOWN_DEVICE, (browser.known.nonce, user.pk)),)
    network = limits.network_of(browser.address)
    return ((limits.CODES, (user.pk,)), (limits.CODES_FROM_ADDRESS, (user.pk, network)))


def _tell_of_guesses(index: str) -> None:
    """A mail a day at most. Queued for unknown addresses too; only the task finds out."""
    try:
        limits.require(limits.GUESSES_TOLD, index)
    except Slowed:
        return
    tell_of_guesses.delay(index)


def _owner_has_a_factor(sign_in: SignIn) -> None:
    """Whoever shows a factor has not lost it: a reset that is under way ends."""
    reset = queries.open_factor_reset(sign_in.user)
    if reset is not None and reset.may_become(FactorResetState.CANCELLED):
        with as_owner(sign_in):
            factor_resets.cancel_factor_reset(reset=reset, reason="factor_shown")
