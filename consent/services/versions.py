"""A draft is edited, then published; from then on nobody can change its text."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from consent import queries
from consent.canonical import canonical, check_plain, sha256_of
from consent.clauses import check_complete
from consent.errors import NothingToPublish, TranslationOutdated
from consent.events import AgreementDrafted, AgreementPublished
from consent.kinds import DocumentKind
from consent.models import Agreement, AgreementVersion, Proposal, Signature
from consent.notifications import ask_to_sign
from consent.states import ProposalState, SignatureState, VersionState
from consent.variables import filled
from groups.models import Group
from groups.notifications import tell_group


@act(AgreementDrafted)
def save_draft(
    *, group: Group, text: str, kind: DocumentKind = DocumentKind.CONFIDENTIALITY
) -> AgreementVersion:
    """The one draft of this kind; it is made when there is none. Raises TextRefused."""
    check_plain(text)
    agreement = locked_agreement(group, kind)
    draft = queries.draft_of(group, kind) or AgreementVersion(
        agreement=agreement, number=_next_number(agreement)
    )
    draft.text = canonical(text)
    draft.save()
    record(AgreementDrafted(object=draft.ref, group=group.ref))
    return draft


@act(AgreementPublished)
def publish_version(
    *,
    group: Group,
    by: User,
    kind: DocumentKind = DocumentKind.CONFIDENTIALITY,
    values: Mapping[str, str] | None = None,
) -> AgreementVersion:
    """The draft comes into force, and whom it binds has to sign it before the next session.

    `values` fill the words in braces. Signatures of the former version are superseded, accepted
    proposals are now part of the rules; open pages and people are told. Raises NothingToPublish,
    ClauseMissing, VariableUnfilled, TextRefused.
    """
    locked_agreement(group, kind)
    draft, former = queries.draft_of(group, kind), queries.version_in_force(group, kind)
    if draft is None:
        raise NothingToPublish
    known = {"programme": group.program.name, **(values or {})}
    _finish_translations(draft, known)
    draft.text = canonical(filled(draft.text, known))
    if former is not None and former.text == draft.text:
        raise NothingToPublish
    check_plain(draft.text)
    check_complete(draft.text, kind)
    now = timezone.now()
    if former is not None:
        _supersede(former, now)
    draft.sha256 = sha256_of(draft.text)
    draft.state = VersionState.PUBLISHED
    draft.published_at = now
    draft.published_by = by
    draft.save()
    _adopt_proposals(draft)
    tell_group(group)
    ask_to_sign(draft, but=by)
    record(AgreementPublished(object=draft.ref, group=group.ref))
    return draft


def _finish_translations(draft: AgreementVersion, values: Mapping[str, str]) -> None:
    """While the version is still a draft: afterwards the database refuses every change.

    Raises TranslationOutdated, VariableUnfilled.
    """
    source = sha256_of(draft.text)
    for translation in draft.translations.all():
        if translation.source_sha256 != source:
            raise TranslationOutdated
        translation.text = canonical(filled(translation.text, values))
        check_plain(translation.text)
        translation.sha256 = sha256_of(translation.text)
        translation.save()


def locked_agreement(group: Group, kind: DocumentKind) -> Agreement:
    """MUST be locked before a proposal about it is: publishing takes the rows in this order."""
    Agreement.objects.get_or_create(group=group, kind=kind)
    return Agreement.objects.select_for_update().get(group=group, kind=kind)


def _adopt_proposals(version: AgreementVersion) -> None:
    agreement = version.agreement
    Proposal.objects.filter(
        group=agreement.group_id, kind=agreement.kind, state=ProposalState.ACCEPTED
    ).update(state=ProposalState.ADOPTED, adopted_in=version)


def _next_number(agreement: Agreement) -> int:
    last = agreement.versions.aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def _supersede(version: AgreementVersion, now: datetime) -> None:
    version.state = VersionState.SUPERSEDED
    version.superseded_at = now
    version.save(update_fields=["state", "superseded_at"])
    Signature.objects.filter(version=version, state=SignatureState.VALID).update(
        state=SignatureState.SUPERSEDED
    )
