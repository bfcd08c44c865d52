"""How often papers are signed anew and rules looked through, and asking everybody at once."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from consent import queries
from consent.events import (
    PaperPolicyChanged,
    PapersAskedAgain,
    ReviewReminded,
    RulesReviewed,
)
from consent.models import PaperPolicy, Signature
from consent.notifications import ask_to_sign_again, remind_hosts_of_review
from consent.states import SignatureState
from groups.models import Group
from groups.notifications import tell_group


@act(PaperPolicyChanged)
def set_paper_policy(
    *, group: Group, reaffirm_days: int | None, grace_days: int, review_days: int
) -> PaperPolicy:
    """Holds from now on for signatures of any age: a shorter interval may close the door."""
    policy = _locked(group)
    _settle_expired(group, timezone.now())
    policy.reaffirm_days = reaffirm_days
    policy.grace_days = grace_days
    policy.review_days = review_days
    policy.save()
    tell_group(group)
    record(PaperPolicyChanged(object=policy.ref, group=group.ref))
    return policy


@act(PapersAskedAgain)
def ask_everybody_again(*, group: Group, by: User, reason: str) -> PaperPolicy:
    """After an incident: every signature until now is due, and expires after the grace.

    `reason` is a code.
    """
    policy = _locked(group)
    now = timezone.now()
    _settle_expired(group, now)
    policy.asked_again_at = now
    policy.save()
    tell_group(group)
    ask_to_sign_again(group, but=by)
    record(PapersAskedAgain(object=policy.ref, group=group.ref, reason=reason))
    return policy


@act(RulesReviewed)
def mark_reviewed(*, group: Group, by: User) -> PaperPolicy:
    """The group looked through its rules together; who noted it and when is kept."""
    policy = _locked(group)
    policy.reviewed_at, policy.reviewed_by = timezone.now(), by
    policy.save()
    record(RulesReviewed(object=policy.ref, group=group.ref))
    return policy


@act(ReviewReminded)
def remind_of_review(*, group: Group) -> PaperPolicy:
    """One neutral mail to each who leads the group; the next one is due an interval later."""
    policy = _locked(group)
    policy.review_reminded_at = timezone.now()
    policy.save(update_fields=["review_reminded_at"])
    remind_hosts_of_review(group)
    record(ReviewReminded(object=policy.ref, group=group.ref))
    return policy


def _settle_expired(group: Group, now: datetime) -> None:
    """What has expired stays so: no longer grace and no second asking opens that door again."""
    terms = queries.policy_of(group).terms
    rows = Signature.objects.filter(version__agreement__group=group, state=SignatureState.VALID)
    for signature in rows.select_for_update():
        expires_at = terms.expires_at(signature.signed_at)
        if expires_at is not None and expires_at <= now:
            signature.state = SignatureState.EXPIRED
            signature.save(update_fields=["state"])


def _locked(group: Group) -> PaperPolicy:
    PaperPolicy.objects.get_or_create(group=group)
    return PaperPolicy.objects.select_for_update().get(group=group)
