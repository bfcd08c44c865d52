"""Everything Quietroom keeps about one person, as plain values for a file of their own.

Starts from the person's own rows in every part: MUST NOT hold another member's name, words or
rows. Staff are named where they opened the record, as on the page.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from compliance.models import TrainingRecord
from compliance.queries.privacy import visits_of
from compliance.queries.readers import readers_of
from compliance.queries.requests import requests_of
from consent.copies import statements_of
from consent.models import Question
from consent.queries import signatures_of
from groups.models import Membership
from sessions_app.models import PreJoin

FORMAT = "quietroom-own-data/1"
# As long as the log keeps its bodies.
SIX_YEARS = timedelta(days=6 * 366)

Values = dict[str, Any]


def own_data(user: User, *, now: datetime | None = None) -> Values:
    """Ready for json.dumps; times are ISO 8601 in UTC."""
    now = now or timezone.now()
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "account": _account(user),
        "profile": _profile(user),
        "second_steps": _factors(user),
        "sign_ins": [_sign_in(one) for one in user.sign_ins.all()],
        "groups": [_membership(one) for one in _memberships(user)],
        "sessions": [_visit(one) for one in visits_of(user)],
        "answers_before_sessions": [_answers(one) for one in _prejoins(user)],
        "papers": [_signature(one) for one in signatures_of(user)],
        "questions": [_question(one) for one in Question.objects.filter(asked_by=user)],
        "tried_out": [
            {"what": one.kind, "at": _time(one.done_at)} for one in user.rehearsals.all()
        ],
        "lessons": [
            {"lesson": one.lesson, "taken_at": _time(one.completed_at)}
            for one in user.lesson_completions.order_by("completed_at")
        ],
        "trainings": [_training(one) for one in user.training_records.order_by("attested_at")],
        "requests": [_request(one) for one in requests_of(user)],
        "opened_by": [
            {"who": one.who, "did": one.did, "why": one.why, "at": _time(one.at)}
            for one in readers_of(user, now - SIX_YEARS).readings
        ],
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _account(user: User) -> Values:
    return {
        "id": str(user.pk),
        "email": user.email,
        "role": user.role,
        "created_at": _time(user.created_at),
        "suspended_at": _time(user.suspended_at),
    }


def _profile(user: User) -> Values:
    profile = user.profile
    told = (
        "true_name",
        "birth_date",
        "call_back",
        "emergency_contact",
        "accommodations",
        "language",
    )
    return {name: getattr(profile, name) for name in told}


def _factors(user: User) -> list[Values]:
    apps = user.totp_devices.filter(confirmed_at__isnull=False)
    return [
        *({"kind": "passkey", "name": one.name, **_made(one)} for one in user.passkeys.all()),
        *({"kind": "app", "name": one.name, **_made(one)} for one in apps),
    ]


def _made(row: Any) -> Values:
    # Any: rows of several models, each with this column.
    return {"created_at": _time(row.created_at)}


def _sign_in(one: Any) -> Values:
    return {
        "browser": one.device,
        "address": one.address,
        **_made(one),
        "last_seen_at": _time(one.last_seen_at),
        "ended_at": _time(one.ended_at),
        "second_step": one.factor,
    }


def _memberships(user: User) -> Any:
    return Membership.objects.filter(user=user).select_related("group").order_by("created_at")


def _membership(one: Membership) -> Values:
    return {
        "group": one.group.name,
        "part": one.role,
        "state": one.state,
        "name_in_group": one.alias,
        "pronouns": one.pronouns,
        "camera_offered_on": one.starts_with_camera,
        "own_picture_hidden": one.hides_own_picture,
        "attendance_shared": one.shares_attendance,
        "camera_may_stay_off": one.camera_excused,
        **_made(one),
        "ended_at": _time(one.ended_at),
    }


def _visit(one: Any) -> Values:
    return {
        "group": one.session.group.name,
        "session_opens_at": _time(one.session.opens_at),
        "from": _time(one.connected_at),
        "to": _time(one.ended_at),
    }


def _prejoins(user: User) -> Any:
    return PreJoin.objects.filter(user=user, purged_at=None).order_by("created_at")


def _answers(one: PreJoin) -> Values:
    return {
        **_made(one),
        "space": one.environment,
        "location": one.location,
        "call_back": one.call_back,
        "takes_part_with": one.mode,
        "comes_later_since": _time(one.later_at),
        "words_to_the_therapist": one.note,
    }


def _training(one: TrainingRecord) -> Values:
    return {
        "module": one.module,
        "statement": one.statement,
        "attested_at": _time(one.attested_at),
        "expires_at": _time(one.expires_at),
    }


def _signature(one: Any) -> Values:
    return {
        "group": one.version.agreement.group.name,
        "paper": one.version.agreement.get_kind_display(),
        "version": one.version.number,
        "language": one.language,
        "signed_at": _time(one.signed_at),
        "state": one.state,
        "withdrawn_at": _time(one.withdrawn_at),
        "printed_name": one.printed_name,
        "for_a_minor": one.on_behalf_of_id is not None,
        "meaning": one.meaning,
        "ticked": statements_of(one),
        "text_sha256": one.document_sha256,
        "confirmed_with": one.auth_strength,
        "address": one.address,
    }


def _question(one: Question) -> Values:
    return {
        "asked_at": _time(one.asked_at),
        "question": one.text,
        "answered_at": _time(one.answered_at),
        "answer": one.answer,
    }


def _request(one: Any) -> Values:
    return {
        "kind": one.kind,
        "asked_at": _time(one.asked_at),
        "text": one.text,
        "due_at": _time(one.due_at),
        "state": one.state,
        "outcome": one.outcome,
        "steps": [
            {"at": _time(step.at), "state": step.state, "words": step.comment}
            for step in one.steps.all()
        ],
    }
