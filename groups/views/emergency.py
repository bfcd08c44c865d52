"""The emergency card of a member: asked with a reason, shown for some minutes."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse

from accounts.access import SignedInRequest, signed_in
from groups import access
from groups.forms import EmergencyForm
from groups.services.emergency import open_emergency_card
from groups.states import EmergencyReason

SHOWN_FOR = timedelta(minutes=10)


@signed_in
def emergency(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    """No second factor is asked for again: in an emergency seconds count, and the use is reviewed.

    The page goes back to its question by itself; looking again is another entry.
    """
    found = access.membership_for_host(request, pk, membership)
    form = EmergencyForm(request.POST or None)
    card = None
    if request.method == "POST" and form.is_valid():
        reason = EmergencyReason(form.cleaned_data["reason"])
        card = open_emergency_card(membership=found, reason=reason)
    context = {"membership": found, "form": form, "card": card}
    response = TemplateResponse(request, "groups/emergency.html", context)
    if card is not None:
        response.headers["Refresh"] = f"{SHOWN_FOR.seconds}; url={request.path}"
    return response
