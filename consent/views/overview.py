"""The papers of one group from the side of those who lead it: what is in force, who signed what."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, safe_next, signed_in
from audit import services as audit
from audit.events import Ref
from consent import queries, services
from consent.events import SignersViewed
from consent.forms import PaperPolicyForm
from consent.overview import overview_of
from groups import access


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk: SignersViewed(object=Ref("group", pk), group=Ref("group", pk))
)
def overview(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_host(request, pk)
    policy = queries.policy_of(group)
    chosen = {
        name: getattr(policy, name) for name in ("reaffirm_days", "grace_days", "review_days")
    }
    form = PaperPolicyForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        services.set_paper_policy(group=group, **form.cleaned_data)
        messages.success(request, "Saved. It holds for every signature from now on.")
        return redirect("consent:overview", pk=pk)
    context = {"group": group, "policy": policy, "form": form, "overview": overview_of(group)}
    return TemplateResponse(request, "consent/overview.html", context)


@signed_in
@require_POST
def ask_again(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_host(request, pk)
    services.ask_everybody_again(group=group, by=request.user, reason="host.incident")
    messages.success(request, "Everybody is asked to sign again, you too.")
    return redirect("consent:overview", pk=pk)


@signed_in
@require_POST
def reviewed(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_host(request, pk)
    services.mark_reviewed(group=group, by=request.user)
    messages.success(request, "Noted: the group has looked through its rules.")
    return redirect(safe_next(request, default=reverse("consent:overview", args=[pk])))
