"""Steps that several tests of papers share."""

from consent.canonical import canonical
from consent.clauses import compose, sections_of
from consent.kinds import DocumentKind
from consent.models import AgreementVersion, Signature
from consent.queries import version_in_force
from consent.services import publish_version, save_draft
from consent.statements import statements_for
from consent.states import SignatureState
from groups.models import Group
from tests.cast import Visit

REQUIRED_TICKS = frozenset(statements_for(DocumentKind.CONFIDENTIALITY))


def in_force(group: Group) -> AgreementVersion:
    version = version_in_force(group)
    assert version is not None
    return version


def published(group: Group, by: Visit, **changed: str) -> AgreementVersion:
    """A newer version in which some clauses say something else."""
    sections = {**sections_of(in_force(group).text), **changed}
    with by.acting():
        save_draft(group=group, text=canonical(compose(sections)))
        return publish_version(group=group, by=by.user)


def signature_of(visit: Visit, version: AgreementVersion) -> Signature:
    return Signature.objects.get(user=visit.user, version=version, state=SignatureState.VALID)


def answers(visit: Visit) -> dict[str, str]:
    """What a complete signing form sends."""
    return {
        "printed_name": visit.person.true_name,
        **dict.fromkeys(REQUIRED_TICKS, "on"),
    }
