"""Attesting a module, and what lapsed training means in a programme."""

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from compliance.events import TrainingAttested, TrainingPolicyChanged
from compliance.models import TrainingPolicy, TrainingRecord
from compliance.states import TrainingMode
from compliance.training import HOLDS, TrainingModule
from groups.models import Program


@act(TrainingAttested)
def attest_training(*, user: User, module: TrainingModule) -> TrainingRecord:
    """In the module's words of today; again before it ends is a new row with a new end."""
    now = timezone.now()
    made = TrainingRecord.objects.create(
        user=user,
        module=module.key,
        statement=module.statement,
        attested_at=now,
        expires_at=now + HOLDS,
    )
    record(TrainingAttested(object=made.ref, subject=user.ref, reason=module.key))
    return made


@act(TrainingPolicyChanged)
def set_training_policy(*, program: Program, mode: TrainingMode) -> TrainingPolicy:
    """Holds for the next opening of doors; nobody is taken out of a running session."""
    policy, _ = TrainingPolicy.objects.update_or_create(program=program, defaults={"mode": mode})
    record(TrainingPolicyChanged(object=policy.ref, mode=mode))
    return policy
