"""Programme, group, membership and invitation.

Names, aliases and addresses are encrypted; what must be unique or found is a blind index.
A membership's role and state are rows here and nowhere else: nothing may be concluded from
who came first.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.events import Ref
from crypto.fields import BlindIndexField, EncryptedTextField
from crypto.retention import Retention
from groups.errors import TransitionRefused
from groups.states import (
    ENDED_STATES,
    HOST_ROLES,
    LIVE_STATES,
    TRANSITIONS,
    CameraPolicy,
    GuardianScope,
    MembershipState,
    SeatRole,
)

MAX_CAPACITY = 16
INVITATION_LIFETIME = timedelta(days=7)


class Program(models.Model):
    """An intensive outpatient programme: the border that no list and no page crosses."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=120)
    neutral_sender = models.CharField(
        max_length=80,
        default="Quietroom",
        help_text="What stands in mails as the sender: no clinical word, no group name.",
    )
    timezone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> Ref:
        return Ref("program", self.id)


class Affiliation(models.Model):
    """The one programme a person belongs to."""

    retention = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="affiliation"
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="affiliations")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class Group(models.Model):
    """A standing set of members with therapist, policy and agreement; not a call."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="groups")
    name = EncryptedTextField()
    capacity = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(2), MaxValueValidator(MAX_CAPACITY)],
    )
    passphrase_hash = models.CharField(max_length=200, blank=True)
    passphrase_rotated_at = models.DateTimeField(null=True, blank=True)
    camera_policy = models.CharField(
        max_length=16, choices=CameraPolicy.choices, default=CameraPolicy.OPTIONAL
    )
    require_e2ee = models.BooleanField(default=True)
    # Full years, both included; empty is without a bound. States differ in who is an adult.
    youngest = models.PositiveSmallIntegerField(null=True, blank=True)
    oldest = models.PositiveSmallIntegerField(null=True, blank=True)
    adult_from = models.PositiveSmallIntegerField(default=18)
    timezone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=2, capacity__lte=MAX_CAPACITY),
                name="group_capacity_2_to_16",
            ),
            models.CheckConstraint(
                condition=Q(passphrase_hash="", passphrase_rotated_at__isnull=True)
                | (~Q(passphrase_hash="") & Q(passphrase_rotated_at__isnull=False)),
                name="group_passphrase_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(youngest__isnull=True)
                | Q(oldest__isnull=True)
                | Q(youngest__lte=F("oldest")),
                name="group_ages_in_order",
            ),
            models.CheckConstraint(
                condition=Q(adult_from__gte=18, adult_from__lte=21),
                name="group_adult_from_18_to_21",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("group", self.id)

    @property
    def is_age_bound(self) -> bool:
        return self.youngest is not None or self.oldest is not None

    @property
    def has_passphrase(self) -> bool:
        return bool(self.passphrase_hash)

    def encryption_scope(self) -> str:
        return f"group:{self.id}"


def _state_is(*states: MembershipState) -> Q:
    return Q(state__in=sorted(states))


class Membership(models.Model):
    """One person in one group. The row outlives the membership, and so does its alias."""

    retention = Retention.PROFILE

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=SeatRole.choices, default=SeatRole.MEMBER)
    alias = EncryptedTextField()
    pronouns = EncryptedTextField(blank=True)
    # The person's own choices; what is not chosen shows least.
    starts_with_camera = models.BooleanField(default=False)
    hides_own_picture = models.BooleanField(default=False)
    shares_attendance = models.BooleanField(default=False)
    # Agreed with the therapist; why stands nowhere.
    camera_excused = models.BooleanField(default=False)
    state = models.CharField(
        max_length=16, choices=MembershipState.choices, default=MembershipState.INVITED
    )
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="membership_once_per_group"),
            models.CheckConstraint(
                condition=_state_is(*MembershipState), name="membership_state_known"
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(SeatRole)), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=~_state_is(MembershipState.ACTIVE) | Q(activated_at__isnull=False),
                name="membership_active_has_its_time",
            ),
            models.CheckConstraint(
                condition=(_state_is(MembershipState.SUSPENDED) & Q(suspended_at__isnull=False))
                | (~_state_is(MembershipState.SUSPENDED) & Q(suspended_at__isnull=True)),
                name="membership_suspended_has_its_time",
            ),
            models.CheckConstraint(
                condition=(_state_is(*ENDED_STATES) & Q(ended_at__isnull=False))
                | (~_state_is(*ENDED_STATES) & Q(ended_at__isnull=True)),
                name="membership_ended_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("membership", self.id)

    @property
    def state_when_live(self) -> MembershipState:
        """Where a pause or an absence leads back to: the papers gate asks again by itself."""
        was_active = self.activated_at is not None
        return MembershipState.ACTIVE if was_active else MembershipState.ENROLLED

    @property
    def is_live(self) -> bool:
        """Enrolled or active: may open the group's pages and the later gates."""
        return self.state in LIVE_STATES

    @property
    def is_host(self) -> bool:
        """May moderate: a host or co-host whose membership is live."""
        return self.role in HOST_ROLES and self.is_live

    @property
    def camera_is_expected(self) -> bool:
        """By the group's rule, of this person: nobody is asked who was excused."""
        policy = self.group.camera_policy
        return policy == CameraPolicy.EXPECTED and not self.camera_excused and not self.is_host

    @property
    def camera_starts_on(self) -> bool:
        """What the devices page offers first; the person still decides there."""
        return not self.camera_excused and (self.starts_with_camera or self.camera_is_expected)

    def encryption_scope(self) -> str:
        return f"user:{self.user_id}"

    def move_to(self, state: MembershipState, *, at: datetime | None = None) -> None:
        """Set state and times on this instance; MUST be saved under the caller's row lock.

        Raises TransitionRefused when the table does not know the way.
        """
        if state not in TRANSITIONS[MembershipState(self.state)]:
            raise TransitionRefused(f"{self.state} to {state}")
        at = at or timezone.now()
        self.state = state
        if state == MembershipState.ACTIVE:
            self.activated_at = at
        self.suspended_at = at if state == MembershipState.SUSPENDED else None
        self.ended_at = at if state in ENDED_STATES else None


