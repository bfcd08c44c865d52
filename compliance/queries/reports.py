"""Two reports for printing: what happened around a session, and who saw a person's record.

They hold admissions and acts, never what was said or seen, and no true name.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from audit import queries as log
from audit.queries import Entry, Filter
from compliance.queries.explorer import Line, lines_of
from compliance.queries.names import Names, Party
from groups.models import Membership, Program
from sessions_app.models import Session

MOST = 2000
# Presence (muted, away, not private) is closer to content than to access: it is left out.
TIMELINE = (
    *("session.scheduled", "session.opened", "session.locked", "session.unlocked"),
    *("session.cancelled", "session.ended", "session.hosts_absent", "session.hosts_back"),
    *("session.everybody_returned", "session.access_refused", "session.act_refused"),
    *("waiting.entered", "waiting.resumed", "media.joined", "media.left", "media.lost"),
    *("admission.host_seated", "admission.admitted", "admission.all_admitted"),
    *("admission.declined", "admission.returned", "admission.removed", "admission.taken_over"),
    *("host.muted", "host.muted_all", "host.video_stopped", "host.media_allowed"),
    *("host.suspended_all", "host.resumed_all", "location.overridden", "passphrase.failed"),
)
# Lists that show everybody of a group at once name no single person as their subject.
LISTS = ("record.viewed", "doc.signers_viewed")
OWN_ACTS = ("auth.", "account.", "invite.", "review.", "alert.")


@dataclass(frozen=True, slots=True)
class SessionReport:
    session: Session
    lines: list[Line]
    people: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who opened the record: how often, and when first and last."""

    who: Party
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class PersonReport:
    person: Party
    since: datetime
    viewers: list[Viewer]
    lines: list[Line]
    is_cut: bool


def session_report(session: Session, *, program: Program) -> SessionReport:
    """Oldest first; only what TIMELINE names."""
    found = log.entries(Filter(session=session.ref, acts=TIMELINE), limit=MOST + 1)
    shown = found[:MOST][::-1]
    people = {entry.subject or entry.actor for entry in shown if entry.act in _ENTERING}
    return SessionReport(session, lines_of(shown, program), len(people), len(found) > MOST)


def person_report(person: User, *, program: Program, since: datetime) -> PersonReport:
    """What others did that concerned this person, and each list that showed the person's name."""
    kept = entries_about(person, since)
    shown = kept[:MOST]
    names = Names.of(shown, program)
    known = Names.of_people([person.pk], program).person(person.ref)
    lines = lines_of(shown, program)
    return PersonReport(known, since, _viewers(shown, names), lines, len(kept) > MOST)


def entries_about(person: User, since: datetime) -> list[Entry]:
    """By others than the person, newest first; more than MOST say that there are others still."""
    about = log.entries(Filter(subject=person.ref, since=since), limit=MOST + 1)
    lists = [entry for group in _groups_of(person) for entry in _lists(group, since)]
    theirs = [one for one in (*about, *lists) if one.actor not in (None, person.ref)]
    kept = [one for one in theirs if not one.act.startswith(OWN_ACTS)]
    return sorted(kept, key=lambda one: (one.recorded_at, one.id), reverse=True)


_ENTERING = ("admission.admitted", "admission.host_seated", "media.joined")


def _groups_of(person: User) -> list[Membership]:
    return list(Membership.objects.filter(user=person).select_related("group"))


def _lists(membership: Membership, since: datetime) -> list[Entry]:
    begin = max(since, membership.created_at)
    wanted = Filter(group=membership.group.ref, acts=LISTS, since=begin, until=membership.ended_at)
    return log.entries(wanted, limit=MOST)


def _viewers(shown: list[Entry], names: Names) -> list[Viewer]:
    """The most frequent first."""
    times = Counter(entry.actor for entry in shown)
    found = []
    for actor, count in times.most_common():
        own = [entry for entry in shown if entry.actor == actor]
        who = names.person(actor, None, own[0].actor_role)
        found.append(Viewer(who, count, own[-1].recorded_at, own[0].recorded_at))
    return found
