"""Two groups of two therapists in one programme, and somebody who belongs to neither."""

from dataclasses import dataclass

from groups.models import Group, Membership
from tests.cast import ADA, ANA, BEN, CLEO, THEA, TOM, Visit, group_of, member_of, staff


@dataclass(frozen=True, slots=True)
class World:
    ada: Visit
    thea: Visit
    tom: Visit
    ana: Visit
    ben: Visit
    cleo: Visit
    circle: Group
    other: Group


def make_world() -> World:
    ada, thea, tom = staff(ADA), staff(THEA), staff(TOM)
    circle, other = group_of(thea), group_of(tom, name="Morning circle")
    return World(
        ada=ada,
        thea=thea,
        tom=tom,
        ana=member_of(circle, ANA, invited_by=thea),
        ben=member_of(circle, BEN, invited_by=thea),
        cleo=member_of(other, CLEO, invited_by=tom),
        circle=circle,
        other=other,
    )


def membership_in(group: Group, visit: Visit) -> Membership:
    """As the database has it now."""
    return Membership.objects.select_related("group", "user").get(group=group, user=visit.user)
