"""The programme's templates: edited as drafts, published by number, begun from by groups."""

from django.db.models import Max
from django.utils import timezone

from audit.services import act, record
from consent import queries as papers
from consent.canonical import canonical, check_plain, sha256_of
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.lint import lint
from consent.models import AgreementVersion
from consent.services import save_draft
from consent.states import VersionState
from groups.models import Group, Program
from office.errors import DraftInTheWay, NameTaken, NothingToPublish, WordsNotReady
from office.events import TemplateDrafted, TemplatePublished, TemplateRetired, TemplateUsed
from office.models import PaperTemplate, TemplateVersion
from office.queries.library import draft_of, in_force_of


@act(TemplateDrafted)
def begin_template(*, program: Program, kind: DocumentKind, name: str) -> PaperTemplate:
    """With our words as its first draft. Raises NameTaken."""
    name = " ".join(name.split())
    Program.objects.select_for_update().get(pk=program.pk)
    if PaperTemplate.objects.filter(program=program, kind=kind, name=name).exists():
        raise NameTaken
    template = PaperTemplate.objects.create(program=program, kind=kind, name=name)
    text = canonical(starting_text(kind))
    draft = TemplateVersion.objects.create(template=template, number=1, text=text)
    record(TemplateDrafted(object=draft.ref))
    return template


@act(TemplateDrafted)
def save_template(*, template: PaperTemplate, text: str) -> TemplateVersion:
    """The one draft, unfinished or not: only publishing asks for more. Raises TextRefused."""
    check_plain(text)
    template = _locked(template)
    draft = draft_of(template) or TemplateVersion(template=template, number=_next_number(template))
    draft.text = canonical(text)
    draft.save()
    record(TemplateDrafted(object=draft.ref))
    return draft


@act(TemplatePublished)
def publish_template(*, template: PaperTemplate) -> TemplateVersion:
    """From now on groups may begin from it. Raises NothingToPublish, WordsNotReady."""
    template = _locked(template)
    draft, former = draft_of(template), in_force_of(template)
    if draft is None or (former is not None and former.text == draft.text):
        raise NothingToPublish
    if lint(draft.text, template.kind).blocks:
        raise WordsNotReady
    if former is not None:
        former.state = VersionState.SUPERSEDED
        former.save(update_fields=["state"])
    draft.state = VersionState.PUBLISHED
    draft.sha256 = sha256_of(draft.text)
    draft.published_at = timezone.now()
    draft.save()
    record(TemplatePublished(object=draft.ref))
    return draft


@act(TemplateRetired)
def retire_template(*, template: PaperTemplate) -> PaperTemplate:
    """No group begins from it any more; papers that were begun from it stay."""
    template = _locked(template)
    template.retired_at = template.retired_at or timezone.now()
    template.save(update_fields=["retired_at"])
    record(TemplateRetired(object=template.ref))
    return template


@act(TemplateUsed)
def begin_from_template(
    *, version: TemplateVersion, group: Group, replace: bool = False
) -> AgreementVersion:
    """The group's draft gets the template's words; its therapist edits and publishes them.

    MUST be given a version in force of the group's own programme. Raises DraftInTheWay.
    """
    kind = DocumentKind(version.template.kind)
    present = papers.draft_of(group, kind)
    if present is not None and present.text != version.text and not replace:
        raise DraftInTheWay
    draft = save_draft(group=group, text=version.text, kind=kind)
    record(TemplateUsed(object=version.ref, group=group.ref))
    return draft


def _locked(template: PaperTemplate) -> PaperTemplate:
    return PaperTemplate.objects.select_for_update().get(pk=template.pk)


def _next_number(template: PaperTemplate) -> int:
    last = template.versions.aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1
