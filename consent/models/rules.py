"""What a group writes for itself: proposals about its rules, what is said about them, pledges.

Peers read these under the names they chose in the group: no row here holds a name.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.events import Ref
from consent.kinds import PROPOSABLE, DocumentKind
from consent.models.papers import AgreementVersion
from consent.states import DECIDED_STATES, PledgeState, ProposalState
from crypto.fields import EncryptedTextField
from crypto.retention import Retention
from groups.models import Group


class Proposal(models.Model):
    """What somebody wants the rules to say, and what the therapist answered."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=16, choices=DocumentKind.choices)
    clause = models.CharField(max_length=32)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals"
    )
    text = EncryptedTextField()
    proposed_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=ProposalState.choices, default=ProposalState.OPEN
    )
    answer = EncryptedTextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    adopted_in = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, null=True, related_name="proposals"
    )

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(ProposalState)), name="proposal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(PROPOSABLE)), name="proposal_about_the_rules"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=sorted(DECIDED_STATES),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | (
                    ~Q(state__in=sorted(DECIDED_STATES))
                    & Q(decided_by__isnull=True, decided_at__isnull=True)
                ),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.ADOPTED, adopted_in__isnull=False)
                | (~Q(state=ProposalState.ADOPTED) & Q(adopted_in__isnull=True)),
                name="proposal_adopted_has_its_version",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("proposal", self.id)

    @property
    def is_open(self) -> bool:
        return self.state == ProposalState.OPEN

    def encryption_scope(self) -> str:
        return f"group:{self.group_id}"


class Comment(models.Model):
    """What somebody in the group says about a proposal; it is neither changed nor taken back."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="comments")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    text = EncryptedTextField()
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("comment", self.id)

    def encryption_scope(self) -> str:
        return f"group:{self.proposal.group_id}"


class Pledge(models.Model):
    """A promise beside the papers. Peers see the chosen name and "pledged", or nothing at all."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="pledges")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pledges"
    )
    sentence = models.TextField()
    is_shown = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=PledgeState.choices, default=PledgeState.MADE)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"],
                condition=Q(state=PledgeState.MADE),
                name="pledge_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=PledgeState.TAKEN_BACK, taken_back_at__isnull=False)
                | Q(state=PledgeState.MADE, taken_back_at__isnull=True),
                name="pledge_taken_back_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("pledge", self.id)
