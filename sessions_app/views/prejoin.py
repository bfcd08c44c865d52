"""The way in: each gate that has a page, in the order of gates.py, and nothing to skip ahead to.

Every view reads the attempt again; a page whose turn it is not sends on to the one whose it is.
"""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from audit import services as audit
from audit.events import Event, Ref
from sessions_app import access, gates, queries, services
from sessions_app.events import PreJoinShown
from sessions_app.forms import (
    NOTE_LENGTH,
    BrowserForm,
    DevicesForm,
    LocationForm,
    NoSpaceForm,
    NoteForm,
    PassphraseForm,
    ReminderForm,
    SpaceForm,
)
from sessions_app.gates import Attempt
from sessions_app.ground_rules import GROUND_RULES
from sessions_app.services.passphrase import attempts_left
from sessions_app.services.upkeep import LOCATIONS_KEPT
from sessions_app.states import SeatMode, SessionState
from sessions_app.steps import AFTER_DEVICES, next_page, steps_of

Page = Callable[[SignedInRequest, Attempt], HttpResponse]
View = Callable[..., HttpResponse]


def shown(request: SignedInRequest, response: HttpResponse, *, pk: UUID) -> Event:
    return PreJoinShown(session=Ref("session", pk), subject=request.user.ref)


def attempt_for(request: SignedInRequest, pk: UUID) -> Attempt:
    """404 for whoever may not know the session."""
    standing = access.session_for_member(request, pk)
    return queries.attempt_of(
        session=standing.session, membership=standing.membership, sign_in=request.sign_in
    )


