"""Every encrypted field of every model: sealed in the column, plain in Python, bound to its row."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models, transaction

from accounts.models import Profile, User
from crypto import data_keys
from crypto.errors import CiphertextRefused, KeyMissing
from crypto.fields import (
    AnyEncryptedField,
    Ciphertext,
    EncryptedBytesField,
    EncryptedJSONField,
)
from crypto.models import DataKey
from crypto.rotation import encrypted_models
from tests.accounts.browsers import account_of
from tests.cast import ANA, BEN

pytestmark = pytest.mark.django_db

# Mail that was sent is deleted within days; nobody's right to be shredded waits for it.
SHARED_KEYS = {"accounts.OutgoingMail"}
FIELDS = [field for _, fields in encrypted_models() for field in fields]


def value_for(field: AnyEncryptedField) -> Any:
    if isinstance(field, EncryptedBytesField):
        return b"under the lime tree"
    return {"alone": True} if isinstance(field, EncryptedJSONField) else "Ünder the lime tree"


def unsaved(model: type[models.Model], *, like: models.Model | None = None) -> models.Model:
    """A row of any model with all its references set, so that it can name its data key."""
    instance = model(pk=uuid4())
    for field in model._meta.local_fields:
        if field.is_relation:
            known = getattr(like, field.name) if like else referred(field.related_model)
            setattr(instance, field.name, known)
    return instance


def referred(model: Any) -> models.Model:
    """A row at the other end of a reference: its own references are ids only."""
    instance: models.Model = model(pk=uuid4())
    for field in model._meta.local_fields:
        if field.is_relation:
            setattr(instance, field.attname, uuid4())
    return instance


def column_of(profile: Profile, column: str = "true_name") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM accounts_profile WHERE id = %s", [profile.pk])
        return bytes(cursor.fetchone()[0])


def test_there_are_encrypted_fields_in_every_app_that_knows_people() -> None:
    apps = {field.model._meta.app_label for field in FIELDS}
    assert apps >= {"accounts", "groups", "consent", "sessions_app"}


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_encrypted_field_comes_back_and_only_in_its_own_row(field: AnyEncryptedField) -> None:
    row = unsaved(field.model)
    other = unsaved(field.model, like=row)
    sealed = field.sealed(row, value_for(field))
    assert field.opened(row, sealed) == value_for(field)
    assert b"lime" not in bytes(sealed)
    with pytest.raises(CiphertextRefused):
        field.opened(other, sealed)


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_row_is_sealed_under_the_key_of_a_person_or_a_group(field: AnyEncryptedField) -> None:
    scope = unsaved(field.model).encryption_scope()  # type: ignore[attr-defined]  # checked: E001
    if field.model._meta.label in SHARED_KEYS:
        return
    kind, _, whose = scope.partition(":")
    assert kind.isalpha()
    assert UUID(whose)


@pytest.fixture
def ana() -> Profile:
    return Profile.objects.get(user=account_of(ANA))


def test_a_saved_name_is_plain_in_python_and_sealed_in_the_column(ana: Profile) -> None:
    assert Profile.objects.get(pk=ana.pk).true_name == ANA.true_name
    assert ANA.true_name.encode() not in column_of(ana)


def test_a_name_copied_onto_another_row_is_not_shown(ana: Profile) -> None:
    ben = Profile.objects.get(user=account_of(BEN))
    with connection.cursor() as cursor:
        copy = "UPDATE accounts_profile SET true_name = %s WHERE id = %s"
        cursor.execute(copy, [column_of(ana), ben.pk])
        assert Profile.objects.get(pk=ana.pk).true_name == ANA.true_name
        with pytest.raises(CiphertextRefused):
            _ = Profile.objects.get(pk=ben.pk).true_name


def test_a_value_copied_into_another_column_is_not_shown(ana: Profile) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_profile SET call_back = true_name WHERE id = %s", [ana.pk])
    with pytest.raises(CiphertextRefused):
        _ = Profile.objects.get(pk=ana.pk).call_back


def test_nothing_is_decrypted_before_it_is_read(ana: Profile) -> None:
    fresh = Profile.objects.get(pk=ana.pk)
    unread: object = fresh.__dict__["true_name"]
    assert isinstance(unread, Ciphertext)
    assert repr(unread) == "<encrypted>"
    assert fresh.true_name == ANA.true_name
    assert fresh.__dict__["true_name"] == ANA.true_name


def test_a_deferred_name_is_loaded_when_it_is_read(ana: Profile) -> None:
    assert Profile.objects.defer("true_name").get(pk=ana.pk).true_name == ANA.true_name
    assert Profile.objects.only("true_name").get(pk=ana.pk).language == "en"


def test_saving_what_nobody_read_keeps_the_bytes_and_saving_what_was_read_renews_them(
    ana: Profile,
) -> None:
    before = column_of(ana)
    Profile.objects.get(pk=ana.pk).save()
    assert column_of(ana) == before
    read = Profile.objects.get(pk=ana.pk)
    assert read.true_name
    read.save()
    assert column_of(ana) != before


def test_a_row_copied_under_another_id_is_refused_loudly(ana: Profile) -> None:
    copy = Profile.objects.get(pk=ana.pk)
    copy.pk, copy._state.adding = uuid4(), True
    with pytest.raises(CiphertextRefused):
        copy.save()


@pytest.mark.parametrize(
    "lookup", ["true_name", "true_name__icontains", "true_name__in", "true_name__lower"]
)
def test_an_encrypted_column_cannot_be_searched(lookup: str) -> None:
    with pytest.raises(FieldError, match="encrypted"):
        Profile.objects.filter(**{lookup: "Ana"})


def test_plain_words_cannot_slip_in_through_update(ana: Profile) -> None:
    with pytest.raises(FieldError, match="encrypted"), transaction.atomic():
        Profile.objects.filter(pk=ana.pk).update(true_name="Ana Ferreira")
    ana.true_name = "Ana Maria Ferreira"
    with pytest.raises(FieldError, match="encrypted"), transaction.atomic():
        Profile.objects.bulk_update([ana], ["true_name"])
    ana.save()
    assert Profile.objects.get(pk=ana.pk).true_name == "Ana Maria Ferreira"


def test_an_account_is_found_by_its_address_however_it_is_typed(ana: Profile) -> None:
    assert User.objects.get_by_email(" ANA@example.org ") == ana.user


def test_the_blind_index_follows_the_address(ana: Profile) -> None:
    ana.user.email = "ana.ferreira@example.org"
    ana.user.save()
    assert User.objects.get_by_email("ana.ferreira@example.org") == ana.user
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_email(ANA.email)


def test_one_person_has_one_key_and_another_person_another(ana: Profile) -> None:
    account_of(BEN)
    scopes = list(DataKey.objects.values_list("scope", flat=True))
    assert len(scopes) == len(set(scopes)) >= 2


def test_shredding_a_key_makes_everything_of_that_person_unreadable(ana: Profile) -> None:
    ben = Profile.objects.get(user=account_of(BEN))
    with transaction.atomic():
        data_keys.shred(ana.encryption_scope())
    with pytest.raises(KeyMissing):
        _ = Profile.objects.get(pk=ana.pk).true_name
    with pytest.raises(KeyMissing):
        _ = User.objects.get(pk=ana.user_id).email
    assert Profile.objects.get(pk=ben.pk).true_name == BEN.true_name
