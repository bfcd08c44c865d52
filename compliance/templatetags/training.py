"""What pages of sessions ask about training: templates may look up, code may not (layer rule)."""

from django import template

from accounts.models import User
from compliance.queries.training import TrainingWarning, warning_for

register = template.Library()


@register.simple_tag
def training_warning(user: User) -> TrainingWarning | None:
    return warning_for(user)
