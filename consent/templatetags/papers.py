"""What pages of groups ask about papers: templates may look up, code may not (layer rule)."""

from uuid import UUID

from django import template

from accounts.models import User
from consent import queries
from consent.models import AgreementVersion
from consent.overview import is_review_due
from consent.rules import pledges_in, waiting_proposals
from groups.models import Group, Membership

register = template.Library()


@register.simple_tag
def signers_of(group: Group) -> set[UUID]:
    """The ids of everybody who signed the version in force."""
    return queries.current_signers(group)


@register.simple_tag
def version_in_force(group: Group) -> AgreementVersion | None:
    return queries.version_in_force(group)


@register.simple_tag
def papers_due(user: User, group: Group) -> list[AgreementVersion]:
    return queries.papers_due(user, group)


@register.simple_tag
def is_stood_for(membership: Membership) -> bool:
    """False while a minor's guardian has not signed all that the door waits for."""
    papers = queries.door_papers(membership.group, user=membership.user)
    return papers.is_stood_for(membership.user_id, membership.role)


@register.simple_tag
def pledged_in(group: Group) -> set[UUID]:
    """The ids of those who let the group see that they pledged."""
    return {pledge.user_id for pledge in pledges_in(group) if pledge.is_shown}


@register.simple_tag
def proposals_waiting(group: Group) -> int:
    return waiting_proposals(group)


@register.simple_tag
def review_due(group: Group) -> bool:
    return is_review_due(queries.policy_of(group))
