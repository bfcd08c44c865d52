"""A question about a paper and its answer; while it is open, both sides see that it waits."""

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from consent.errors import AlreadyAnswered
from consent.events import QuestionAnswered, QuestionAsked
from consent.models import AgreementVersion, Question
from consent.notifications import tell_asker, tell_hosts_of_question


@act(QuestionAsked)
def ask_question(*, version: AgreementVersion, by: User, text: str) -> Question:
    """Only the hosts of the group read it. MUST be called for somebody who may read the paper."""
    question = Question.objects.create(
        version=version, asked_by=by, text=text.strip(), asked_at=timezone.now()
    )
    group = version.agreement.group
    tell_hosts_of_question(group, but=by)
    record(QuestionAsked(object=question.ref, subject=by.ref, group=group.ref))
    return question


@act(QuestionAnswered)
def answer_question(*, question: Question, by: User, text: str) -> Question:
    """Once; a second answer would change what somebody signed after reading. Raises
    AlreadyAnswered."""
    rows = Question.objects.select_related("version__agreement__group", "asked_by")
    question = rows.select_for_update(of=("self",)).get(pk=question.pk)
    if question.answered_at is not None:
        raise AlreadyAnswered
    question.answer, question.answered_by = text.strip(), by
    question.answered_at = timezone.now()
    question.save()
    group = question.version.agreement.group
    tell_asker(question)
    record(QuestionAnswered(object=question.ref, subject=question.asked_by.ref, group=group.ref))
    return question
