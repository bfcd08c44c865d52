"""Members propose and discuss, a therapist decides; publishing makes what was accepted the rules.

Nobody but a host changes a word of a document, and nobody signs a proposal: only versions.
"""

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from consent import queries
from consent.canonical import check_plain, sha256_of
from consent.clauses import sections_of, with_section
from consent.errors import (
    DraftChanged,
    NothingChanged,
    ProposalClosed,
    TooManyComments,
    TooManyProposals,
    WordsRefused,
)
from consent.events import (
    ProposalAccepted,
    ProposalCommented,
    ProposalDeclined,
    ProposalMade,
    ProposalTakenBack,
)
from consent.kinds import DocumentKind
from consent.models import AgreementVersion, Comment, Proposal
from consent.notifications import tell_hosts_of_proposal, tell_proposer
from consent.services.versions import locked_agreement, save_draft
from consent.states import PROPOSAL_TRANSITIONS, ProposalState
from groups.models import Group, Membership

MAX_WORDS = 2000
MAX_OPEN = 5
MAX_COMMENTS = 200


@act(ProposalMade)
def make_proposal(
    *, group: Group, by: User, kind: DocumentKind, clause: str, text: str
) -> Proposal:
    """MUST be called for somebody who takes part in the group (rules.takes_part). Raises
    WordsRefused, TextRefused, TooManyProposals."""
    text = _said(text)
    Membership.objects.select_for_update().get(group=group, user=by)
    waiting = Proposal.objects.filter(group=group, proposed_by=by, state=ProposalState.OPEN)
    if waiting.count() >= MAX_OPEN:
        raise TooManyProposals
    proposal = Proposal.objects.create(
        group=group,
        kind=kind,
        clause=clause,
        proposed_by=by,
        text=text,
        proposed_at=timezone.now(),
    )
    tell_hosts_of_proposal(group, but=by)
    record(ProposalMade(object=proposal.ref, subject=by.ref, group=group.ref))
    return proposal


@act(ProposalCommented)
def comment_on_proposal(*, proposal: Proposal, by: User, text: str) -> Comment:
    """MUST be called for somebody who takes part in the group. Raises WordsRefused, TextRefused,
    ProposalClosed, TooManyComments."""
    text = _said(text)
    proposal = _locked(proposal)
    if not proposal.is_open:
        raise ProposalClosed
    if proposal.comments.count() >= MAX_COMMENTS:
        raise TooManyComments
    comment = Comment(proposal=proposal, said_by=by, text=text, said_at=timezone.now())
    comment.save()
    record(ProposalCommented(object=proposal.ref, subject=by.ref, group=proposal.group.ref))
    return comment


@act(ProposalTakenBack)
def take_back_proposal(*, proposal: Proposal) -> Proposal:
    """By whoever made it, until it is decided. Raises ProposalClosed."""
    proposal = _moved(_locked(proposal), ProposalState.TAKEN_BACK)
    proposal.save()
    subject = proposal.proposed_by.ref
    record(ProposalTakenBack(object=proposal.ref, subject=subject, group=proposal.group.ref))
    return proposal


@act(ProposalAccepted)
def accept_proposal(
    *, proposal: Proposal, by: User, body: str, base: str, answer: str = ""
) -> AgreementVersion:
    """The draft in which the proposal's clause says `body`; nothing is in force yet.

    `base` is the hash of the text from which `body` was written, so that two therapists cannot
    undo each other. Raises DraftChanged, NothingChanged, ProposalClosed, TextRefused,
    HeadingInside, WordsRefused.
    """
    group, kind = proposal.group, DocumentKind(proposal.kind)
    locked_agreement(group, kind)
    proposal = _moved(_locked(proposal), ProposalState.ACCEPTED)
    text = queries.text_to_edit(group, kind)
    if sha256_of(text) != base:
        raise DraftChanged
    if body.split() == sections_of(text, kind).get(proposal.clause, "").split():
        raise NothingChanged
    changed = with_section(text, kind, proposal.clause, body)
    draft = save_draft(group=group, text=changed, kind=kind)
    _decide(proposal, by, answer)
    record(ProposalAccepted(object=proposal.ref, subject=proposal.proposed_by.ref, group=group.ref))
    return draft


@act(ProposalDeclined)
def decline_proposal(*, proposal: Proposal, by: User, answer: str) -> Proposal:
    """With a word for the whole group. One that was accepted may be declined until the draft is
    published; the words in the draft are the therapist's to take out. Raises ProposalClosed,
    TextRefused, WordsRefused."""
    proposal = _moved(_locked(proposal), ProposalState.DECLINED)
    _decide(proposal, by, _said(answer))
    subject = proposal.proposed_by.ref
    record(ProposalDeclined(object=proposal.ref, subject=subject, group=proposal.group.ref))
    return proposal


def _said(text: str) -> str:
    """The limit holds before anything looks at the letters."""
    if not text.strip() or len(text) > MAX_WORDS:
        raise WordsRefused
    check_plain(text)
    return text.strip()


def _locked(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_related("group__program", "proposed_by")
    return rows.select_for_update(of=("self",)).get(pk=proposal.pk)


def _moved(proposal: Proposal, state: ProposalState) -> Proposal:
    """On this instance only; the caller saves it. Raises ProposalClosed."""
    if state not in PROPOSAL_TRANSITIONS[ProposalState(proposal.state)]:
        raise ProposalClosed
    proposal.state = state
    return proposal


def _decide(proposal: Proposal, by: User, answer: str) -> None:
    proposal.answer = _said(answer) if answer.strip() else ""
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.save()
    tell_proposer(proposal, but=by)
