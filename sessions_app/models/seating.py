"""Who was let in by whom, where they sit, and who may not come back."""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from accounts.models import SignIn
from audit.events import Ref
from crypto.retention import Retention
from groups.models import MAX_CAPACITY, Group
from sessions_app.errors import TransitionRefused
from sessions_app.models.attempts import PreJoin
from sessions_app.models.schedule import Room, Session
from sessions_app.states import (
    ADMISSION_TRANSITIONS,
    ENDED,
    LIVE,
    SEATED,
    AdmissionState,
    SeatMode,
    words,
)

# The one reason for waiting again that the person and the host are shown.
NOT_ADDED = "not_added"


class Admission(models.Model):
    """One arrival of one person and what a host decided about it; ended is final.

    `connection` names the open socket and its transport on the relay; empty while the socket
    is away. `heartbeat_at` stops when it does.
    """

    retention = Retention.ATTENDANCE_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="admissions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="admissions"
    )
    prejoin = models.ForeignKey(
        PreJoin, on_delete=models.SET_NULL, null=True, related_name="admissions"
    )
    sign_in = models.ForeignKey(SignIn, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=24, default=AdmissionState.WAITING.value)
    connection = models.UUIDField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(default=now)
    waiting_since = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=32, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    session_id: UUID
    user_id: UUID
    sign_in_id: UUID | None
    prejoin_id: UUID | None
    decided_by_id: UUID | None

    class Meta:
        ordering = ["waiting_since"]
        constraints = [
            models.CheckConstraint(
                name="admissions_state_known", condition=Q(state__in=words(AdmissionState))
            ),
            models.UniqueConstraint(
                name="admissions_one_live",
                fields=["user", "session"],
                condition=Q(state__in=words(LIVE)),
            ),
            models.CheckConstraint(
                name="admissions_ended_has_its_time",
                condition=Q(state__in=words(LIVE), ended_at__isnull=True)
                | Q(state__in=words(ENDED), ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="admissions_seated_was_decided",
                condition=~Q(state__in=words(SEATED))
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("admission", self.pk)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_seated(self) -> bool:
        return self.state in SEATED

    @property
    def was_not_added(self) -> bool:
        """Waits again, because nobody's browser made a key for the visit before this one."""
        return self.state == AdmissionState.WAITING and self.reason == NOT_ADDED

    def become(self, state: AdmissionState, *, now: datetime) -> None:
        """Take one step of the table; raises TransitionRefused. The caller holds the row's lock."""
        if state not in ADMISSION_TRANSITIONS[AdmissionState(self.state)]:
            raise TransitionRefused(f"admission.{self.state}")
        self.state = state
        if state in ENDED:
            self.ended_at = now


class Seat(models.Model):
    """A place in the circle. The number is the same for all, and the person's for the session."""

    retention = Retention.SESSION_DAYS_30

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    admission = models.OneToOneField(Admission, on_delete=models.CASCADE, related_name="seat")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8, default=SeatMode.VIDEO.value)
    may_send_mic = models.BooleanField(default=True)
    may_send_camera = models.BooleanField(default=True)
    mic_on = models.BooleanField(default=False)
    camera_on = models.BooleanField(default=False)
    private = models.BooleanField(default=True)
    away = models.BooleanField(default=False)
    taken_at = models.DateTimeField(default=now)
    freed_at = models.DateTimeField(null=True, blank=True)

    admission_id: UUID
    room_id: UUID

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="seats_number_in_the_circle",
                condition=Q(number__gte=1, number__lte=MAX_CAPACITY),
            ),
            models.CheckConstraint(name="seats_mode_known", condition=Q(mode__in=words(SeatMode))),
            models.UniqueConstraint(
                name="seats_one_person_a_place",
                fields=["room", "number"],
                condition=Q(freed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("seat", self.pk)


class Block(models.Model):
    """This person may not come back, to one session or to the group; `lifted_at` ends it."""

    retention = Retention.ATTENDANCE_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="blocks"
    )
    scope = models.CharField(
        max_length=8,
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, related_name="blocks")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="blocks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=32)
    at = models.DateTimeField(default=now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="blocks_scope_names_its_place",
                condition=Q(scope="session", session__isnull=False, group__isnull=True)
                | Q(scope="group", group__isnull=False, session__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("block", self.pk)
