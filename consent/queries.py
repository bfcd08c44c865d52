"""Reads: which papers a person has to sign, and whether what was signed is still in force."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from consent.models import AgreementVersion, Signature
from consent.states import SignatureState, VersionState
from groups import queries as groups
from groups.models import Group


def version_in_force(group: Group) -> AgreementVersion | None:
    return AgreementVersion.objects.filter(
        agreement__group=group, state=VersionState.PUBLISHED
    ).first()


def draft_of(group: Group) -> AgreementVersion | None:
    return AgreementVersion.objects.filter(agreement__group=group, state=VersionState.DRAFT).first()


def papers_due(user: User, group: Group) -> list[AgreementVersion]:
    """The versions in force that this person has not signed; empty when none is published."""
    signed = Signature.objects.filter(user=user, version=OuterRef("pk"), state=SignatureState.VALID)
    return list(
        AgreementVersion.objects.filter(agreement__group=group, state=VersionState.PUBLISHED)
        .exclude(Exists(signed))
        .select_related("agreement__group")
    )


def is_current(user: User, group: Group) -> bool:
    """Whether the papers gate is open: a version is in force, and this person signed it.

    False while nothing is published: a group without an agreement admits nobody.
    """
    return Signature.objects.filter(
        user=user,
        state=SignatureState.VALID,
        version__state=VersionState.PUBLISHED,
        version__agreement__group=group,
    ).exists()


def current_signers(group: Group) -> set[UUID]:
    """The ids of everybody for whom `is_current` is true."""
    return set(
        Signature.objects.filter(
            state=SignatureState.VALID,
            version__state=VersionState.PUBLISHED,
            version__agreement__group=group,
        ).values_list("user_id", flat=True)
    )


@dataclass(frozen=True, slots=True)
class GroupPaper:
    """One group's agreement from one person's side; `signature` is the valid one, if any."""

    group: Group
    version: AgreementVersion | None
    signature: Signature | None


def papers_of(user: User) -> list[GroupPaper]:
    """The agreement of each of the person's groups, what waits for a signature first."""
    groups_of_user = [m.group for m in groups.memberships_of(user) if m.is_live]
    versions = AgreementVersion.objects.filter(
        agreement__group__in=groups_of_user, state=VersionState.PUBLISHED
    ).select_related("agreement")
    by_group = {version.agreement.group_id: version for version in versions}
    signatures = valid_signatures_of(user).filter(version__in=by_group.values())
    by_version = {signature.version_id: signature for signature in signatures}
    papers = []
    for group in groups_of_user:
        version = by_group.get(group.pk)
        signature = by_version.get(version.pk) if version else None
        papers.append(GroupPaper(group, version, signature))
    return sorted(papers, key=lambda paper: paper.signature is not None)


def valid_signatures_of(user: User) -> QuerySet[Signature]:
    return Signature.objects.filter(user=user, state=SignatureState.VALID)


def signatures_of(user: User) -> QuerySet[Signature]:
    """Everything the person ever signed, newest first."""
    return (
        Signature.objects.filter(user=user)
        .select_related("version__agreement__group")
        .order_by("-signed_at")
    )


def signatures_without_copy(*, limit: int) -> QuerySet[Signature]:
    return Signature.objects.filter(copy=None).order_by("signed_at")[:limit]


def last_signed_before(user: User, version: AgreementVersion) -> AgreementVersion | None:
    """The version this person signed last, older than the given one: what the diff starts from."""
    signature = (
        Signature.objects.filter(
            user=user, version__agreement=version.agreement_id, version__number__lt=version.number
        )
        .select_related("version")
        .order_by("-version__number")
        .first()
    )
    return signature.version if signature else None
