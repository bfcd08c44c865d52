"""Who may read which paper: the object, or the same 404 as for one that does not exist."""

from uuid import UUID

from django.http import Http404

from accounts.access import SignedInRequest
from audit import services as audit
from audit.events import Ref
from consent.events import DocumentRefused
from consent.kinds import binds
from consent.models import AgreementVersion, Proposal, Question, Signature
from consent.states import VersionState
from groups import queries as groups
from groups.models import GuardianLink, Membership


def _refuse(kind: str, pk: UUID, reason: str) -> Http404:
    audit.deny(DocumentRefused(object=Ref(kind, pk), reason=reason))
    return Http404()


def paper_for(request: SignedInRequest, pk: UUID) -> AgreementVersion:
    """A published version of a group one belongs to, or one that one has signed."""
    version = (
        AgreementVersion.objects.exclude(state=VersionState.DRAFT)
        .select_related("agreement__group")
        .filter(pk=pk)
        .first()
    )
    if version is None:
        raise _refuse("agreement_version", pk, "unknown")
    signed = version.signatures.filter(user=request.user).exists()
    if not signed and not may_sign_in_group(request, version):
        raise _refuse("agreement_version", pk, "not_a_member")
    return version


def may_sign_in_group(request: SignedInRequest, version: AgreementVersion) -> bool:
    membership = groups.membership_of(request.user, version.agreement.group_id)
    return (
        membership is not None
        and membership.is_live
        and binds(version.agreement.kind, membership.role)
    )


def paper_to_sign(request: SignedInRequest, pk: UUID) -> AgreementVersion:
    """As `paper_for`, and only for a live membership: having signed once is not enough."""
    version = paper_for(request, pk)
    if not may_sign_in_group(request, version):
        raise _refuse("agreement_version", pk, "not_a_member")
    return version


def paper_for_ward(
    request: SignedInRequest, pk: UUID, link: UUID
) -> tuple[AgreementVersion, GuardianLink]:
    """A published version that binds a minor for whom one stands now."""
    found = groups.wards_of(request.user).filter(pk=link).first()
    version = (
        AgreementVersion.objects.exclude(state=VersionState.DRAFT)
        .select_related("agreement__group")
        .filter(pk=pk, agreement__group=found.ward.group if found else None)
        .first()
    )
    if found is None or version is None or not binds(version.agreement.kind, found.ward.role):
        raise _refuse("agreement_version", pk, "not_a_guardian")
    return version, found


def own_signature(request: SignedInRequest, pk: UUID) -> Signature:
    signature = (
        Signature.objects.filter(user=request.user, pk=pk)
        .select_related("version__agreement__group")
        .first()
    )
    if signature is None:
        raise _refuse("signature", pk, "not_own")
    return signature


def question_for_host(request: SignedInRequest, pk: UUID) -> Question:
    """A question about a paper of a group that one leads."""
    found = (
        Question.objects.filter(pk=pk)
        .select_related("version__agreement__group__program", "asked_by__profile")
        .first()
    )
    membership = None
    if found is not None:
        membership = groups.membership_of(request.user, found.version.agreement.group_id)
    if found is None or membership is None or not membership.is_host:
        raise _refuse("question", pk, "not_host")
    return found


def proposal_for(request: SignedInRequest, pk: UUID) -> tuple[Proposal, Membership]:
    """A proposal of a group that one belongs to now. MUST be followed by `rules.may_discuss`."""
    found = Proposal.objects.filter(pk=pk).select_related("group__program").first()
    membership = groups.membership_of(request.user, found.group_id) if found else None
    if found is None or membership is None or not membership.is_live:
        raise _refuse("proposal", pk, "not_a_member")
    return found, membership


def proposal_for_host(request: SignedInRequest, pk: UUID) -> Proposal:
    found, membership = proposal_for(request, pk)
    if not membership.is_host:
        raise _refuse("proposal", pk, "not_host")
    return found


def own_proposal(request: SignedInRequest, pk: UUID) -> Proposal:
    found, _ = proposal_for(request, pk)
    if found.proposed_by_id != request.user.pk:
        raise _refuse("proposal", pk, "not_own")
    return found
