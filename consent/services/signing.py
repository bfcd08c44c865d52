"""Signing and withdrawing. A signature binds a person, a moment and the hash of one exact text."""

from collections.abc import Collection

from django.utils import timezone

from accounts.access import SignedInRequest
from accounts.errors import StepUpMissing
from accounts.models import Profile, User
from accounts.services import consume_step_up
from audit.context import origin
from audit.events import Ref
from audit.services import act, record
from consent.clauses import PROMISES
from consent.errors import (
    AlreadySigned,
    FactorNotFresh,
    NameMismatch,
    SignatureIncomplete,
    VersionSuperseded,
)
from consent.events import DocumentSigned, SignatureWithdrawn
from consent.models import Agreement, AgreementVersion, Signature
from consent.names import is_own_name
from consent.notifications import tell_group, tell_hosts_of_withdrawal
from consent.records import digest_of
from consent.statements import ELECTRONIC_RECORDS, MEANING
from consent.states import SIGNATURE_TRANSITIONS, SignatureState, VersionState
from groups import queries as groups
from groups.services import activate_membership
from groups.states import MembershipState

MAX_USER_AGENT = 200
REQUIRED_TICKS = frozenset({*PROMISES, ELECTRONIC_RECORDS})


@act(DocumentSigned)
def sign_agreement(
    *,
    request: SignedInRequest,
    version: AgreementVersion,
    printed_name: str,
    ticked: Collection[str],
) -> Signature:
    """Spends one step-up on one signature; the first one makes the membership active.

    MUST be called for a live membership (access.paper_for). Raises VersionSuperseded,
    AlreadySigned, SignatureIncomplete, NameMismatch, FactorNotFresh.
    """
    version = _locked(version)
    _refuse_second(request.user, version)
    _check_said(request.user, printed_name, ticked)
    signature = Signature(
        user=request.user,
        version=version,
        printed_name=" ".join(printed_name.split()),
        signed_at=timezone.now(),
        meaning=MEANING,
        document_sha256=version.sha256,
        clauses=sorted(REQUIRED_TICKS),
        auth_strength=_spent_step_up(request),
        address=origin().address,
        user_agent=request.headers.get("User-Agent", "")[:MAX_USER_AGENT],
    )
    signature.record_digest = digest_of(signature)
    signature.save()
    _activate(request.user, version)
    group = version.agreement.group
    tell_group(group)
    record(
        DocumentSigned(
            object=signature.ref,
            subject=request.user.ref,
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


def _refuse_second(user: User, version: AgreementVersion) -> None:
    former = Signature.objects.filter(user=user, version=version, state=SignatureState.VALID)
    if (signature := former.first()) is not None:
        raise AlreadySigned(signature)


def _check_said(user: User, printed_name: str, ticked: Collection[str]) -> None:
    if not set(ticked) >= REQUIRED_TICKS or not printed_name.strip():
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
    membership = groups.membership_of(user, version.agreement.group_id)
    if membership is not None and membership.state == MembershipState.ENROLLED:
        activate_membership(membership=membership)
