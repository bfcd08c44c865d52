"""Reads: which papers a person has to sign, and whether what was signed is still in force."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import User
from consent.kinds import DOOR_KINDS, PROPOSABLE, DocumentKind, bars_door, binds
from consent.library import starting_text
from consent.models import AgreementVersion, PaperPolicy, Question, Signature, Translation
from consent.standing import DEFAULT_REVIEW_DAYS, Standing, Terms, standing
from consent.statements import ASSENT, FOR_A_MINOR, MEANING
from consent.states import SignatureState, VersionState
from groups import queries as groups
from groups.models import Group, GuardianLink

CONFIDENTIALITY = DocumentKind.CONFIDENTIALITY
TERMS = "version__agreement__group__paper_policy"


def version_in_force(group: Group, kind: DocumentKind = CONFIDENTIALITY) -> AgreementVersion | None:
    return versions_in_force(group).filter(agreement__kind=kind).first()


def versions_in_force(group: Group) -> QuerySet[AgreementVersion]:
    return AgreementVersion.objects.filter(
        agreement__group=group, state=VersionState.PUBLISHED
    ).select_related("agreement__group")


def draft_of(group: Group, kind: DocumentKind = CONFIDENTIALITY) -> AgreementVersion | None:
    return AgreementVersion.objects.filter(
        agreement__group=group, agreement__kind=kind, state=VersionState.DRAFT
    ).first()


def text_to_edit(group: Group, kind: DocumentKind) -> str:
    """The draft, else the version in force, else our words to start from."""
    present = draft_of(group, kind) or version_in_force(group, kind)
    return present.text if present else starting_text(kind)


def drafts_of(group: Group) -> QuerySet[AgreementVersion]:
    return AgreementVersion.objects.filter(
        agreement__group=group, state=VersionState.DRAFT
    ).select_related("agreement")


def translations_of(agreement_id: UUID) -> QuerySet[Translation]:
    """Of every version of one document."""
    return Translation.objects.filter(version__agreement=agreement_id)


def codes_of(version: AgreementVersion | None) -> list[str]:
    """The languages into which a version is translated."""
    if version is None:
        return []
    return list(version.translations.values_list("language", flat=True))


def questions_of(user: User, version: AgreementVersion) -> QuerySet[Question]:
    """What this person asked about any version of this document."""
    return Question.objects.filter(asked_by=user, version__agreement=version.agreement_id)


def waiting_questions(group: Group) -> QuerySet[Question]:
    """What those who lead the group have not answered yet, the oldest first."""
    return Question.objects.filter(
        version__agreement__group=group, answered_at=None
    ).select_related("version__agreement", "asked_by__profile")


def policy_of(group: Group) -> PaperPolicy:
    """The group's own, or the defaults as an unsaved row."""
    return PaperPolicy.objects.filter(group=group).first() or PaperPolicy(group=group)


def groups_to_remind(now: datetime) -> QuerySet[Group]:
    """Whose interval has passed since they began, looked through their rules or were reminded."""
    begun = Min(
        "agreements__versions__published_at", filter=Q(agreements__kind__in=sorted(PROPOSABLE))
    )
    # GREATEST of PostgreSQL passes over what is NULL.
    since = Greatest(begun, "paper_policy__reviewed_at", "paper_policy__review_reminded_at")
    days = Coalesce(F("paper_policy__review_days"), DEFAULT_REVIEW_DAYS)
    interval = ExpressionWrapper(days * Value(timedelta(days=1)), output_field=DurationField())
    return (
        Group.objects.filter(archived_at=None)
        .select_related("program")
        .annotate(begun=begun, due_at=ExpressionWrapper(since + interval, DateTimeField()))
        .filter(begun__isnull=False, due_at__lte=now)
    )


