"""Reads: which papers a person has to sign, and whether what was signed is still in force."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from consent.models import AgreementVersion, Signature
from consent.states import SignatureState, VersionState
from groups import queries as groups
from groups.models import Group
from groups.states import LIVE_STATES


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


def papers_visible_to(user: User) -> QuerySet[AgreementVersion]:
    """The versions in force in the person's groups, and every one the person ever signed."""
    mine = groups.memberships_of(user).filter(state__in=LIVE_STATES).values("group_id")
    signed = Signature.objects.filter(user=user).values("version_id")
    in_force = AgreementVersion.objects.filter(
        agreement__group__in=mine, state=VersionState.PUBLISHED
    )
    return AgreementVersion.objects.filter(pk__in=in_force.values("pk")).union(
        AgreementVersion.objects.filter(pk__in=signed)
    )


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
