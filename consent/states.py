"""The closed sets of this app (journeys.md §5.1)."""

from django.db.models import TextChoices


class VersionState(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "In force"
    SUPERSEDED = "superseded", "Replaced"


class SignatureState(TextChoices):
    VALID = "valid", "Valid"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Replaced by a newer one"
    EXPIRED = "expired", "Expired"


class ProposalState(TextChoices):
    OPEN = "open", "Under discussion"
    ACCEPTED = "accepted", "Goes into the next version"
    ADOPTED = "adopted", "Part of the rules"
    DECLINED = "declined", "Declined"
    TAKEN_BACK = "taken_back", "Taken back"


class PledgeState(TextChoices):
    MADE = "made", "Made"
    TAKEN_BACK = "taken_back", "Taken back"


DECIDED_STATES = frozenset({ProposalState.ACCEPTED, ProposalState.ADOPTED, ProposalState.DECLINED})

VERSION_TRANSITIONS: dict[VersionState, frozenset[VersionState]] = {
    VersionState.DRAFT: frozenset({VersionState.PUBLISHED}),
    VersionState.PUBLISHED: frozenset({VersionState.SUPERSEDED}),
    VersionState.SUPERSEDED: frozenset(),
}

SIGNATURE_TRANSITIONS: dict[SignatureState, frozenset[SignatureState]] = {
    SignatureState.VALID: frozenset(
        {SignatureState.WITHDRAWN, SignatureState.SUPERSEDED, SignatureState.EXPIRED}
    ),
    SignatureState.WITHDRAWN: frozenset(),
    SignatureState.EXPIRED: frozenset(),
    SignatureState.SUPERSEDED: frozenset(),
}


# A therapist may decide otherwise until the version with the accepted words is published.
PROPOSAL_TRANSITIONS: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.OPEN: frozenset(
        {ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.TAKEN_BACK}
    ),
    ProposalState.ACCEPTED: frozenset({ProposalState.ADOPTED, ProposalState.DECLINED}),
    ProposalState.ADOPTED: frozenset(),
    ProposalState.DECLINED: frozenset(),
    ProposalState.TAKEN_BACK: frozenset(),
}

# Whoever took a pledge back may make a new one.
PLEDGE_TRANSITIONS: dict[PledgeState, frozenset[PledgeState]] = {
    PledgeState.MADE: frozenset({PledgeState.TAKEN_BACK}),
    PledgeState.TAKEN_BACK: frozenset(),
}


class StepState(TextChoices):
    """One step of getting started."""

    OPEN = "open", "To do"
    WAITING = "waiting", "Waits for somebody else"
    DUE = "due", "Due again"
    DONE = "done", "Done"


class OnboardingState(TextChoices):
    """One membership on its way in. Computed from its steps: no row that could grow stale."""

    PREPARING = "preparing", "Getting started"
    READY = "ready", "May come in"
    COMPLETE = "complete", "Everything done"


STEP_TRANSITIONS: dict[StepState, frozenset[StepState]] = {
    StepState.OPEN: frozenset({StepState.WAITING, StepState.DONE}),
    StepState.WAITING: frozenset({StepState.OPEN, StepState.DONE}),
    StepState.DUE: frozenset({StepState.DONE, StepState.OPEN}),
    # A withdrawn paper, a lapsed lesson, a lost second factor: nothing is done for ever.
    StepState.DONE: frozenset({StepState.DUE, StepState.OPEN, StepState.WAITING}),
}
ONBOARDING_TRANSITIONS: dict[OnboardingState, frozenset[OnboardingState]] = {
    OnboardingState.PREPARING: frozenset({OnboardingState.READY, OnboardingState.COMPLETE}),
    OnboardingState.READY: frozenset({OnboardingState.PREPARING, OnboardingState.COMPLETE}),
    OnboardingState.COMPLETE: frozenset({OnboardingState.PREPARING, OnboardingState.READY}),
}
