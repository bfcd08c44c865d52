"""Asking about a paper before signing it, and answering: each side sees what waits."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.languages import translated
from audit import services as audit
from audit.events import Ref
from consent import access, services
from consent.errors import AlreadyAnswered
from consent.events import QuestionViewed
from consent.forms import AnswerForm, QuestionForm


@translated
@signed_in
@require_POST
def ask(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    version = access.paper_to_sign(request, pk)
    form = QuestionForm(request.POST)
    if form.is_valid():
        services.ask_question(version=version, by=request.user, text=form.cleaned_data["text"])
        said = gettext("Your question waits for an answer. You will get a mail.")
        messages.success(request, said)
    else:
        said = gettext("Please write your question, in at most 2000 characters.")
        messages.error(request, said)
    return redirect("consent:paper", pk=pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response, *, pk: QuestionViewed(object=Ref("question", pk)))
def question(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """For a host of the group: one question, and the box for its one answer."""
    found = access.question_for_host(request, pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_question(
                question=found, by=request.user, text=form.cleaned_data["text"]
            )
        except AlreadyAnswered as error:
            messages.warning(request, error.text)
        else:
            messages.success(request, "Answered. The person who asked is told by mail.")
        return redirect("consent:overview", pk=found.version.agreement.group_id)
    context = {"question": found, "group": found.version.agreement.group, "form": form}
    return TemplateResponse(request, "consent/question.html", context)
