"""Who is old enough, or young enough, for a group, and who is a minor there.

Ages are counted on the clocks of the group. Whoever fitted when they joined is not put out by a
birthday: that is for the people who lead the group to talk about.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from groups.models import Group, Membership
from groups.states import SeatRole


def age_on(born: date, day: date) -> int:
    """Full years; people born on 29 February have their birthday on 1 March in other years."""
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (not had_birthday)


def fits(group: Group, born: date | None, at: datetime) -> bool:
    """False for an unknown age where the group asks for one."""
    if not group.is_age_bound:
        return True
    if born is None:
        return False
    age = age_on(born, _day(group, at))
    return (group.youngest or 0) <= age <= (group.oldest if group.oldest is not None else age)


def is_minor(group: Group, born: date | None, at: datetime) -> bool:
    return born is not None and age_on(born, _day(group, at)) < group.adult_from


def member_fits(membership: Membership) -> bool:
    """Those who lead a group or watch it are of any age."""
    group = membership.group
    if membership.role != SeatRole.MEMBER or not group.is_age_bound:
        return True
    return fits(group, membership.user.profile.born_on, membership.created_at)


def words_for(group: Group) -> str:
    """\"13 to 17\", \"18 and older\"."""
    if group.youngest is None:
        return f"{group.oldest} and younger"
    if group.oldest is None:
        return f"{group.youngest} and older"
    return f"{group.youngest} to {group.oldest}"


def _day(group: Group, at: datetime) -> date:
    return at.astimezone(ZoneInfo(group.timezone)).date()
