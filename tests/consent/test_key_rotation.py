"""Signed rows are sealed anew by the keeper of the keys and by nobody else."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from consent.models import Signature
from tests.cast import THEA, group_of, staff


def sealed(signature: Signature) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT printed_name FROM consent_signature WHERE id = %s", [signature.pk])
        return bytes(cursor.fetchone()[0])


@pytest.fixture
def signature(committed_db: str) -> Signature:
    group_of(staff(THEA))
    return Signature.objects.get()


def test_the_owner_seals_signatures_anew_and_they_say_the_same(signature: Signature) -> None:
    before = sealed(signature)
    call_command("rotate_keys", "--every-key")
    assert sealed(signature) != before
    assert Signature.objects.get().printed_name == "Thea Marsh"


def test_the_application_cannot_write_another_name(signature: Signature) -> None:
    signature.printed_name = "Somebody Else"
    with pytest.raises(DatabaseError):
        signature.save()
    assert Signature.objects.get().printed_name == "Thea Marsh"