@dataclass(frozen=True, slots=True)
class DoorPapers:
    """What the papers gate looks at, for one person or a whole group, read at one moment.

    `kinds`: the versions in force that bar the door to somebody, by kind. `signed`: by person,
    the versions for which a signature opens it. `signed_for`: the same by minor, for those
    signatures of guardians that count now.
    """

    kinds: Mapping[str, AgreementVersion]
    signed: Mapping[UUID, frozenset[UUID]]
    minors: frozenset[UUID] = frozenset()
    signed_for: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    @property
    def agreement(self) -> AgreementVersion | None:
        return self.kinds.get(CONFIDENTIALITY)

    def is_current(self, user_id: UUID, role: str) -> bool:
        """False while no agreement on confidentiality is published: such a group admits nobody."""
        if self.agreement is None:
            return False
        return self._asked(role) <= self.signed.get(user_id, frozenset())

    def is_stood_for(self, user_id: UUID, role: str) -> bool:
        """Whether a guardian has signed all that a minor signs; true of everybody else."""
        return user_id not in self.minors or self._asked(role) <= self.signed_for.get(
            user_id, frozenset()
        )

    def _asked(self, role: str) -> set[UUID]:
        return {paper.pk for kind, paper in self.kinds.items() if bars_door(kind, role)}


def door_papers(
    group: Group,
    *,
    user: User | None = None,
    now: datetime | None = None,
    minors: frozenset[UUID] | None = None,
) -> DoorPapers:
    """Three queries, whoever and however many are asked about; one more where there are minors,
    and one less for whoever says who they are."""
    in_force = versions_in_force(group).filter(agreement__kind__in=sorted(DOOR_KINDS)).defer("text")
    signatures = Signature.objects.filter(
        state=SignatureState.VALID,
        version__state=VersionState.PUBLISHED,
        version__agreement__group=group,
    )
    if user is not None:
        signatures = signatures.filter(Q(user=user) | Q(on_behalf_of=user))
    now = now or timezone.now()
    minors = groups.minors_of(group, now) if minors is None else minors
    links: frozenset[tuple[UUID, UUID]] = groups.signing_links(group) if minors else frozenset()
    signed: dict[UUID, frozenset[UUID]] = {}
    signed_for: dict[UUID, frozenset[UUID]] = {}
    for signer, minor, version in _standing_open(signatures, now):
        if minor is None:
            signed[signer] = signed.get(signer, frozenset()) | {version}
        elif (signer, minor) in links:
            signed_for[minor] = signed_for.get(minor, frozenset()) | {version}
    kinds = {version.agreement.kind: version for version in in_force}
    return DoorPapers(kinds, signed, minors, signed_for)


def _standing_open(
    signatures: QuerySet[Signature], now: datetime
) -> Iterator[tuple[UUID, UUID | None, UUID]]:
    """Signer, the minor for whom they signed if there is one, and version."""
    rows = signatures.values_list(
        *("user_id", "on_behalf_of_id", "version_id", "state", "signed_at"),
        *(f"{TERMS}__reaffirm_days", f"{TERMS}__grace_days", f"{TERMS}__asked_again_at"),
    )
    for signer, minor, version, state, signed_at, *days in rows:
        terms = Terms.of_days(*days)
        if standing(state=state, signed_at=signed_at, terms=terms, now=now).opens_door:
            yield signer, minor, version


def is_current(user: User, group: Group, *, now: datetime | None = None) -> bool:
    """Whether the papers gate is open for this person."""
    membership = groups.membership_of(user, group.pk)
    papers = door_papers(group, user=user, now=now)
    return membership is not None and papers.is_current(user.pk, membership.role)


def current_signers(group: Group) -> set[UUID]:
    """The ids of everybody for whom `is_current` is true."""
    papers = door_papers(group)
    return {
        user_id
        for user_id, role in groups.roster_of(group).values_list("user_id", "role")
        if papers.is_current(user_id, role)
    }


