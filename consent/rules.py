"""What a group sees of its own rules: the proposals, who said what, who pledged.

People stand here under the names that they chose in the group, hosts' pages included: a true name
MUST NOT come into anything that this module returns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext

from accounts.models import User
from consent import queries
from consent.clauses import clauses_of
from consent.kinds import PROPOSABLE, DocumentKind
from consent.models import Comment, Pledge, Proposal
from consent.states import PledgeState, ProposalState
from groups import queries as groups
from groups.models import Group, Membership
from groups.states import SeatRole

DECIDED_SHOWN = 20
NEW_RULE = "own_rules"


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, as the group knows them. `part` is empty for members."""

    alias: str
    part: str = ""
    is_own: bool = False


GONE = Voice("Somebody who has left")


@dataclass(frozen=True, slots=True)
class Entry:
    """One proposal; `about` is the clause's heading."""

    proposal: Proposal
    voice: Voice
    about: str
    comments: int


@dataclass(frozen=True, slots=True)
class Remark:
    comment: Comment
    voice: Voice


@dataclass(frozen=True, slots=True)
class Rules:
    open: list[Entry]
    decided: list[Entry]
    pledged: list[Voice]
    own_pledge: Pledge | None


def may_discuss(membership: Membership) -> bool:
    """Whoever leads, and whoever is bound by the papers now: what is said here is covered by
    them."""
    if not membership.is_live:
        return False
    if membership.is_host:
        return True
    papers = queries.door_papers(membership.group, user=membership.user)
    own = (membership.user_id, membership.role)
    return papers.is_current(*own) and papers.is_stood_for(*own)


def takes_part(membership: Membership) -> bool:
    """Observers and interpreters read; the rules are for the group to write."""
    return membership.role != SeatRole.OBSERVER and may_discuss(membership)


def rules_of(membership: Membership) -> Rules:
    """MUST be asked for somebody who may discuss them."""
    voices = voices_of(membership.group, membership.user)
    found = proposals_of(membership.group)
    waiting = [_entry(one, voices) for one in found.filter(state=ProposalState.OPEN)]
    decided = found.exclude(state__in=(ProposalState.OPEN, ProposalState.TAKEN_BACK))
    latest = decided.order_by("-decided_at")[:DECIDED_SHOWN]
    pledges = list(pledges_in(membership.group))
    return Rules(
        open=waiting,
        decided=[_entry(one, voices) for one in latest],
        pledged=_pledged(pledges, voices),
        own_pledge=next((one for one in pledges if one.user_id == membership.user_id), None),
    )


def entry_of(proposal: Proposal, reader: User) -> tuple[Entry, list[Remark]]:
    """One proposal and what was said about it."""
    voices = voices_of(proposal.group, reader)
    remarks = [
        Remark(comment, voices.get(comment.said_by_id, GONE))
        for comment in proposal.comments.select_related("proposal")
    ]
    about = about_of(proposal.kind, proposal.clause)
    voice = voices.get(proposal.proposed_by_id, GONE)
    return Entry(proposal, voice, about, len(remarks)), remarks


def voices_of(group: Group, reader: User) -> Mapping[UUID, Voice]:
    """By account, whoever belongs to the group now."""
    return {
        one.user_id: Voice(
            one.alias,
            SeatRole(one.role).label if one.role != SeatRole.MEMBER else "",
            is_own=one.user_id == reader.pk,
        )
        for one in groups.roster_of(group)
        if one.is_live
    }


def proposals_of(group: Group) -> QuerySet[Proposal]:
    """Of one group alone, with the number of comments on each."""
    found = Proposal.objects.filter(group=group).select_related("adopted_in")
    return found.annotate(said=Count("comments"))


def waiting_proposals(group: Group) -> int:
    return Proposal.objects.filter(group=group, state=ProposalState.OPEN).count()


def pledges_in(group: Group) -> QuerySet[Pledge]:
    return Pledge.objects.filter(group=group, state=PledgeState.MADE)


def about_of(kind: str, clause: str) -> str:
    """The heading that a proposal is about."""
    return next((one.heading for one in clauses_of(kind) if one.key == clause), "")


def topics() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """What may be proposed, as choices: something new first, then every clause."""
    new = topic_of(DocumentKind.GROUND_RULES, NEW_RULE)
    found: list[tuple[str, str | list[tuple[str, str]]]] = [
        (new, gettext("A rule of our own, new or old"))
    ]
    for kind in PROPOSABLE:
        clauses = [(topic_of(kind, one.key), gettext(one.heading)) for one in clauses_of(kind)]
        found.append((gettext(kind.label), [one for one in clauses if one[0] != new]))
    return found


def topic_of(kind: str, clause: str) -> str:
    return f"{kind}.{clause}"


def suggested_body(body: str, text: str) -> str:
    """A clause with the proposal at its end, for the therapist to edit: a line joins a list."""
    is_line, last = "\n" not in text, body.rpartition("\n")[2]
    if is_line and (not body or last.startswith("- ")):
        return f"{body}\n- {text}".strip()
    return f"{body}\n\n{text}".strip()


def _entry(proposal: Proposal, voices: Mapping[UUID, Voice]) -> Entry:
    said: int = getattr(proposal, "said", 0)
    voice = voices.get(proposal.proposed_by_id, GONE)
    return Entry(proposal, voice, about_of(proposal.kind, proposal.clause), said)


def _pledged(pledges: list[Pledge], voices: Mapping[UUID, Voice]) -> list[Voice]:
    """Only those who let it be shown and belong to the group now, in the order of their names."""
    shown = {one.user_id for one in pledges if one.is_shown}
    return sorted((voices[user] for user in shown & voices.keys()), key=lambda one: one.alias)
