"""What the desk refuses. `text` is what the screen says.

DeskError
├── StepRefused      an alert does not go from its state to that one
├── ReviewClosed     the review was signed off: it stays as it is
├── ReviewUnfinished items wait to be looked at
├── OwnUse           nobody reviews what they did themselves
├── TooManyViews     an officer keeps so many saved views and no more
├── RequestClosed    the request was answered, taken back, or extended once already
├── OwnRequest       nobody answers what they asked themselves
└── TooManyRequests  so many wait for an answer, and no more
"""


class DeskError(Exception):
    text = "This cannot be done now."


class StepRefused(DeskError):
    text = "Somebody decided on this alert meanwhile. Read what they wrote below."


class ReviewClosed(DeskError):
    text = "This review is signed off and stays as it is. Write into the next one."


class ReviewUnfinished(DeskError):
    text = "Some items have no finding yet. Look at each of them, then sign."


class OwnUse(DeskError):
    text = "This was your own act. Another compliance officer has to look at it."


class TooManyViews(DeskError):
    text = "You keep as many views as fit the page. Delete one first."


class RequestClosed(DeskError):
    text = "This request has changed meanwhile. Read below how it stands."


class OwnRequest(DeskError):
    text = "This is your own request. Another compliance officer has to answer it."


class TooManyRequests(DeskError):
    text = "So many of your requests wait already. Take one back, or wait for an answer."
