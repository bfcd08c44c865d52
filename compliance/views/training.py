"""The training of therapists: their own modules, and the programme's overview and policy."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required, safe_next
from accounts.models import Role
from audit import services as audit
from compliance.events import TrainingListed, TrainingViewed
from compliance.forms.training import AttestForm, TrainingPolicyForm
from compliance.queries import training as queries
from compliance.services.training import attest_training, set_training_policy
from compliance.states import TrainingMode
from compliance.training import BY_KEY
from groups.access import program_for_admin


@role_required(Role.THERAPIST)
@require_safe
@audit.shows(lambda request, response: TrainingViewed(subject=request.user.ref))
def modules(request: SignedInRequest) -> HttpResponse:
    found = queries.training_of(request.user)
    context = {
        "modules": found,
        "lacking": [one for one in found if not one.standing.holds],
        "onward": safe_next(request, default=""),
    }
    return TemplateResponse(request, "compliance/training.html", context)


@role_required(Role.THERAPIST)
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response, *, key: TrainingViewed(subject=request.user.ref, reason=key))
def module(request: SignedInRequest, *, key: str) -> HttpResponse:
    found = BY_KEY.get(key)
    if found is None:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = AttestForm(given, statement=found.statement)
    onward = safe_next(request, default="")
    if form.is_valid():
        attest_training(user=request.user, module=found)
        messages.success(request, f"Noted for a year: {found.title}.")
        return redirect(reverse("training:modules", query={"next": onward} if onward else None))
    own = next(one for one in queries.training_of(request.user) if one.module == found)
    context = {"module": found, "own": own, "form": form, "onward": onward}
    return TemplateResponse(request, "compliance/training_module.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response: TrainingListed())
def program(request: SignedInRequest) -> HttpResponse:
    own = program_for_admin(request)
    form = TrainingPolicyForm(request.POST or None, initial={"mode": queries.mode_of(own.pk)})
    if request.method == "POST" and form.is_valid():
        set_training_policy(program=own, mode=TrainingMode(form.cleaned_data["mode"]))
        messages.success(request, "Saved. It holds from the next session on.")
        return redirect("training:program")
    context = {"form": form, "therapists": queries.training_in(own)}
    return TemplateResponse(request, "compliance/training_program.html", context)