class GuardianLink(models.Model):
    """An adult who stands for a minor of one group: by scope signs, and never joins or sees peers.

    A guardian has no membership, and so no way to a group's page, a session or a socket.
    """

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    ward = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="guardian_links")
    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="guardian_links"
    )
    scope = models.CharField(max_length=16, choices=GuardianScope.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "guardian"],
                condition=Q(ended_at__isnull=True),
                name="guardian_one_live_link",
            ),
            models.CheckConstraint(
                condition=Q(scope__in=sorted(GuardianScope)), name="guardian_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("guardian_link", self.id)

    @property
    def may_sign(self) -> bool:
        return self.ended_at is None and self.scope == GuardianScope.SIGN


class TakenAlias(models.Model):
    """Every alias a group has ever known, as a blind index: none is given to a second person."""

    retention = Retention.PROFILE

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="taken_aliases")
    membership = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, related_name="taken_aliases"
    )
    alias_index = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "alias_index"], name="alias_once_per_group"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Invitation(models.Model):
    """One address, one role, one group or none, one use. The token itself is never stored."""

    retention = Retention.TRANSIENT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="invitations")
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    role = models.CharField(max_length=16)
    seat_role = models.CharField(max_length=16, choices=SeatRole.choices, blank=True)
    # For guardians only: whom they stand for, and how far.
    ward = models.ForeignKey(
        Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    guardian_scope = models.CharField(max_length=16, choices=GuardianScope.choices, blank=True)
    address = EncryptedTextField()
    address_index = BlindIndexField(source="address")
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations_made",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group__isnull=True, seat_role="")
                | (Q(group__isnull=False) & ~Q(seat_role="")),
                name="invitation_seat_role_with_group",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_used_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(role="guardian", ward__isnull=False, group__isnull=True)
                & ~Q(guardian_scope="")
                | (~Q(role="guardian") & Q(ward__isnull=True, guardian_scope="")),
                name="invitation_guardian_has_a_ward",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("invitation", self.id)

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and self.expires_at > timezone.now()

    def encryption_scope(self) -> str:
        return f"invitation:{self.id}"
