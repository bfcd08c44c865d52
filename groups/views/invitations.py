"""The invitation link. GET shows a page and changes nothing: mail scanners open links too.

MUST answer alike for a link that was used, has expired, was withdrawn or never existed.
"""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import sign_in_of, to_page, way_in
from accounts.browsers import Browser
from accounts.errors import AddressTaken
from accounts.models import User
from accounts.services import begin_sign_in
from audit import services as audit
from groups import queries
from groups.errors import (
    AgeOutside,
    AliasRefused,
    GroupFull,
    InvitationEnded,
    InvitationMismatch,
    TransitionRefused,
)
from groups.events import InvitationLinkOpened, InvitationLinkUsedByOther, InvitationRefused
from groups.forms import form_for
from groups.models import Invitation
from groups.services import Accepted, accept_invitation
from groups.services.invitations import fits, is_for


def _link_opened(
    request: HttpRequest, response: HttpResponse, *, token: str
) -> InvitationLinkOpened:
    invitation = queries.invitation_by_token(token)
    assert invitation is not None
    return InvitationLinkOpened(
        object=invitation.ref, group=invitation.group.ref if invitation.group else None
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(_link_opened)
def invitation(request: HttpRequest, *, token: str) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    if user is None and sign_in_of(request) is not None:
        return _finish_signing_in(request)
    found = queries.invitation_by_token(token)
    _refuse_other_account(user, found)
    if found is None or not found.is_open:
        return _ended(request, found)
    if user is not None and not fits(found, user):
        return _mismatch(request, found)
    if user is None and queries.has_account(found):
        return _sign_in_first(request)
    return _answer(request, found, token, user)


def _finish_signing_in(request: HttpRequest) -> HttpResponse:
    """A sign-in that is pending or locked belongs to somebody: first find out to whom."""
    return way_in(request) or redirect("/")


def _refuse_other_account(user: User | None, found: Invitation | None) -> None:
    if user is None or (found is not None and is_for(found, user)):
        return
    if found is not None:
        group = found.group.ref if found.group else None
        audit.deny(InvitationLinkUsedByOther(object=found.ref, subject=user.ref, group=group))
    raise Http404


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "groups/invitation_sign_in.html")


def _ended(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    audit.deny(InvitationRefused(object=found.ref if found else None, reason="ended"))
    return TemplateResponse(request, "groups/invitation_ended.html", status=HTTPStatus.GONE)


def _mismatch(request: HttpRequest, found: Invitation) -> HttpResponse:
    audit.deny(InvitationRefused(object=found.ref, reason=InvitationMismatch.code))
    return TemplateResponse(
        request,
        "groups/invitation_mismatch.html",
        {"text": InvitationMismatch.text},
        status=HTTPStatus.CONFLICT,
    )


def _answer(request: HttpRequest, found: Invitation, token: str, user: User | None) -> HttpResponse:
    form = form_for(found, is_new=user is None)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = accept_invitation(token=token, user=user, **form.cleaned_data)
        except AliasRefused as error:
            form.add_error(error.field, ValidationError(error.text, code="alias"))
        except AgeOutside as error:
            form.add_error("born_on", error.text)
        except GroupFull:
            form.add_error(None, "This group has no free place now. Please tell who invited you.")
        except TransitionRefused:
            return _in_already_or_ended(request, found, user)
        except AddressTaken:
            return _sign_in_first(request)
        except InvitationEnded:
            return _ended(request, found)
        except InvitationMismatch:
            return _mismatch(request, found)
        else:
            return _go_on(request, accepted)
    return _page(request, found, form, is_new=user is None)


def _in_already_or_ended(
    request: HttpRequest, found: Invitation, user: User | None
) -> HttpResponse:
    """A member needs no invitation; somebody removed or paused gets nothing by one."""
    assert user is not None
    assert found.group_id is not None
    membership = queries.membership_of(user, found.group_id)
    if membership is None:
        return _ended(request, found)
    return redirect("groups:group", pk=found.group_id)


def _go_on(request: HttpRequest, accepted: Accepted) -> HttpResponseRedirect:
    """A new person goes on to the second factor, everybody else to their group or to Today."""
    membership = accepted.membership
    onward = reverse("groups:group", args=[membership.group_id]) if membership else "/"
    if not accepted.is_new_account:
        return HttpResponseRedirect(onward)
    begin_sign_in(user=accepted.user, browser=Browser.of(request))
    return to_page("accounts:enrol", onward)


def _page(request: HttpRequest, found: Invitation, form: Form, *, is_new: bool) -> HttpResponse:
    context = {"invitation": found, "form": form, "is_new": is_new, "sender": found.program}
    return TemplateResponse(request, "groups/invitation.html", context)
