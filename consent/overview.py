"""Who has signed what in a group: one row a person, one column a document, a few queries in all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from consent import queries
from consent.kinds import DocumentKind, binds
from consent.models import AgreementVersion, PaperPolicy, Question, Signature
from consent.rules import waiting_proposals
from consent.standing import Standing, Terms, standing
from groups import queries as groups
from groups.models import Group, Membership


@dataclass(frozen=True, slots=True)
class Document:
    kind: DocumentKind
    in_force: AgreementVersion | None
    draft: AgreementVersion | None


@dataclass(frozen=True, slots=True)
class Signer:
    """`standings` runs along the documents in force; None where a document does not bind."""

    membership: Membership
    standings: tuple[Standing | None, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    documents: list[Document]
    columns: list[AgreementVersion]
    signers: list[Signer]
    review_due: bool
    questions: list[Question]
    proposals: int


def overview_of(group: Group) -> Overview:
    in_force = {version.agreement.kind: version for version in queries.versions_in_force(group)}
    drafts = {draft.agreement.kind: draft for draft in queries.drafts_of(group)}
    documents = [
        Document(kind, in_force.get(kind.value), drafts.get(kind.value)) for kind in DocumentKind
    ]
    columns = [one.in_force for one in documents if one.in_force is not None]
    policy = queries.policy_of(group)
    return Overview(
        documents=documents,
        columns=columns,
        signers=_signers(group, columns, policy.terms),
        review_due=is_review_due(policy),
        questions=list(queries.waiting_questions(group)),
        proposals=waiting_proposals(group),
    )


def is_review_due(policy: PaperPolicy, now: datetime | None = None) -> bool:
    since = policy.reviewed_at
    return since is None or (now or timezone.now()) >= since + timedelta(days=policy.review_days)


def _signers(group: Group, columns: list[AgreementVersion], terms: Terms) -> list[Signer]:
    now = timezone.now()
    rows = Signature.objects.filter(version__in=columns).order_by("signed_at")
    newest = {(row.user_id, row.version_id): row for row in rows}

    def stands(member: Membership, version: AgreementVersion) -> Standing | None:
        if not binds(version.agreement.kind, member.role):
            return None
        row = newest.get((member.user_id, version.pk))
        if row is None:
            return Standing.MISSING
        return standing(state=row.state, signed_at=row.signed_at, terms=terms, now=now)

    return [
        Signer(member, tuple(stands(member, version) for version in columns))
        for member in groups.roster_of(group)
    ]
