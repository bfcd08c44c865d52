"""The rules of all groups of a programme side by side."""

from collections.abc import Iterable
from dataclasses import dataclass

from consent.kinds import DocumentKind
from consent.models import AgreementVersion, PaperPolicy
from consent.states import VersionState
from groups.models import Group


@dataclass(frozen=True, slots=True)
class GroupPolicy:
    """`papers` counts the documents in force; without the agreement no session opens."""

    group: Group
    terms: PaperPolicy
    papers: int
    has_agreement: bool


def policies_of(groups: Iterable[Group]) -> list[GroupPolicy]:
    """Three queries, however many groups."""
    groups = list(groups)
    known = {policy.group_id: policy for policy in PaperPolicy.objects.filter(group__in=groups)}
    kinds: dict[object, set[str]] = {}
    in_force = AgreementVersion.objects.filter(
        agreement__group__in=groups, state=VersionState.PUBLISHED
    )
    for group_id, kind in in_force.values_list("agreement__group_id", "agreement__kind"):
        kinds.setdefault(group_id, set()).add(kind)
    return [
        GroupPolicy(
            group,
            known.get(group.pk) or PaperPolicy(group=group),
            len(kinds.get(group.pk, ())),
            DocumentKind.CONFIDENTIALITY in kinds.get(group.pk, ()),
        )
        for group in groups
    ]
