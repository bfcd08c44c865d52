"""Templates and wordings, and where each of them is used."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import F, QuerySet

from consent.clause_lists import Clause
from consent.clauses import clauses_of, sections_of
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.models import AgreementVersion
from consent.states import VersionState
from consent.variables import VARIABLE
from groups.models import Group, Program
from office.models import LibraryClause, PaperTemplate, TemplateVersion

T = TypeVar("T")
PRESENT = (VersionState.DRAFT, VersionState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The templates of one kind, retired ones last."""

    kind: DocumentKind
    templates: list["Listed"]


@dataclass(frozen=True, slots=True)
class Listed:
    template: PaperTemplate
    in_force: TemplateVersion | None
    draft: TemplateVersion | None


def shelves_of(program: Program) -> list[Shelf]:
    listed = [_listed(template) for template in _with_versions(program)]
    return [
        Shelf(kind, [one for one in listed if one.template.kind == kind]) for kind in DocumentKind
    ]


def _with_versions(program: Program) -> QuerySet[PaperTemplate]:
    rows = PaperTemplate.objects.filter(program=program).prefetch_related("versions")
    return rows.order_by(F("retired_at").asc(nulls_first=True), "created_at")


def _listed(template: PaperTemplate) -> Listed:
    by_state = {version.state: version for version in template.versions.all()}
    return Listed(template, by_state.get(VersionState.PUBLISHED), by_state.get(VersionState.DRAFT))


def draft_of(template: PaperTemplate) -> TemplateVersion | None:
    return template.versions.filter(state=VersionState.DRAFT).first()


def in_force_of(template: PaperTemplate) -> TemplateVersion | None:
    return template.versions.filter(state=VersionState.PUBLISHED).first()


def ready_for(group: Group, kind: str) -> QuerySet[TemplateVersion]:
    """What a group of the same programme may begin this kind of paper from."""
    return TemplateVersion.objects.filter(
        state=VersionState.PUBLISHED,
        template__program=group.program_id,
        template__kind=kind,
        template__retired_at=None,
    ).select_related("template")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text for one clause: one of ours, which stay as they are, or one of the programme's."""

    text: str
    own: LibraryClause | None = None

    @property
    def name(self) -> str:
        return self.own.name if self.own else "Quietroom's words"


@dataclass(frozen=True, slots=True)
class Used:
    """Where a wording stands, word for word; a word in braces may be filled in there."""

    templates: list[PaperTemplate]
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class ClauseShelf:
    clause: Clause
    wordings: list[tuple[Wording, Used]]


def wordings_of(program: Program, kind: DocumentKind, key: str) -> list[Wording]:
    ours = sections_of(starting_text(kind), kind).get(key, "")
    own = LibraryClause.objects.filter(program=program, kind=kind, key=key)
    return [*([Wording(ours)] if ours else []), *(Wording(one.text, one) for one in own)]


def clause_shelves(program: Program, kind: DocumentKind) -> list[ClauseShelf]:
    """Every clause of one kind with its wordings, and where each of these is used."""
    places = _Places.of(program, kind)
    return [
        ClauseShelf(
            clause,
            [
                (wording, places.where(clause.key, wording.text))
                for wording in wordings_of(program, kind, clause.key)
            ],
        )
        for clause in clauses_of(kind)
    ]


@dataclass(frozen=True, slots=True)
class _Places:
    """The present texts of one kind, cut into clauses."""

    templates: list[tuple[PaperTemplate, dict[str, str]]]
    groups: list[tuple[Group, dict[str, str]]]

    @classmethod
    def of(cls, program: Program, kind: DocumentKind) -> "_Places":
        versions = TemplateVersion.objects.filter(
            template__program=program,
            template__kind=kind,
            template__retired_at=None,
            state__in=PRESENT,
        ).select_related("template")
        papers = AgreementVersion.objects.filter(
            agreement__group__program=program, agreement__kind=kind, state__in=PRESENT
        ).select_related("agreement__group")
        return cls(
            [(one.template, sections_of(one.text, kind)) for one in versions],
            [(one.agreement.group, sections_of(one.text, kind)) for one in papers],
        )

    def where(self, key: str, words: str) -> Used:
        pattern = _pattern(words)
        return Used(
            _once(one for one, said in self.templates if pattern.fullmatch(said.get(key, ""))),
            _once(one for one, said in self.groups if pattern.fullmatch(said.get(key, ""))),
        )


def _pattern(words: str) -> re.Pattern[str]:
    parts = VARIABLE.split(words.strip())
    # VARIABLE has one group, so that every second part is a variable's name.
    return re.compile(".{1,400}?".join(re.escape(part) for part in parts[::2]))


def _once(found: Iterable[T]) -> list[T]:
    """A draft and the version in force are one place."""
    return list(dict.fromkeys(found))
