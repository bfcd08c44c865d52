"""One meeting of a group, and the rooms it has on the relay."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from audit.events import Ref
from crypto.retention import Retention
from groups.models import Group
from sessions_app.states import JOINABLE, SESSION_TRANSITIONS, RoomKind, SessionState, words

DEFAULT_GRACE = timedelta(minutes=15)


class Session(models.Model):
    """`locked_at` and `media_suspended_at` are flags, not states: a session is live and locked.

    `require_e2ee` is the group's rule as it was when the doors opened: it never changes under
    people who are already in.
    """

    retention = Retention.ATTENDANCE_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sessions")
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scheduled_sessions"
    )
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    grace = models.DurationField(default=DEFAULT_GRACE)
    timezone = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=SessionState.SCHEDULED.value)
    require_e2ee = models.BooleanField(null=True, blank=True)
    doors_opened_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    media_suspended_at = models.DateTimeField(null=True, blank=True)
    host_absent_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    group_id: UUID
    scheduled_by_id: UUID

    class Meta:
        ordering = ["opens_at"]
        constraints = [
            models.CheckConstraint(
                name="sessions_state_known", condition=Q(state__in=words(SessionState))
            ),
            models.CheckConstraint(
                name="sessions_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(
                name="sessions_grace_is_bounded",
                condition=Q(grace__gte=timedelta(0), grace__lte=timedelta(hours=1)),
            ),
            models.CheckConstraint(
                name="sessions_ended_has_its_time",
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="sessions_open_doors_have_their_time",
                condition=~Q(state__in=["doors_open", "live"]) | Q(doors_opened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("session", self.pk)

    @property
    def ends_at(self) -> datetime:
        """When the session ends by itself and every link to it is dead."""
        return self.closes_at + self.grace

    @property
    def is_end_to_end(self) -> bool:
        """Sound and picture are sealed by the browsers; whoever cannot is not let in."""
        rule = self.require_e2ee
        return self.group.require_e2ee if rule is None else rule

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_joinable(self) -> bool:
        return self.state in JOINABLE

    @property
    def doors_are_open(self) -> bool:
        return self.state in (SessionState.DOORS_OPEN, SessionState.LIVE)

    @property
    def admits_nobody(self) -> bool:
        """Locked by a host, or by the absence of every host."""
        return self.locked_at is not None or self.host_absent_since is not None

    def is_within_window(self, now: datetime) -> bool:
        return self.opens_at <= now < self.ends_at

    def may_become(self, state: SessionState) -> bool:
        return state in SESSION_TRANSITIONS[SessionState(self.state)]


class Room(models.Model):
    """The technical place of a session on the relay; `relay_node` says where it lives."""

    retention = Retention.SESSION_DAYS_30

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="rooms")
    kind = models.CharField(max_length=16, default=RoomKind.MAIN.value)
    relay_node = models.CharField(max_length=64, blank=True)

    session_id: UUID

    class Meta:
        constraints = [
            models.CheckConstraint(name="rooms_kind_known", condition=Q(kind__in=words(RoomKind))),
            models.UniqueConstraint(
                name="rooms_one_main", fields=["session"], condition=Q(kind="main")
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("room", self.pk)
