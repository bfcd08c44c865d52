"""Reads: how the training of those who lead groups stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from accounts.models import Role, User
from compliance.models import TrainingPolicy, TrainingRecord
from compliance.states import TrainingMode
from compliance.training import MODULES, TrainingModule, TrainingStanding, training_standing
from groups.models import Program
from groups.queries import people_of, program_of


@dataclass(frozen=True, slots=True)
class ModuleOf:
    """One module from one person's side."""

    module: TrainingModule
    standing: TrainingStanding
    expires_at: datetime | None


def mode_of(program_id: UUID | None) -> TrainingMode:
    policy = TrainingPolicy.objects.filter(program=program_id).first() if program_id else None
    return TrainingMode(policy.mode) if policy else TrainingMode.WARN


def training_of(user: User, now: datetime | None = None) -> list[ModuleOf]:
    return _modules(_newest([user.pk]).get(user.pk, {}), now or timezone.now())


def lacking(user: User, now: datetime | None = None) -> list[ModuleOf]:
    """What does not hold: never attested, or lapsed. Empty is what lets a therapist host."""
    return [one for one in training_of(user, now) if not one.standing.holds]


@dataclass(frozen=True, slots=True)
class TherapistTraining:
    person: User
    modules: list[ModuleOf]

    @property
    def lacking(self) -> list[ModuleOf]:
        return [one for one in self.modules if not one.standing.holds]


def training_in(program: Program) -> list[TherapistTraining]:
    """Of every therapist of a programme, in a fixed number of queries. For its admins."""
    people = list(people_of(program).filter(role=Role.THERAPIST))
    newest, now = _newest(person.pk for person in people), timezone.now()
    return [
        TherapistTraining(person, _modules(newest.get(person.pk, {}), now)) for person in people
    ]


@dataclass(frozen=True, slots=True)
class TrainingWarning:
    """For the pages of a therapist: what is missing, and whether it keeps the doors closed."""

    lacking: list[ModuleOf]
    blocks: bool


def warning_for(user: User) -> TrainingWarning | None:
    """None where nothing is to be said."""
    if user.role != Role.THERAPIST:
        return None
    program = program_of(user)
    mode = mode_of(program.pk if program else None)
    missing = [] if mode == TrainingMode.OFF else lacking(user)
    return TrainingWarning(missing, mode == TrainingMode.BLOCK) if missing else None


def _newest(people: Iterable[UUID]) -> dict[UUID, dict[str, datetime]]:
    rows = TrainingRecord.objects.filter(user__in=list(people)).values_list("user_id", "module")
    found: dict[UUID, dict[str, datetime]] = {}
    for user_id, module, until in rows.annotate(until=Max("expires_at")).order_by():
        found.setdefault(user_id, {})[module] = until
    return found


def _modules(newest: dict[str, datetime], now: datetime) -> list[ModuleOf]:
    return [
        ModuleOf(one, training_standing(newest.get(one.key), now), newest.get(one.key))
        for one in MODULES
    ]
