"""Signing and withdrawing. A signature binds a person, a moment and the hash of one exact text."""

from collections.abc import Collection

from django.utils import timezone

from accounts.access import SignedInRequest
from accounts.errors import StepUpMissing
from accounts.languages import ORIGINAL
from accounts.models import Profile, User
from accounts.services import consume_step_up
from audit.context import origin
from audit.events import Ref
from audit.services import act, record
from consent import queries
from consent.errors import (
    AlreadySigned,
    FactorNotFresh,
    NameMismatch,
    NotYoursToSign,
    SignatureIncomplete,
    VersionSuperseded,
)
from consent.events import DocumentSigned, SignatureWithdrawn
from consent.models import Agreement, AgreementVersion, Signature
from consent.names import is_own_name
from consent.notifications import tell_hosts_of_withdrawal
from consent.records import digest_of
from consent.standing import Standing
from consent.states import SIGNATURE_TRANSITIONS, SignatureState, VersionState
from consent.translating import reading_of
from groups import queries as groups
from groups.models import GuardianLink
from groups.notifications import tell_group
from groups.services import activate_membership
from groups.states import MembershipState

MAX_USER_AGENT = 200


@act(DocumentSigned)
def sign_agreement(
    *,
    request: SignedInRequest,
    version: AgreementVersion,
    printed_name: str,
    ticked: Collection[str],
    language: str = ORIGINAL.code,
    link: GuardianLink | None = None,
) -> Signature:
    """Spends one step-up on one signature; the last one that was due makes a member active.

    With `link` a guardian signs for the minor: a row of its own beside the minor's own assent.

    `language` is the one that was read; its text's hash is what is stored. MUST be called for a
    live membership (access.paper_for). Raises VersionSuperseded, AlreadySigned,
    SignatureIncomplete, NameMismatch, FactorNotFresh.
    """
    version = _locked(version)
    ward = _ward_of(link, request.user, version)
    former = _former(request.user, version, ward)
    reading = reading_of(version, language)
    if reading.missing is not None:
        raise SignatureIncomplete
    asked = frozenset(reading.statements)
    _check_said(request.user, printed_name, ticked, asked)
    signature = Signature(
        user=request.user,
        version=version,
        on_behalf_of=ward,
        printed_name=" ".join(printed_name.split()),
        signed_at=timezone.now(),
        meaning=queries.meaning_of(request.user, version, ward),
        language=reading.language.code,
        document_sha256=reading.sha256,
        clauses=sorted(asked),
        auth_strength=_spent_step_up(request),
        address=origin().address,
        user_agent=request.headers.get("User-Agent", "")[:MAX_USER_AGENT],
    )
    signature.record_digest = digest_of(signature)
    _replace(former)
    signature.save()
    if ward is None:
        _activate(request.user, version)
    group = version.agreement.group
    tell_group(group)
    record(
        DocumentSigned(
            object=signature.ref,
            subject=(ward or request.user).ref,
            group=group.ref,
            record=Ref("record", signature.record_digest),
        )
    )
    return signature


@act(SignatureWithdrawn)
def withdraw_signature(*, signature: Signature) -> Signature:
    """Closes the later gates. The row stays: it says what was signed, and until when.

    Somebody who sits in a session keeps the seat until the therapist, told at once, decides.
    """
    signature = (
        Signature.objects.select_for_update(of=("self",))
        .select_related("version__agreement__group", "user")
        .get(pk=signature.pk)
    )
    if SignatureState.WITHDRAWN not in SIGNATURE_TRANSITIONS[SignatureState(signature.state)]:
        raise VersionSuperseded
    signature.state = SignatureState.WITHDRAWN
    signature.withdrawn_at = timezone.now()
    signature.save(update_fields=["state", "withdrawn_at"])
    group = signature.version.agreement.group
    tell_group(group)
    tell_hosts_of_withdrawal(group, but=signature.user)
    record(SignatureWithdrawn(object=signature.ref, subject=signature.user.ref, group=group.ref))
    return signature


def _locked(version: AgreementVersion) -> AgreementVersion:
    """The agreement's row is locked as in publishing: nobody signs what is being replaced."""
    Agreement.objects.select_for_update().get(pk=version.agreement_id)
    version = AgreementVersion.objects.select_related("agreement__group").get(pk=version.pk)
    if version.state != VersionState.PUBLISHED:
        raise VersionSuperseded
    return version


def _ward_of(link: GuardianLink | None, guardian: User, version: AgreementVersion) -> User | None:
    """Asked again under the lock: a link may have ended while the paper was read."""
    if link is None:
        return None
    link = GuardianLink.objects.select_related("ward__user").get(pk=link.pk)
    fits = link.guardian_id == guardian.pk and link.ward.group_id == version.agreement.group_id
    if not (fits and link.may_sign):
        raise NotYoursToSign
    return link.ward.user


def _former(user: User, version: AgreementVersion, ward: User | None) -> Signature | None:
    """The signature that a re-affirmation replaces. Raises AlreadySigned when nothing is due."""
    paper = queries.paper_of(user, version, ward=ward)
    if paper.standing == Standing.CURRENT and paper.signature is not None:
        raise AlreadySigned(paper.signature)
    valid = queries.valid_signatures_of(user)
    return valid.filter(version=version, on_behalf_of=ward).first()


def _replace(former: Signature | None) -> None:
    """The older row stays: it says from when to when it was the one that counted."""
    if former is not None:
        former.state = SignatureState.SUPERSEDED
        former.save(update_fields=["state"])


def _check_said(
    user: User, printed_name: str, ticked: Collection[str], asked: frozenset[str]
) -> None:
    if not set(ticked) >= asked or not printed_name.strip():
        raise SignatureIncomplete
    profile = Profile.objects.filter(user=user).first()
    if not is_own_name(printed_name, true_name=profile.true_name if profile else ""):
        raise NameMismatch


def _spent_step_up(request: SignedInRequest) -> str:
    try:
        return consume_step_up(request)
    except StepUpMissing as error:
        raise FactorNotFresh from error


def _activate(user: User, version: AgreementVersion) -> None:
    """Enrolled people become active once nothing keeps the door closed for them."""
    group = version.agreement.group
    membership = groups.membership_of(user, group.pk)
    if membership is None or membership.state != MembershipState.ENROLLED:
        return
    if queries.is_current(user, group):
        activate_membership(membership=membership)
