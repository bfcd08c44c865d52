"""The pledge: made beside the papers, shown to the group or not, taken back at any time.

It opens no door and closes none. Peers never learn more of it than a name and "pledged".
"""

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from consent.errors import AlreadyPledged, NothingPledged
from consent.events import PledgeDisplayChanged, PledgeMade, PledgeTakenBack
from consent.models import Pledge
from consent.pledge import SENTENCE
from consent.states import PledgeState
from groups.models import Group, Membership


@act(PledgeMade)
def make_pledge(*, group: Group, by: User, is_shown: bool) -> Pledge:
    """MUST be called for somebody who takes part in the group. Raises AlreadyPledged."""
    Membership.objects.select_for_update().get(group=group, user=by)
    if Pledge.objects.filter(group=group, user=by, state=PledgeState.MADE).exists():
        raise AlreadyPledged
    pledge = Pledge.objects.create(
        group=group, user=by, sentence=SENTENCE, is_shown=is_shown, made_at=timezone.now()
    )
    record(PledgeMade(object=pledge.ref, subject=by.ref, group=group.ref))
    return pledge


@act(PledgeDisplayChanged)
def show_pledge(*, group: Group, by: User, is_shown: bool) -> Pledge:
    """Raises NothingPledged."""
    pledge = _own(group, by)
    pledge.is_shown = is_shown
    pledge.save(update_fields=["is_shown"])
    reason = "shown" if is_shown else "hidden"
    record(PledgeDisplayChanged(object=pledge.ref, subject=by.ref, group=group.ref, reason=reason))
    return pledge


@act(PledgeTakenBack)
def take_back_pledge(*, group: Group, by: User) -> Pledge:
    """The row stays: it says from when to when the promise was made. Raises NothingPledged."""
    pledge = _own(group, by)
    pledge.state, pledge.taken_back_at = PledgeState.TAKEN_BACK, timezone.now()
    pledge.save(update_fields=["state", "taken_back_at"])
    record(PledgeTakenBack(object=pledge.ref, subject=by.ref, group=group.ref))
    return pledge


def _own(group: Group, by: User) -> Pledge:
    rows = Pledge.objects.filter(group=group, user=by, state=PledgeState.MADE)
    pledge = rows.select_for_update().first()
    if pledge is None:
        raise NothingPledged
    return pledge
