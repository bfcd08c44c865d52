"""Requests about one's own record: asked by the person, answered at the desk, kept as they were."""

from django.utils import timezone

from accounts import mail
from accounts.models import Role, User
from audit.services import act, record
from compliance.errors import OwnRequest, RequestClosed, TooManyRequests
from compliance.events import RequestAnswered, RequestExtended, RequestMade, RequestWithdrawn
from compliance.models import PrivacyRequest, RequestStep
from compliance.queries.requests import OPEN
from compliance.rights import REQUEST_STEPS, RIGHTS
from compliance.states import RequestKind, RequestOutcome, RequestState
from groups.models import Program

MOST_OPEN = 10


@act(RequestMade)
def make_request(*, by: User, program: Program, kind: RequestKind, text: str) -> PrivacyRequest:
    """The programme's officers are told by mail that something waits. Raises TooManyRequests."""
    User.objects.select_for_update().get(pk=by.pk)
    if by.privacy_requests.filter(state__in=OPEN).count() >= MOST_OPEN:
        raise TooManyRequests
    asked_at = timezone.now()
    made = PrivacyRequest.objects.create(
        program=program,
        asked_by=by,
        kind=kind,
        text=text.strip(),
        asked_at=asked_at,
        due_at=asked_at + RIGHTS[kind].within,
    )
    record(RequestMade(object=made.ref, subject=by.ref, reason=kind))
    officers = User.objects.filter(role=Role.COMPLIANCE, suspended_at=None)
    for officer in officers.filter(affiliation__program=program).exclude(pk=by.pk):
        mail.send(officer, "compliance/mail/request_waits.txt", {})
    return made


@act(RequestWithdrawn)
def withdraw_request(*, request: PrivacyRequest) -> PrivacyRequest:
    """By the person who asked. Raises RequestClosed."""
    request = _moved(request, RequestState.WITHDRAWN, by=request.asked_by, comment="")
    record(RequestWithdrawn(object=request.ref, subject=request.asked_by.ref))
    return request


@act(RequestExtended)
def extend_request(*, request: PrivacyRequest, by: User, comment: str) -> PrivacyRequest:
    """Once, with a reason that the person reads. Raises RequestClosed, OwnRequest."""
    _refuse_own(request, by)
    request = _moved(request, RequestState.EXTENDED, by=by, comment=comment)
    request.due_at += RIGHTS[RequestKind(request.kind)].extension
    request.save(update_fields=["due_at"])
    record(RequestExtended(object=request.ref, subject=request.asked_by.ref))
    _tell(request)
    return request


@act(RequestAnswered)
def answer_request(
    *, request: PrivacyRequest, by: User, outcome: RequestOutcome, comment: str
) -> PrivacyRequest:
    """Final: from now on the database refuses every change. Raises RequestClosed, OwnRequest."""
    _refuse_own(request, by)
    request = _moved(request, RequestState.ANSWERED, by=by, comment=comment, outcome=outcome)
    record(RequestAnswered(object=request.ref, subject=request.asked_by.ref, reason=outcome))
    _tell(request)
    return request


def _moved(
    request: PrivacyRequest,
    state: RequestState,
    *,
    by: User,
    comment: str,
    outcome: RequestOutcome | None = None,
) -> PrivacyRequest:
    """Under the row's lock; the step is kept beside it."""
    request = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
    if state not in REQUEST_STEPS[RequestState(request.state)]:
        raise RequestClosed
    request.state, request.outcome = state, outcome or ""
    request.save(update_fields=["state", "outcome"])
    RequestStep.objects.create(request=request, state=state, comment=comment.strip(), by=by)
    return request


def _refuse_own(request: PrivacyRequest, by: User) -> None:
    if request.asked_by_id == by.pk:
        raise OwnRequest


def _tell(request: PrivacyRequest) -> None:
    sender = request.program.neutral_sender
    mail.send(request.asked_by, "compliance/mail/request_moved.txt", {}, sender=sender)
