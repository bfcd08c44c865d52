"""Tells people by mail that papers changed: that something waits, never what.

Open pages are told by `groups.notifications`.
"""

from django.db.models import QuerySet
from django.urls import reverse

from accounts import mail
from accounts.models import User
from consent.kinds import binds
from consent.models import AgreementVersion, Proposal, Question
from groups import queries as groups
from groups.models import Group, Membership
from groups.states import LIVE_STATES


def ask_to_sign(version: AgreementVersion, *, but: User) -> None:
    """A mail to everybody whom it binds and to guardians who sign for them, except the person who
    has just published."""
    agreement = version.agreement
    path = reverse("consent:paper", args=[version.pk])
    for membership in _others(agreement.group, but):
        if binds(agreement.kind, membership.role):
            _mail(membership.user, "consent/mail/paper_waits.txt", path, agreement.group)
    for link in groups.links_that_sign(agreement.group):
        if binds(agreement.kind, link.ward.role):
            theirs = reverse("consent:ward_paper", args=[version.pk, link.pk])
            _mail(link.guardian, "consent/mail/paper_waits.txt", theirs, agreement.group)


def ask_to_sign_again(group: Group, *, but: User) -> None:
    for membership in _others(group, but):
        _mail(membership.user, "consent/mail/paper_waits.txt", reverse("consent:papers"), group)
    for link in groups.links_that_sign(group):
        _mail(link.guardian, "consent/mail/paper_waits.txt", reverse("consent:papers"), group)


def tell_hosts_of_withdrawal(group: Group, *, but: User) -> None:
    path = reverse("groups:group", args=[group.pk])
    for membership in groups.hosts_of(group).exclude(user=but):
        _mail(membership.user, "consent/mail/paper_withdrawn.txt", path, group)


def tell_hosts_of_question(group: Group, *, but: User) -> None:
    path = reverse("consent:overview", args=[group.pk])
    for membership in groups.hosts_of(group).exclude(user=but):
        _mail(membership.user, "consent/mail/question_waits.txt", path, group)


def tell_asker(question: Question) -> None:
    path = reverse("consent:paper", args=[question.version_id])
    group = question.version.agreement.group
    _mail(question.asked_by, "consent/mail/question_answered.txt", path, group)


def remind_of_lessons(user: User) -> None:
    """From the neutral sender of one of the person's programmes."""
    membership = groups.memberships_of(user).first()
    if membership is not None:
        path = reverse("consent:lessons")
        _mail(user, "consent/mail/lessons_due.txt", path, membership.group)


def tell_hosts_of_proposal(group: Group, *, but: User) -> None:
    path = reverse("consent:rules", args=[group.pk])
    for membership in groups.hosts_of(group).exclude(user=but):
        _mail(membership.user, "consent/mail/proposal_waits.txt", path, group)


def tell_proposer(proposal: Proposal, *, but: User) -> None:
    """Only while they belong to the group: the page would be none to others."""
    membership = groups.membership_of(proposal.proposed_by, proposal.group_id)
    if proposal.proposed_by_id != but.pk and membership is not None and membership.is_live:
        path = reverse("consent:proposal", args=[proposal.pk])
        _mail(proposal.proposed_by, "consent/mail/proposal_decided.txt", path, proposal.group)


def remind_hosts_of_review(group: Group) -> None:
    path = reverse("consent:rules", args=[group.pk])
    for membership in groups.hosts_of(group):
        _mail(membership.user, "consent/mail/review_due.txt", path, group)


def _others(group: Group, but: User) -> QuerySet[Membership]:
    live = group.memberships.filter(state__in=LIVE_STATES).exclude(user=but)
    return live.select_related("user")


def _mail(to: User, template: str, path: str, group: Group) -> None:
    mail.send(to, template, {"path": path}, sender=group.program.neutral_sender)
