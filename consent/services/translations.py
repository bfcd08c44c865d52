"""A draft's translations; they are published with it and are then as final as the text itself."""

from accounts.languages import Language
from audit.services import act, record
from consent import queries
from consent.canonical import canonical, check_plain, sha256_of
from consent.errors import NothingToTranslate
from consent.events import TranslationDrafted, TranslationDropped
from consent.kinds import DocumentKind
from consent.models import Translation
from consent.translating import check_like
from groups.models import Group


@act(TranslationDrafted)
def save_translation(
    *, group: Group, kind: DocumentKind, language: Language, text: str
) -> Translation:
    """Of the draft as it is now. Raises NothingToTranslate, TranslationIncomplete, TextRefused."""
    draft = queries.draft_of(group, kind)
    if draft is None:
        raise NothingToTranslate
    text = canonical(text)
    check_plain(text)
    check_like(text, draft.text, kind)
    translation, _ = Translation.objects.update_or_create(
        version=draft,
        language=language.code,
        defaults={"text": text, "source_sha256": sha256_of(draft.text), "sha256": sha256_of(text)},
    )
    record(TranslationDrafted(object=translation.ref, group=group.ref))
    return translation


@act(TranslationDropped)
def drop_translation(*, group: Group, kind: DocumentKind, language: Language) -> None:
    """From the draft only: the database refuses it for anything published."""
    draft = queries.draft_of(group, kind)
    if draft is None:
        raise NothingToTranslate
    draft.translations.filter(language=language.code).delete()
    record(TranslationDropped(object=draft.ref, group=group.ref))
