"""A new key-encryption key: every row is read again, sealed anew, and the old key is not needed."""

import base64
import os
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from pytest_django import Settings

from accounts.models import Profile, User
from crypto import data_keys
from crypto.errors import KeyMissing
from crypto.fields import EncryptedField
from crypto.models import DataKey
from crypto.rotation import rotate
from tests.accounts.browsers import account_of
from tests.cast import ANA, BEN

pytestmark = pytest.mark.usefixtures("committed_db")


def new_key() -> str:
    return f"2:{base64.b64encode(os.urandom(32)).decode()}"


def names() -> list[str]:
    data_keys.forget()
    return sorted(profile.true_name for profile in Profile.objects.all())


@pytest.fixture
def people() -> list[User]:
    return [account_of(ANA), account_of(BEN)]


@pytest.fixture
def both_keys(people: list[User], settings: Settings) -> str:
    """A second key was put in front of the first; the second alone is returned."""
    second = new_key()
    settings.FIELD_KEY = f"{second},{settings.FIELD_KEY}"
    return second


def test_after_rotation_the_old_key_is_not_needed(both_keys: str, settings: Settings) -> None:
    done = rotate(using="owner")
    assert done.unreadable == []
    assert done.keys_replaced == done.keys_deleted == DataKey.objects.count()
    assert done.values_read == done.values_sealed_anew > 0
    settings.FIELD_KEY = both_keys
    assert names() == sorted([ANA.true_name, BEN.true_name])
    assert {user.email for user in User.objects.all()} == {ANA.email, BEN.email}


def test_without_rotation_the_old_key_is_needed(both_keys: str, settings: Settings) -> None:
    """The control for the test above."""
    settings.FIELD_KEY = both_keys
    with pytest.raises(KeyMissing):
        names()


def test_a_second_run_reads_everything_and_changes_nothing(both_keys: str) -> None:
    first, second = rotate(using="owner"), rotate(using="owner")
    assert second.values_read == first.values_read
    assert (second.keys_replaced, second.values_sealed_anew, second.keys_deleted) == (0, 0, 0)


def test_every_key_can_be_replaced_under_the_same_wrapping_key(people: list[User]) -> None:
    before = set(DataKey.objects.values_list("pk", flat=True))
    done = rotate(using="owner", every_key=True)
    after = set(DataKey.objects.values_list("pk", flat=True))
    assert done.keys_replaced == len(before) == len(after)
    assert before & after == set()
    assert names() == sorted([ANA.true_name, BEN.true_name])


def test_a_row_that_cannot_be_read_is_named_and_its_key_is_kept(both_keys: str) -> None:
    ana = User.objects.get_by_email(ANA.email).profile
    flip = "set_byte(true_name, 50, 255 - get_byte(true_name, 50))"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"UPDATE accounts_profile SET true_name = {flip} WHERE id = %s", [ana.pk])
    output = StringIO()
    with pytest.raises(CommandError, match=f"accounts.Profile {ana.pk}"):
        call_command("rotate_keys", stdout=output)
    assert "values read" in output.getvalue()
    assert DataKey.objects.filter(scope=ana.encryption_scope()).count() == 2


def test_a_key_is_kept_for_a_writer_that_took_it_before_the_rotation(people: list[User]) -> None:
    """It commits after the rotation has passed its row: without its lock the row would be lost."""
    ana = Profile.objects.get(user=people[0])
    field = Profile._meta.get_field("true_name")
    assert isinstance(field, EncryptedField)
    finished = threading.Event()

    def rotate_beside() -> None:
        rotate(using="owner", every_key=True)
        connections.close_all()
        finished.set()

    rotation = threading.Thread(target=rotate_beside)
    with transaction.atomic():
        sealed = field.sealed(ana, "Ana Maria Ferreira")
        rotation.start()
        assert not finished.wait(1.0)
        Profile.objects.filter(pk=ana.pk).update(true_name=sealed)
    rotation.join(timeout=20)
    assert finished.is_set()
    assert "Ana Maria Ferreira" in names()
    assert DataKey.objects.filter(scope=ana.encryption_scope()).count() == 2
    rotate(using="owner")
    assert "Ana Maria Ferreira" in names()
    assert DataKey.objects.filter(scope=ana.encryption_scope()).count() == 1
