"""What the desk keeps of its own. What happened stands in the log.

Comments are encrypted under the key of a person or a programme: they may name people.
"""

from compliance.models.alerts import Alert, AlertStep, DetectorRun
from compliance.models.requests import PrivacyRequest, RequestStep
from compliance.models.reviews import Review, ReviewItem, UseReview
from compliance.models.training import TrainingPolicy, TrainingRecord
from compliance.models.views import SavedView

__all__ = [
    "Alert",
    "AlertStep",
    "DetectorRun",
    "PrivacyRequest",
    "RequestStep",
    "Review",
    "ReviewItem",
    "SavedView",
    "TrainingPolicy",
    "TrainingRecord",
    "UseReview",
]