def step(gate_name: str) -> Callable[[Page], View]:
    """A page of one gate: shown while that gate is the first closed one, passed by otherwise."""

    def decorate(page: Page) -> View:
        @signed_in
        @require_http_methods(["GET", "HEAD", "POST"])
        @audit.shows(shown)
        @wraps(page)
        def guarded(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
            attempt = attempt_for(request, pk)
            closed = gates.first_closed(attempt)
            if closed is None or closed.name != gate_name or attempt.prejoin._state.adding:
                return redirect("sessions:enter", pk=pk)
            return page(request, attempt)

        return guarded

    return decorate


def show(
    request: SignedInRequest, attempt: Attempt, name: str, template: str, **context: object
) -> HttpResponse:
    found = {"attempt": attempt, "session": attempt.session, "steps": steps_of(attempt, name)}
    return TemplateResponse(request, f"sessions_app/{template}.html", {**found, **context})


@signed_in
def enter(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """The one link of a session: leads to whatever comes next. Coming here begins the attempt."""
    attempt = attempt_for(request, pk)
    if attempt.prejoin._state.adding and _may_begin(attempt):
        services.begin_attempt(user=request.user, session=attempt.session)
        attempt = attempt_for(request, pk)
    return redirect(next_page(attempt))


def _may_begin(attempt: Attempt) -> bool:
    before = [gates.by_name(name) for name in ("factors", "membership", "window")]
    return all(gate.is_open(attempt) for gate in before)


@signed_in
@audit.shows(shown)
def closed(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """Too early, or over."""
    attempt = attempt_for(request, pk)
    if gates.by_name("window").is_open(attempt):
        return redirect("sessions:enter", pk=pk)
    session, now = attempt.session, timezone.now()
    context = {
        "session": session,
        "now": now,
        "is_over": session.state == SessionState.ENDED or now >= session.ends_at,
    }
    return TemplateResponse(request, "sessions_app/closed.html", context)


@step("reminder")
def reminder(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    form = ReminderForm(request.POST or None)
    if form.is_valid():
        services.acknowledge_reminder(prejoin=attempt.prejoin)
        return onward(attempt)
    return show(request, attempt, "reminder", "reminder", form=form, rules=GROUND_RULES)


@step("environment")
def space(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    items = queries.space_items(attempt.session.group.program)
    form = SpaceForm(request.POST or None, items=items)
    if form.is_valid():
        services.attest_environment(prejoin=attempt.prejoin, answers=form.cleaned_data)
        return onward(attempt)
    return show(request, attempt, "environment", "space", form=form)


@step("environment")
def no_space(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    """No private space today is an answer: there is always a way on."""
    form = NoSpaceForm(request.POST or None)
    if form.is_valid():
        services.attest_environment(
            prejoin=attempt.prejoin,
            answers={"alone": False},
            mode=SeatMode(form.cleaned_data["mode"]),
        )
        return onward(attempt)
    return show(request, attempt, "environment", "no_space", form=form, asking=NoteForm())


@step("location")
def location(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    form = LocationForm(request.POST or None, last=queries.last_located(request.user))
    if form.is_valid():
        services.confirm_location(
            prejoin=attempt.prejoin,
            location=form.cleaned_data["location"],
            call_back=form.cleaned_data["call_back"],
        )
        return onward(attempt)
    kept = LOCATIONS_KEPT.days
    context = {"form": form, "kept_days": kept, "asking": NoteForm()}
    return show(request, attempt, "location", "location", **context)


@step("passphrase")
def passphrase(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    form = PassphraseForm(request.POST or None)
    if form.is_valid():
        candidate = form.cleaned_data["passphrase"]
        if services.give_passphrase(prejoin=attempt.prejoin, candidate=candidate):
            return onward(attempt)
        form = PassphraseForm()
        messages.error(request, "That was not the passphrase of this group.")
    left = attempts_left(attempt.prejoin)
    context = {"form": form, "left": left, "asking": NoteForm()}
    return show(request, attempt, "passphrase", "passphrase", **context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(shown)
def devices(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """A step and no gate: whoever has no camera or no microphone goes on without."""
    attempt = attempt_for(request, pk)
    here = reverse("sessions:devices", args=[pk])
    if next_page(attempt) != here and not _is_past_answers(attempt):
        return redirect("sessions:enter", pk=pk)
    form = DevicesForm(
        request.POST or None,
        group=attempt.session.group,
        is_private=attempt.prejoin.says_private,
        initial={"mode": _offered_mode(attempt)},
    )
    if form.is_valid():
        services.choose_devices(prejoin=attempt.prejoin, mode=SeatMode(form.cleaned_data["mode"]))
        _note_browser(request, attempt, can_encrypt=form.cleaned_data["encrypts"])
        return onward(attempt)
    return show(request, attempt, "devices", "devices", form=form)


def _offered_mode(attempt: Attempt) -> str:
    """Whoever was excused from the camera is not offered it first, until they choose."""
    chosen = attempt.prejoin.mode
    is_first = attempt.prejoin.devices_at is None
    if is_first and attempt.membership.camera_excused and chosen == SeatMode.VIDEO:
        return SeatMode.AUDIO.value
    return chosen


@step("browser")
def browser(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    """Asked again of each browser; one that cannot is told which can."""
    form = BrowserForm(request.POST or None)
    if form.is_valid():
        _note_browser(request, attempt, can_encrypt=True)
        return onward(attempt)
    return show(request, attempt, "devices", "browser", form=form, asking=NoteForm())


def _note_browser(request: SignedInRequest, attempt: Attempt, *, can_encrypt: bool) -> None:
    if can_encrypt and attempt.session.is_end_to_end:
        services.attest_browser(prejoin=attempt.prejoin, sign_in=request.sign_in)


def _is_past_answers(attempt: Attempt) -> bool:
    """Back from the room to choose again."""
    closed = gates.first_closed(attempt)
    return closed is None or closed.name in AFTER_DEVICES


@signed_in
@require_POST
def ask(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """ "Talk to my therapist": shown at once, with a few words, in the list at the door."""
    attempt = attempt_for(request, pk)
    note = _note(request)
    is_news = bool(note) or attempt.prejoin.help_asked_at is None
    if not attempt.prejoin._state.adding and is_news:
        services.ask_for_help(prejoin=attempt.prejoin, note=note)
    messages.info(
        request,
        "Your therapist sees that you are at the door and need a word. "
        "Stay on this page, or wait for a call.",
    )
    return redirect("sessions:enter", pk=pk)


@signed_in
@require_POST
def later(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """Not today, or not now: the therapist is told, and the way in stays open."""
    attempt = attempt_for(request, pk)
    if not attempt.prejoin._state.adding and attempt.prejoin.later_at is None:
        services.come_later(prejoin=attempt.prejoin, note=_note(request))
    messages.success(
        request,
        "Your therapist is told that it does not fit right now. "
        "If it does later, come in as always, as long as the session is open.",
    )
    return redirect("sessions:home")


def _note(request: SignedInRequest) -> str:
    """Longer words are cut rather than refused: whoever asks for help is not sent back."""
    return request.POST.get("note", "").strip()[:NOTE_LENGTH]


def onward(attempt: Attempt) -> HttpResponse:
    return redirect("sessions:enter", pk=attempt.session.pk)
