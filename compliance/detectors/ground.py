"""What detectors may ask the database: clocks, earlier browsers, who cares for whom."""

from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from audit.events import Ref
from audit.queries import Entry, Filter, entries
from groups.models import Affiliation, Membership
from groups.states import HOST_ROLES

UTC = ZoneInfo("UTC")


@dataclass(slots=True)
class DatabaseGround:
    """Answers are remembered for one run."""

    zones: dict[UUID | str, ZoneInfo] = field(default_factory=dict)
    care: dict[tuple[UUID | str, UUID | str], bool] = field(default_factory=dict)

    def zone_of(self, person: Ref) -> ZoneInfo:
        if person.id not in self.zones:
            found = Affiliation.objects.filter(user_id=person.id).values_list(
                "program__timezone", flat=True
            )
            self.zones[person.id] = ZoneInfo(found[0]) if found else UTC
        return self.zones[person.id]

    def is_first_use(self, sign_in: Entry) -> bool:
        earlier = Filter(actor=sign_in.actor, act=sign_in.act, until=sign_in.recorded_at)
        if not entries(earlier, limit=1):
            return False
        same = Filter(
            actor=sign_in.actor,
            act=sign_in.act,
            device=sign_in.device,
            until=sign_in.recorded_at,
        )
        return not entries(same, limit=1)

    def cares_for(self, actor: Ref, subject: Ref) -> bool:
        """Host of a group to which the other belongs or belonged."""
        pair = (actor.id, subject.id)
        if pair not in self.care:
            hosted = Membership.objects.filter(user_id=actor.id, role__in=HOST_ROLES)
            shared = Membership.objects.filter(
                user_id=subject.id, group_id__in=hosted.values("group_id")
            )
            self.care[pair] = shared.exists()
        return self.care[pair]
