"""`manage.py consent_verify` names what was changed behind the application's back."""

from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from audit.context import acting_as_system
from consent.models import SealedCopy, Signature
from consent.services import seal_copy
from tests.cast import THEA, group_of, staff
from tests.consent.test_translations import publish_in_arabic
from tests.groups.world import make_world


@pytest.fixture
def signature(committed_db: str) -> Signature:
    group_of(staff(THEA))
    signature = Signature.objects.get()
    with acting_as_system("tests"):
        seal_copy(signature=signature)
    return signature


def behind_the_back(statement: str) -> None:
    """As somebody who owns the tables and takes their guards away."""
    with connections["owner"].cursor() as cursor:
        for table in ("agreementversion", "translation", "signature", "sealedcopy"):
            cursor.execute(f"ALTER TABLE consent_{table} DISABLE TRIGGER USER")
        cursor.execute(statement)


def verified() -> str:
    out, err = StringIO(), StringIO()
    with suppress(CommandError):
        call_command("consent_verify", stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def test_untouched_papers_are_verified_and_counted(signature: Signature) -> None:
    assert "Verified: 1 texts, 0 translations, 1 signatures, 1 sealed copies." in verified()


@pytest.mark.parametrize(
    ("change", "named", "what"),
    [
        (
            "UPDATE consent_agreementversion SET text = replace(text, 'Nobody', 'Somebody')",
            "agreement_version",
            "not the one of its fingerprint",
        ),
        (
            "UPDATE consent_agreementversion SET text = text || 'x', sha256 ="
            " encode(sha256(convert_to(text || 'x', 'UTF8')), 'hex')",
            "signature",
            "not the one that was signed",
        ),
        (
            "UPDATE consent_signature SET signed_at = signed_at - interval '1 day'",
            "signature",
            "says something else",
        ),
        (
            "UPDATE consent_signature SET meaning = 'I only read it.'",
            "signature",
            "says something else",
        ),
        (
            "UPDATE consent_signature SET record_digest = repeat('0', 64)",
            "signature",
            "not the one that the audit log noted",
        ),
        (
            "UPDATE consent_signature SET printed_name = address",
            "signature",
            "cannot be decrypted",
        ),
        (
            "UPDATE consent_sealedcopy SET pdf = set_byte(pdf, 200, 255 - get_byte(pdf, 200))",
            "sealed_copy",
            "cannot be decrypted",
        ),
        (
            "UPDATE consent_sealedcopy SET sha256 = repeat('0', 64)",
            "sealed_copy",
            "not the file that was kept",
        ),
        (
            "DELETE FROM consent_sealedcopy; DELETE FROM consent_signature",
            "signature",
            "in the audit log and nowhere else",
        ),
    ],
)
def test_what_was_tampered_with_is_named(
    signature: Signature, change: str, named: str, what: str
) -> None:
    behind_the_back(change)
    lines = [line for line in verified().splitlines() if f"WRONG: {named}:" in line]
    assert any(what in line for line in lines), lines


def test_a_finding_ends_the_command_with_status_one(signature: Signature) -> None:
    behind_the_back("UPDATE consent_signature SET meaning = 'Nothing.'")
    with pytest.raises(CommandError) as ended:
        call_command("consent_verify", stdout=StringIO(), stderr=StringIO())
    assert ended.value.returncode == 1


def test_a_file_of_another_making_is_named(signature: Signature) -> None:
    """Sealed with the right key and encrypted in the right place, but not the copy of this row."""
    copy = SealedCopy.objects.using("owner").get()
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_sealedcopy DISABLE TRIGGER USER")
    copy.pdf = copy.pdf.replace(b"%PDF-1", b"%PDF-9", 1)
    copy.save(using="owner")
    found = verified()
    assert f"sealed_copy:{copy.pk} is not the file that was kept" in found
    assert f"sealed_copy:{copy.pk} has a broken seal" in found


def test_a_tampered_translation_is_named(committed_db: str) -> None:
    with acting_as_system("tests"):
        world = make_world()
    version = publish_in_arabic(world)
    assert "1 translations" in verified()
    assert "WRONG" not in verified()
    behind_the_back("UPDATE consent_translation SET text = text || 'x'")
    found = f"WRONG: translation:{version.translations.get().pk} has a text that is not the one"
    assert found in verified()
