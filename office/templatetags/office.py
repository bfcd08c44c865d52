"""What the page on which a group writes its papers asks: templates may look up, code may not."""

from django import template
from django.db.models import QuerySet

from groups.models import Group
from office.models import TemplateVersion
from office.queries.library import ready_for

register = template.Library()


@register.simple_tag
def templates_for(group: Group, kind: str) -> QuerySet[TemplateVersion]:
    return ready_for(group, kind)
