"""Accounts and profiles. An account is made by an accepted invitation and by nothing else."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import AddressTaken
from accounts.events import AccountCreated, AccountReinstated, AccountSuspended, ProfileSaved
from accounts.models import Profile, Role, User
from accounts.services.sign_ins import close_sign_ins
from audit.services import act, record


@act(AccountCreated)
def create_account(*, email: str, password: str, role: Role, true_name: str) -> User:
    """The person has no second factor yet: every page but its enrolment stays closed.

    Only groups.services.accept_invitation calls this. Raises AddressTaken.
    """
    user = User(email=email.strip(), role=role)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise AddressTaken from error
    Profile.objects.create(user=user, true_name=true_name)
    record(AccountCreated(object=user.ref, subject=user.ref))
    return user


@act(ProfileSaved)
def save_profile(*, profile: Profile) -> None:
    profile.save()
    record(ProfileSaved(object=profile.ref, subject=profile.user.ref))


@act(AccountSuspended)
def suspend_account(*, user: User, reason: str) -> None:
    """For all groups at once; every sign-in ends now. `reason` is a code."""
    user.suspended_at = timezone.now()
    user.save(update_fields=["suspended_at"])
    close_sign_ins(user.sign_ins.all())
    record(AccountSuspended(object=user.ref, subject=user.ref, reason=reason))


@act(AccountReinstated)
def reinstate_account(*, user: User, reason: str) -> None:
    user.suspended_at = None
    user.save(update_fields=["suspended_at"])
    record(AccountReinstated(object=user.ref, subject=user.ref, reason=reason))
