"""How many of each group signed which paper: four queries, however many groups and members.

Counted are live memberships; who is paused is not asked for anything. Only numbers come out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from consent.kinds import DocumentKind, binds
from consent.models import AgreementVersion, PaperPolicy, Signature
from consent.standing import Standing, Terms, standing
from consent.states import VersionState
from groups.models import Group, Membership
from groups.states import LIVE_STATES

# What a picture and a table count, in their order. A replaced signature is one that is missing.
COUNTED = (
    Standing.CURRENT,
    Standing.DUE,
    Standing.MISSING,
    Standing.EXPIRED,
    Standing.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One paper of one group; `version` is None while the group does not use it."""

    kind: DocumentKind
    version: AgreementVersion | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        return sum(self.counts.values())

    @property
    def signed(self) -> int:
        """Whose signature counts today, those to be renewed among them."""
        return self.counts.get(Standing.CURRENT, 0) + self.counts.get(Standing.DUE, 0)

    @property
    def numbers(self) -> list[int]:
        return [self.counts.get(one, 0) for one in COUNTED]


@dataclass(frozen=True, slots=True)
class Row:
    group: Group
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A live membership and how it stands to each paper that binds it. For code, not for screens:
    only the numbers of it, and reminders to the person alone, may leave this module's callers."""

    user_id: UUID
    group_id: UUID
    role: str
    standings: Mapping[DocumentKind, Standing]


@dataclass(frozen=True, slots=True)
class _Read:
    papers: Mapping[UUID, Mapping[DocumentKind, AgreementVersion]]
    terms: Mapping[UUID, Terms]
    newest: Mapping[tuple[UUID, UUID], tuple[str, datetime]]
    members: list[tuple[UUID, UUID, str]]
    now: datetime


def rows_of(groups: Iterable[Group]) -> list[Row]:
    groups = list(groups)
    read = _read([group.pk for group in groups])
    counts: dict[tuple[UUID, DocumentKind], Counter[str]] = {}
    for person in _people(read):
        for kind, stands in person.standings.items():
            counts.setdefault((person.group_id, kind), Counter())[stands] += 1
    return [
        Row(group, tuple(_cell(read, group.pk, kind, counts) for kind in DocumentKind))
        for group in groups
    ]


def people_of(groups: Iterable[Group]) -> list[Person]:
    return list(_people(_read([group.pk for group in groups])))


def _cell(
    read: _Read,
    group: UUID,
    kind: DocumentKind,
    counts: Mapping[tuple[UUID, DocumentKind], Counter[str]],
) -> Cell:
    return Cell(kind, read.papers.get(group, {}).get(kind), counts.get((group, kind), {}))


def _people(read: _Read) -> Iterator[Person]:
    for user_id, group_id, role in read.members:
        asked = {
            kind: _stands(read, user_id, version, read.terms.get(group_id, Terms()))
            for kind, version in read.papers.get(group_id, {}).items()
            if binds(kind, role)
        }
        yield Person(user_id, group_id, role, asked)


def _stands(read: _Read, user: UUID, version: AgreementVersion, terms: Terms) -> Standing:
    found = read.newest.get((user, version.pk))
    if found is None:
        return Standing.MISSING
    state, signed_at = found
    stands = standing(state=state, signed_at=signed_at, terms=terms, now=read.now)
    return Standing.MISSING if stands == Standing.SUPERSEDED else stands


def _read(groups: list[UUID]) -> _Read:
    versions = AgreementVersion.objects.filter(
        agreement__group__in=groups, state=VersionState.PUBLISHED
    ).select_related("agreement")
    papers: dict[UUID, dict[DocumentKind, AgreementVersion]] = {}
    for version in versions:
        kind = DocumentKind(version.agreement.kind)
        papers.setdefault(version.agreement.group_id, {})[kind] = version
    members = Membership.objects.filter(
        group__in=groups, state__in=LIVE_STATES, user__suspended_at=None
    )
    # A guardian's signature stands beside the minor's own, which is the one that is counted.
    signatures = (
        Signature.objects.filter(version__in=[v.pk for v in versions], on_behalf_of=None)
        .order_by("user_id", "version_id", "-signed_at")
        .distinct("user_id", "version_id")
    )
    return _Read(
        papers,
        {policy.group_id: policy.terms for policy in PaperPolicy.objects.filter(group__in=groups)},
        {
            (user, version): (state, signed_at)
            for user, version, state, signed_at in signatures.values_list(
                "user_id", "version_id", "state", "signed_at"
            )
        },
        list(members.values_list("user_id", "group_id", "role")),
        timezone.now(),
    )
