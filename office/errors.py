"""What the office refuses. `text` is what the screen says.

OfficeError
├── NameTaken         the library has something of this name already
├── NothingToPublish  there is no draft, or it says what is in force
├── WordsNotReady     the draft has findings that keep it back
├── DraftInTheWay     the group has a draft of its own; it is replaced only when asked for
├── ExportRunning     one export at a time
├── TooManyCopies     more papers than one file takes
└── StepRefused       the export is not in a state for this
"""


class OfficeError(Exception):
    """Messages and logs carry ids only; `text` is for the screen."""

    text = "This could not be done. Go back and try again."


class NameTaken(OfficeError):
    text = "The library has one of this name already. Choose another name."


class NothingToPublish(OfficeError):
    text = "There is no change to publish. Edit the words and save them first."


class WordsNotReady(OfficeError):
    text = "Something in the words has to change first. The findings say what."


class DraftInTheWay(OfficeError):
    text = (
        "This group has a draft of this paper already. Tick that it may be replaced, or let its "
        "therapist finish it."
    )


class ExportRunning(OfficeError):
    text = "Another export is being made. Wait until it is ready, then ask again."


class TooManyCopies(OfficeError):
    text = "That is more than one file takes. Choose one group."


class StepRefused(OfficeError):
    text = "This export is not there any more. Ask for a new one."
