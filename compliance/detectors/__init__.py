"""The detectors of the desk, each with the sentence that explains its alerts."""

from compliance.detectors import reading, sign_ins
from compliance.detectors.base import Ground, Hit, Rule
from compliance.states import Detector

__all__ = ["RULES", "Ground", "Hit", "Rule"]

ASK = "Ask the person, by telephone or in the corridor, then write down what they said."

RULES: dict[Detector, Rule] = {
    rule.detector: rule
    for rule in (
        Rule(
            Detector.NEW_DEVICE,
            "Somebody of the staff signed in with a browser that this account never used before.",
            ASK,
            sign_ins.new_device,
        ),
        Rule(
            Detector.TWO_PLACES,
            "One account acted from one network, from another, and from the first again within "
            "30 minutes.",
            "Ask whether both were this person. If not, pause the account and escalate.",
            sign_ins.two_places,
        ),
        Rule(
            Detector.FAILURES,
            "Ten or more wrong passwords, codes or passphrases, each within 10 minutes of ten, "
            "against one account or from one address.",
            "See whether a sign-in followed. If one did, pause the account and escalate.",
            sign_ins.failures,
        ),
        Rule(
            Detector.ODD_HOURS,
            "Somebody of the staff opened three or more records of others between 23:00 and 05:00 "
            "on the programme's clocks.",
            ASK,
            reading.odd_hours,
        ),
        Rule(
            Detector.MASS_VIEWS,
            "One account opened 25 or more different records within an hour.",
            "Ask what it was for. If there is no answer, pause the account and escalate.",
            reading.mass_views,
        ),
        Rule(
            Detector.LINK_BY_OTHER,
            "An invitation that was meant for another address was opened by somebody who was "
            "signed in. It did not open for them.",
            "Ask how the link came to them, and send a new invitation.",
            sign_ins.link_by_other,
        ),
        Rule(
            Detector.DENIALS,
            "One account was refused eight or more times within 30 minutes.",
            "See what was asked for: an old bookmark looks different from a search.",
            reading.denials,
        ),
        Rule(
            Detector.OUTSIDE_CARE,
            "A therapist opened the record of somebody who is and was in none of their groups.",
            "This should not be possible: escalate, and have the memberships checked.",
            reading.outside_care,
        ),
        Rule(
            Detector.LATE_EXPORT,
            "The log or signed papers were exported outside 07:00 to 20:00 on a working day.",
            ASK,
            reading.late_export,
        ),
    )
}
