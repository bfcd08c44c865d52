"""The words of every refusal and of every end, each with a next step.

Nobody is told why somebody else decided something about them: reasons are codes in the log.
"""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from sessions_app.messages.server import Closed, Error

TRY_AGAIN = "Wait a moment and try again."
LOOK_AGAIN = "Look at the list again: it shows how things are now."
REFUSALS: dict[str, tuple[str, str]] = {
    "admits_nobody": (
        "Nobody can be let in while the session is locked.",
        "Unlock the session first.",
    ),
    "cooling_down": (
        "The therapist could not let you in just now.",
        "You can ask again in two minutes.",
    ),
    "doors_closed": ("The doors are not open yet.", "Open the doors first."),
    "not_a_host": ("Only the therapist can do this.", "Ask the therapist."),
    "no_own_admission": ("You need your own seat for this.", "Open the doors or take your seat."),
    "not_for_hosts": ("This cannot be done to a therapist.", "Speak with them."),
    "no_such_admission": ("This person is no longer there.", LOOK_AGAIN),
    "not_seated": ("This person does not sit in the room.", LOOK_AGAIN),
    "not_at_the_door": ("This person is no longer at that step.", LOOK_AGAIN),
    "not_this_connection": ("This page is no longer the one in use.", "Reload this page."),
    "nothing_to_take_over": ("Your other device has already left.", "Reload this page."),
    "ended": ("This visit has ended.", "Reload this page to ask to come in again."),
    "needs_fresh_factor": (
        "Show your second factor first.",
        "Confirm that it is you, then take over.",
    ),
    "room_full": ("Every seat is taken.", "Wait until somebody leaves."),
    "not_now": ("This cannot be done right now.", LOOK_AGAIN),
    "not_sent": ("Nobody heard this.", TRY_AGAIN),
    "too_fast": ("That was too much at once.", TRY_AGAIN),
    "busy": ("The connection is still being made.", TRY_AGAIN),
    "log_unavailable": (
        "We cannot keep the log at the moment, so nothing was changed.",
        "Try again in a minute, or call your therapist.",
    ),
}
UNREADABLE = ("This page sent something that we do not understand.", "Reload this page.")


def error_for(code: str) -> Error:
    """Every code has words; a malformed frame and a state that moved on share theirs."""
    if code.startswith(("admission.", "session.")):
        return Error(code=code, text="This has changed in the meantime.", next=LOOK_AGAIN)
    if code.startswith(("relay.", "ticket.", "offer.", "node.", "room.", "seat.", "connection.")):
        return Error(code=code, text="Sound and picture could not be connected.", next=TRY_AGAIN)
    text, next_step = REFUSALS.get(code, UNREADABLE)
    return Error(code=code, text=text, next=next_step)


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a connection is over. `next` is where the page leads then."""

    title: str
    body: str
    next: str = "left"


ENDINGS: dict[str, Ending] = {
    "left": Ending("You have left", "Nobody hears or sees you any more."),
    "ended": Ending("The session has ended", "Sound and picture are off for everybody."),
    "cancelled": Ending("This session was cancelled", "Your therapist will tell you more.", "home"),
    "declined": Ending(
        "Not just now",
        "The therapist could not let you in at the moment. You can ask again in two minutes, "
        "or call your therapist.",
    ),
    "removed": Ending(
        "You have left the session",
        "The therapist ended your visit to this session. If you think that this is a mistake, "
        "or if you want to talk about it, call your therapist.",
    ),
    "replaced": Ending(
        "This session is open in another window", "Go on there, or come back in here.", "enter"
    ),
    "taken_over": Ending(
        "You are in on another device",
        "You took your place over on another device. If that was not you, change your password "
        "and tell your therapist.",
        "home",
    ),
    "away_too_long": Ending(
        "The connection was away too long", "You can ask to come in again.", "enter"
    ),
    "locked": Ending(
        "You stepped away", "Sound and picture are off. One factor brings you back.", "enter"
    ),
    "signed_out": Ending("You are signed out", "Sign in to come back.", "enter"),
    "membership_ended": Ending(
        "This page is closed", "Call your therapist if you did not expect this.", "home"
    ),
}


def closed_for(reason: str, session: UUID) -> Closed:
    ending = ENDINGS[reason]
    urls = {
        "left": reverse("sessions:left", args=[session]),
        "enter": reverse("sessions:enter", args=[session]),
        "home": reverse("sessions:home"),
    }
    return Closed(reason=reason, title=ending.title, body=ending.body, next_url=urls[ending.next])
