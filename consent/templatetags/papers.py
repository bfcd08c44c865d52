"""What pages of groups ask about papers: templates may look up, code may not (layer rule)."""

from uuid import UUID

from django import template

from accounts.models import User
from consent import queries
from consent.models import AgreementVersion
from groups.models import Group

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
