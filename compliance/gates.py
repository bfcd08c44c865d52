"""The gate that this app adds to those of sessions: lapsed training, where a programme blocks."""

from compliance.queries import training
from compliance.states import TrainingMode
from sessions_app import gates
from sessions_app.gates import Attempt, Gate


def _may_host(attempt: Attempt) -> bool:
    """Two queries for somebody who leads; none for anybody else."""
    if not attempt.is_host:
        return True
    mode = training.mode_of(attempt.session.group.program_id)
    return mode != TrainingMode.BLOCK or not training.lacking(attempt.user, attempt.now)


TRAINING = Gate(
    name="training",
    title="Training",
    next_step="Go through the training that is missing or has lapsed.",
    url_name="training:modules",
    is_open=_may_host,
)


def register() -> None:
    gates.register(TRAINING, before="reminder")