@dataclass(frozen=True, slots=True)
class GroupPaper:
    """One document of a group from one person's side; `signature` is the newest of this version."""

    group: Group
    version: AgreementVersion
    signature: Signature | None
    standing: Standing
    expires_at: datetime | None = None

    @property
    def bars_door(self) -> bool:
        return not self.standing.opens_door and self.version.agreement.kind in DOOR_KINDS

    @property
    def may_be_signed(self) -> bool:
        return self.standing != Standing.CURRENT


def papers_of(user: User, group: Group, role: str, *, ward: User | None = None) -> list[GroupPaper]:
    """Everything that somebody of this part is asked to sign, the first kind first; with `ward`
    what a guardian signs for that minor, in the minor's part."""
    asked = [one for one in versions_in_force(group) if binds(one.agreement.kind, role)]
    terms, now = policy_of(group).terms, timezone.now()
    newest = _newest_signatures(user, asked, ward)
    order = list(DocumentKind)
    asked.sort(key=lambda version: order.index(DocumentKind(version.agreement.kind)))
    return [_paper(group, version, newest.get(version.pk), terms, now) for version in asked]


def paper_of(user: User, version: AgreementVersion, *, ward: User | None = None) -> GroupPaper:
    """One version, in force or not, from this person's side."""
    newest = _newest_signatures(user, [version], ward).get(version.pk)
    group = version.agreement.group
    return _paper(group, version, newest, policy_of(group).terms, timezone.now())


def _newest_signatures(
    user: User, versions: list[AgreementVersion], ward: User | None
) -> dict[UUID, Signature]:
    rows = Signature.objects.filter(user=user, on_behalf_of=ward, version__in=versions)
    rows = rows.order_by("signed_at")
    return {signature.version_id: signature for signature in rows}


def _paper(
    group: Group,
    version: AgreementVersion,
    signature: Signature | None,
    terms: Terms,
    now: datetime,
) -> GroupPaper:
    if signature is None:
        return GroupPaper(group, version, None, Standing.MISSING)
    stands = standing(state=signature.state, signed_at=signature.signed_at, terms=terms, now=now)
    return GroupPaper(group, version, signature, stands, terms.expires_at(signature.signed_at))


def meaning_of(user: User, version: AgreementVersion, ward: User | None) -> str:
    """What signing this means for this person: consent, a minor's assent, or a guardian's word."""
    if ward is not None:
        return FOR_A_MINOR
    membership = groups.membership_of(user, version.agreement.group_id)
    return ASSENT if membership is not None and groups.is_minor(membership) else MEANING


def papers_due(user: User, group: Group) -> list[AgreementVersion]:
    """What keeps the door closed for this person; empty when nothing is published."""
    membership = groups.membership_of(user, group.pk)
    if membership is None:
        return []
    return [paper.version for paper in papers_of(user, group, membership.role) if paper.bars_door]


@dataclass(frozen=True, slots=True)
class WardPapers:
    """What a guardian signs for one minor. Holds the minor's name, and nobody else of the group."""

    link: GuardianLink
    papers: list[GroupPaper]

    @property
    def name(self) -> str:
        return self.link.ward.user.profile.true_name


def papers_of_wards(guardian: User) -> list[WardPapers]:
    return [
        WardPapers(
            link,
            papers_of(guardian, link.ward.group, link.ward.role, ward=link.ward.user),
        )
        for link in groups.wards_of(guardian)
    ]


def unsigned_guardians_of(user: User) -> list[Group]:
    """Groups in which this minor waits for a guardian's signature."""
    return [
        member.group
        for member in groups.memberships_of(user)
        if not door_papers(member.group, user=user).is_stood_for(user.pk, member.role)
    ]


@dataclass(frozen=True, slots=True)
class GroupPapers:
    group: Group
    papers: list[GroupPaper]


def papers_of_groups(user: User) -> list[GroupPapers]:
    """By group, those in which something waits first."""
    found = [
        GroupPapers(member.group, papers_of(user, member.group, member.role))
        for member in groups.memberships_of(user)
        if member.is_live
    ]
    return sorted(found, key=lambda one: not any(paper.bars_door for paper in one.papers))


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
