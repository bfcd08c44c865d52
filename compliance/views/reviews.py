"""Reviews: what is due, one with its items, its sign-off; and the queue of exceptional uses."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.events import Ref
from audit.services import shows
from compliance import access
from compliance.access import desk_page
from compliance.errors import DeskError
from compliance.events import ReviewsViewed, ReviewViewed
from compliance.forms.decisions import FindingForm
from compliance.queries.explorer import lines_of
from compliance.queries.names import Names
from compliance.queries.reviews import (
    items_of,
    open_reviews,
    signed_reviews,
    use_of,
    waiting_uses,
)
from compliance.sampling import CADENCES
from compliance.services.reviews import digest_of, review_use, sign_review, tick_item
from compliance.states import Finding, ReviewKind
from groups.access import ProgramRequest

SHOWN = 50


@require_safe
@desk_page
@shows(lambda request, response: ReviewsViewed())
def reviews(request: ProgramRequest) -> HttpResponse:
    """What is due, what was signed, and the exceptional uses that nobody has looked at."""
    context = {
        "open": open_reviews(request.program),
        "signed": signed_reviews(request.program)[:SHOWN],
        "uses": lines_of(waiting_uses(), request.program),
        "kinds": [(kind.label, CADENCES[kind]) for kind in ReviewKind],
        "zone": request.program.timezone,
    }
    return TemplateResponse(request, "compliance/reviews.html", context)


def _viewed(request: HttpRequest, response: Any, pk: UUID) -> ReviewViewed:
    return ReviewViewed(object=Ref("review", pk))


@require_safe
@desk_page
@shows(_viewed)
def review(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    found = access.review_of(request, pk)
    items = items_of(found, program=request.program)
    context: dict[str, Any] = {
        "review": found,
        "cadence": CADENCES[ReviewKind(found.kind)],
        "items": items,
        "left": sum(not one.item.finding for one in items),
        "zone": request.program.timezone,
    }
    if found.signed_by_id:
        signer = Ref("user", found.signed_by_id)
        context["signer"] = Names.of_people([signer.id], request.program).person(signer)  # type: ignore[list-item]
        context["is_intact"] = digest_of(found, [one.item for one in items]) == found.sha256
    return TemplateResponse(request, "compliance/review.html", context)


@require_POST
@desk_page
def tick(request: ProgramRequest, *, pk: UUID, position: int) -> HttpResponse:
    found = access.review_of(request, pk)
    item = found.items.filter(position=position).first()
    if item is None:
        raise access.refuse("review", pk)
    form = FindingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _first_error(form))
    else:
        _act(
            request,
            lambda: tick_item(
                item=item,
                finding=Finding(form.cleaned_data["finding"]),
                comment=form.cleaned_data["comment"],
            ),
            done="",
        )
    return redirect(f"{reverse('compliance:review', kwargs={'pk': pk})}#item-{position}")


@require_POST
@desk_page
def sign(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    found = access.review_of(request, pk)
    _act(
        request,
        lambda: sign_review(
            review=found, by=request.user, auth_strength=request.sign_in.auth_strength
        ),
        done="Signed off. The next one is drawn when its time has come.",
    )
    return redirect("compliance:review", pk=pk)


@require_POST
@desk_page
def look_at_use(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """Takes one exceptional use off the queue."""
    use = use_of(pk)
    if use is None:
        raise Http404
    form = FindingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _first_error(form))
    else:
        _act(
            request,
            lambda: review_use(
                use=use,
                by=request.user,
                finding=Finding(form.cleaned_data["finding"]),
                comment=form.cleaned_data["comment"],
            ),
            done="It is off the queue, with your finding.",
        )
    return redirect("compliance:reviews")


def _act(request: ProgramRequest, service: Any, *, done: str) -> None:
    try:
        service()
    except DeskError as error:
        messages.error(request, error.text)
    else:
        if done:
            messages.success(request, done)


def _first_error(form: FindingForm) -> str:
    if "finding" in form.errors:
        return "Choose what you found. Nothing was changed."
    return f"{next(iter(form.errors.values()))[0]} Nothing was changed."
