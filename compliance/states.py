"""The closed sets of the desk."""

from django.db.models import TextChoices


class Detector(TextChoices):
    """What is looked for in the log; compliance/detectors says how."""

    NEW_DEVICE = "new_device", "New device"
    TWO_PLACES = "two_places", "Two places at once"
    FAILURES = "failures", "Burst of failures"
    ODD_HOURS = "odd_hours", "Odd hours"
    MASS_VIEWS = "mass_views", "Many records in a short time"
    LINK_BY_OTHER = "link_by_other", "Link used by another account"
    DENIALS = "denials", "Repeated denials"
    OUTSIDE_CARE = "outside_care", "Outside the care relationship"
    LATE_EXPORT = "late_export", "Export after hours"


class AlertState(TextChoices):
    RAISED = "raised", "To look at"
    ESCALATED = "escalated", "Escalated"
    DISMISSED = "dismissed", "Dismissed"
    RESOLVED = "resolved", "Closed"


# From a state to those that a person may decide on.
ALERT_STEPS = {
    AlertState.RAISED: (AlertState.DISMISSED, AlertState.ESCALATED),
    AlertState.ESCALATED: (AlertState.RESOLVED,),
    AlertState.DISMISSED: (),
    AlertState.RESOLVED: (),
}


class ReviewKind(TextChoices):
    """What is reviewed again and again; compliance/sampling.py says how often and how much."""

    LOG = "log", "A sample of everything"
    READING = "reading", "Who read records"
    REFUSALS = "refusals", "What was refused"
    ACCESS = "access", "Who may still come in"


class Finding(TextChoices):
    FINE = "fine", "In order"
    QUESTION = "question", "Needs a second look"


class RequestKind(TextChoices):
    """What a person may ask about their own record; compliance/rights.py says how soon."""

    COPY = "copy", "A copy of my record"
    CORRECTION = "correction", "A correction of my record"
    DISCLOSURES = "disclosures", "A list of whom my record was given to"
    RESTRICTION = "restriction", "A limit on how my record is used"


class RequestState(TextChoices):
    RECEIVED = "received", "Waits for an answer"
    EXTENDED = "extended", "Needs more time"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Taken back"


class RequestOutcome(TextChoices):
    DONE = "done", "Done as asked"
    PARTLY = "partly", "Done in part"
    REFUSED = "refused", "Not done"


class RevealReason(TextChoices):
    INCIDENT = "incident", "A possible incident"
    COMPLAINT = "complaint", "A complaint"
    PERSON_ASKED = "person.asked", "The person asked for it"
    LEGAL = "legal.duty", "A legal duty"


class AlertReason(TextChoices):
    EXPECTED = "expected", "Expected, and I know why"
    TALKED = "mistake", "A mistake; I have talked with them"
    INCIDENT = "incident", "It may be an incident"
    SAFETY = "safety", "Somebody's safety"


class TrainingMode(TextChoices):
    """What a programme does when a therapist's training has lapsed."""

    OFF = "off", "Nothing: the modules are offered"
    WARN = "warn", "Warn the therapist, and let them open the doors"
    BLOCK = "block", "Keep the doors closed until the training is done"
