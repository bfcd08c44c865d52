"""The database itself refuses to change what was published or signed, even for our own role."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from consent.canonical import sha256_of
from consent.models import AgreementVersion, Signature
from consent.services import save_draft, withdraw_signature
from consent.states import SIGNATURE_TRANSITIONS, VERSION_TRANSITIONS, SignatureState, VersionState
from tests.consent.papers import in_force, published, signature_of
from tests.groups.world import World


def refused(statement: str, *params: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize(
    "change",
    [
        "text = text || ' '",
        "sha256 = repeat('0', 64)",
        "number = number + 1",
        "published_at = now()",
        "published_by_id = NULL",
        "state = 'draft', published_at = NULL, sha256 = ''",
        "state = 'draft'",
        "agreement_id = gen_random_uuid()",
        "created_at = now()",
    ],
)
def test_a_published_version_cannot_be_changed(world: World, change: str) -> None:
    version = in_force(world.circle)
    assert refused(f"UPDATE consent_agreementversion SET {change} WHERE id = %s", version.pk)
    again = AgreementVersion.objects.get(pk=version.pk)
    assert (again.text, again.sha256, again.state) == (version.text, version.sha256, "published")


def test_a_superseded_version_stays_superseded(world: World) -> None:
    former = in_force(world.circle)
    published(world.circle, world.thea, leaving="The promise has no end, ever.")
    for change in ("state = 'published', superseded_at = NULL", "superseded_at = now()"):
        assert refused(f"UPDATE consent_agreementversion SET {change} WHERE id = %s", former.pk)


def test_a_draft_may_be_changed_and_thrown_away(world: World) -> None:
    """The control: the triggers refuse what is published, not everything."""
    with world.thea.acting():
        draft = save_draft(group=world.circle, text="# One")
        assert save_draft(group=world.circle, text="# Two").pk == draft.pk
    assert not refused("DELETE FROM consent_agreementversion WHERE id = %s", draft.pk)


@pytest.mark.parametrize(
    "change",
    [
        "document_sha256 = repeat('0', 64)",
        "signed_at = now()",
        "meaning = 'something else'",
        "clauses = '[]'",
        "auth_strength = 'passkey+'",
        "printed_name = '\\x00'::bytea",
        "address = '\\x00'::bytea",
        "user_agent = '\\x00'::bytea",
        "user_id = (SELECT id FROM accounts_user WHERE role = 'admin')",
        "state = 'withdrawn'",
        "withdrawn_at = now()",
    ],
)
def test_a_signature_cannot_be_changed(world: World, change: str) -> None:
    signature = signature_of(world.ana, in_force(world.circle))
    assert refused(f"UPDATE consent_signature SET {change} WHERE id = %s", signature.pk)
    again = Signature.objects.get(pk=signature.pk)
    assert (again.printed_name, again.state) == ("Ana Ferreira", "valid")


@pytest.mark.parametrize("ended", ["withdrawn", "superseded"])
def test_an_ended_signature_never_lives_again(world: World, ended: str) -> None:
    signature = signature_of(world.ana, in_force(world.circle))
    if ended == "withdrawn":
        with world.ana.acting():
            withdraw_signature(signature=signature)
    else:
        published(world.circle, world.thea, leaving="The promise has no end, ever.")
    for change in ("state = 'valid', withdrawn_at = NULL", "withdrawn_at = now()"):
        assert refused(f"UPDATE consent_signature SET {change} WHERE id = %s", signature.pk)


def test_nothing_published_or_signed_is_deleted(world: World) -> None:
    version = in_force(world.circle)
    signature = signature_of(world.ana, version)
    assert refused("DELETE FROM consent_signature WHERE id = %s", signature.pk)
    assert refused("DELETE FROM consent_agreementversion WHERE id = %s", version.pk)
    assert refused("TRUNCATE consent_signature")
    assert refused("TRUNCATE consent_agreementversion CASCADE")


def test_a_version_is_not_published_with_another_texts_hash(world: World) -> None:
    with world.thea.acting():
        draft = save_draft(group=world.circle, text="# One")
    AgreementVersion.objects.filter(pk=in_force(world.circle).pk).update(
        state=VersionState.SUPERSEDED, superseded_at=timezone.now()
    )
    change = "state = 'published', published_at = now(), sha256 = %s"
    statement = f"UPDATE consent_agreementversion SET {change} WHERE id = %s"
    assert refused(statement, sha256_of("# Other\n"), draft.pk)
    assert not refused(statement, sha256_of(draft.text), draft.pk)


def test_no_row_is_born_published_or_withdrawn(world: World) -> None:
    version = in_force(world.circle)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementVersion.objects.create(
            agreement=version.agreement,
            number=9,
            text=version.text,
            sha256=version.sha256,
            state=VersionState.SUPERSEDED,
            published_at=timezone.now(),
            superseded_at=timezone.now(),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            user=world.ana.user,
            version=version,
            printed_name="Ana Ferreira",
            signed_at=timezone.now(),
            meaning="",
            document_sha256=version.sha256,
            state=SignatureState.WITHDRAWN,
            withdrawn_at=timezone.now(),
        )


def test_only_the_version_in_force_is_signed_and_with_its_own_hash(world: World) -> None:
    former = in_force(world.circle)
    published(world.circle, world.thea, leaving="The promise has no end, ever.")
    for version, digest in ((former, former.sha256), (in_force(world.circle), former.sha256)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(
                user=world.ana.user,
                version=version,
                printed_name="Ana Ferreira",
                signed_at=timezone.now(),
                meaning="",
                document_sha256=digest,
            )


def test_the_tables_list_every_state() -> None:
    assert set(VERSION_TRANSITIONS) == set(VersionState)
    assert set(SIGNATURE_TRANSITIONS) == set(SignatureState)


def test_the_stored_hash_is_of_the_stored_text(world: World) -> None:
    signature = signature_of(world.ana, in_force(world.circle))
    assert sha256_of(signature.version.text) == signature.document_sha256
    assert sha256_of(signature.version.text + " ") != signature.document_sha256
