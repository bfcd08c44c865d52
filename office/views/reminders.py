"""Reminders of open papers: the plan, a round now, and the rounds that were."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.mail import preview
from audit import services as audit
from groups.access import ProgramRequest
from groups.queries import visible_to
from groups.services import name_sender
from office import services
from office.access import office_page
from office.events import RemindersViewed
from office.forms import PlanForm, RemindForm
from office.models import ReminderPlan, ReminderRun
from office.reminding import TEMPLATE, path_in_mail, people_with_open_papers

ROUNDS_SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
@audit.shows(lambda request, response: RemindersViewed())
def reminders(request: ProgramRequest) -> HttpResponse:
    program = request.program
    plan = ReminderPlan.objects.filter(program=program).first()
    chosen = {"every_days": plan.every_days if plan else None, "sender": program.neutral_sender}
    form = PlanForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["sender"] != program.neutral_sender:
            name_sender(program=program, name=form.cleaned_data["sender"])
        services.plan_reminders(program=program, every_days=form.cleaned_data["every_days"])
        messages.success(request, "Saved.")
        return redirect("office:reminders")
    rounds = ReminderRun.objects.filter(program=program).select_related("group")
    context = {
        "plan": plan,
        "form": form,
        "now_form": RemindForm(groups=visible_to(request.user)),
        "waiting": len(people_with_open_papers(program, None)),
        "rounds": rounds[:ROUNDS_SHOWN],
        "sample": preview(TEMPLATE, path=path_in_mail()),
        "program": program,
    }
    return TemplateResponse(request, "office/reminders.html", context)


@require_POST
@office_page
def send(request: ProgramRequest) -> HttpResponse:
    form = RemindForm(request.POST, groups=visible_to(request.user))
    if not form.is_valid():
        messages.error(request, "This group is not there. Choose another one.")
        return redirect("office:reminders")
    services.ask_for_reminders(
        program=request.program, group=form.cleaned_data["group"], by=request.user
    )
    messages.success(request, "The mails are on their way. The list below says how many left.")
    return redirect("office:reminders")
