"""Steps that several tests of a group's own rules share."""

from consent import queries, services
from consent.canonical import canonical, sha256_of
from consent.clauses import compose, sections_of
from consent.kinds import DocumentKind
from consent.models import AgreementVersion, Proposal
from consent.rules import suggested_body
from groups.models import Group
from tests.cast import Visit

RULES = DocumentKind.GROUND_RULES
WORDS = "We let a silence be a silence."


def proposed(group: Group, by: Visit, text: str = WORDS, clause: str = "own_rules") -> Proposal:
    with by.acting():
        return services.make_proposal(group=group, by=by.user, kind=RULES, clause=clause, text=text)


def accepted(proposal: Proposal, by: Visit, answer: str = "Gladly.") -> AgreementVersion:
    """With the words that the page suggests."""
    text = queries.text_to_edit(proposal.group, DocumentKind(proposal.kind))
    body = sections_of(text, proposal.kind).get(proposal.clause, "")
    with by.acting():
        return services.accept_proposal(
            proposal=proposal,
            by=by.user,
            body=suggested_body(body, proposal.text),
            base=sha256_of(text),
            answer=answer,
        )


def declined(proposal: Proposal, by: Visit, answer: str = "Let us talk first.") -> Proposal:
    with by.acting():
        return services.decline_proposal(proposal=proposal, by=by.user, answer=answer)


def published_rules(group: Group, by: Visit, **changed: str) -> AgreementVersion:
    """Ground rules in force; whoever they bind has to sign them."""
    text = queries.text_to_edit(group, RULES)
    with by.acting():
        if changed or queries.draft_of(group, RULES) is None:
            sections = {**sections_of(text, RULES), **changed}
            services.save_draft(group=group, text=canonical(compose(sections, RULES)), kind=RULES)
        return services.publish_version(group=group, by=by.user, kind=RULES)


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def standing_words(group: Group) -> str:
    """What the rules in force say, or nothing."""
    version = queries.version_in_force(group, RULES)
    return version.text if version is not None else ""
