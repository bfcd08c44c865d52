"""The lessons: the list with what is due, one lesson with its questions, and where they are
required. Nothing here can be failed, and what was chosen is not kept.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required, safe_next, signed_in
from accounts.models import Role
from audit import services as audit
from audit.events import Ref
from consent import learned, services
from consent.events import LearningRuleViewed, LessonsListed, LessonViewed
from consent.forms import LearningRuleForm, LessonForm
from consent.lessons import BY_KEY, Lesson
from groups import access as groups_access
from groups.models import Group, Program


@signed_in
@require_safe
@audit.shows(lambda request, response: LessonsListed(subject=request.user.ref))
def lessons(request: SignedInRequest) -> HttpResponse:
    found = learned.lessons_of(request.user)
    context = {"lessons": found, "waiting": [one for one in found if one.waits]}
    return TemplateResponse(request, "consent/lessons.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response, *, key: LessonViewed(subject=request.user.ref, reason=key))
def lesson(request: SignedInRequest, *, key: str) -> HttpResponse:
    """A right answer to each question completes it; any other is explained and chosen again."""
    found = BY_KEY.get(key)
    if found is None:
        raise Http404
    form = LessonForm(request.POST if request.method == "POST" else None, lesson=found)
    if request.method == "POST" and form.is_valid() and form.all_right():
        services.complete_lesson(user=request.user, lesson=found)
        return redirect(_here(request, found))
    return _lesson_page(request, found, form)


def _here(request: SignedInRequest, lesson: Lesson) -> str:
    onward = safe_next(request, default="")
    query = f"?{urlencode({'next': onward})}" if onward else ""
    return reverse("consent:lesson", args=[lesson.key]) + query


def _lesson_page(request: SignedInRequest, lesson: Lesson, form: LessonForm) -> HttpResponse:
    found = learned.lessons_of(request.user)
    own = next(one for one in found if one.lesson == lesson)
    following = learned.next_lesson(request.user, after=lesson.key) if not own.waits else None
    onward = safe_next(request, default="")
    context = {
        "lesson": lesson,
        "own": own,
        "form": form,
        "exercises": form.answered(),
        "number": found.index(own) + 1,
        "count": len(found),
        "onward": onward,
        "following": _here(request, following) if following else "",
    }
    return TemplateResponse(request, "consent/lesson.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk: LearningRuleViewed(
        object=Ref("group", pk), group=Ref("group", pk)
    )
)
def group_rule(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = groups_access.group_for_staff(request, pk)
    return _rule_page(request, group.program, group)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response: LearningRuleViewed())
def program_rule(request: SignedInRequest) -> HttpResponse:
    return _rule_page(request, groups_access.program_for_admin(request), None)


def _rule_page(request: SignedInRequest, program: Program, group: Group | None) -> HttpResponse:
    rule = learned.rule_of(program, group)
    chosen = {"is_required": rule.is_required, "renew_days": rule.renew_days}
    form = LearningRuleForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        services.set_learning_rule(program=program, group=group, **form.cleaned_data)
        messages.success(request, "Saved. It holds from now on.")
        return redirect(request.path)
    context = {
        "group": group,
        "form": form,
        "asked_above": group is not None and learned.rule_of(program).is_required,
    }
    return TemplateResponse(request, "consent/learning_rule.html", context)
