"""Re-encrypts every row under fresh data keys, wrapped by the current key-encryption key.

Runs beside the living application, one short transaction per batch, and may be stopped and run
again at any point. Every encrypted value is opened on the way, so a run also proves that every
row can still be read. An old data key goes only when no row names it any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.apps import apps
from django.db import connections, models, transaction
from django.utils import timezone

from crypto import data_keys, envelope
from crypto.errors import CryptoError
from crypto.fields import AnyEncryptedField, Ciphertext, EncryptedField
from crypto.keyring import keyring
from crypto.models import DataKey

BATCH = 200


@dataclass(slots=True)
class Rotation:
    """What a run did. `unreadable` names rows as `app.Model uuid`; their data keys are kept."""

    keys_replaced: int = 0
    values_read: int = 0
    values_sealed_anew: int = 0
    keys_deleted: int = 0
    unreadable: list[str] = field(default_factory=list)


def rotate(*, using: str, every_key: bool = False) -> Rotation:
    """Replaces data keys wrapped by another key than the current one, or all with `every_key`."""
    done = Rotation()
    _replace_keys(done, using, every_key)
    retired = _retired(using)
    for model, encrypted in encrypted_models():
        for rows in _batches(model, using):
            with transaction.atomic(using=using):
                for row in _locked(model, rows, using):
                    _reseal(row, encrypted, retired, done, using)
    _delete_unused_keys(done, using)
    return done


def encrypted_models() -> Iterator[tuple[type[models.Model], list[AnyEncryptedField]]]:
    """Every model that has encrypted fields, with them."""
    for model in apps.get_models():
        found = [item for item in model._meta.local_fields if isinstance(item, EncryptedField)]
        if found:
            yield model, found


def _replace_keys(done: Rotation, using: str, every_key: bool) -> None:
    old = DataKey.objects.using(using).filter(retired_at=None)
    if not every_key:
        old = old.exclude(kek=keyring().current)
    for key in old:
        with transaction.atomic(using=using):
            DataKey.objects.using(using).filter(pk=key.pk).update(retired_at=timezone.now())
            data_keys.current(key.scope, using=using)
        done.keys_replaced += 1


def _retired(using: str) -> set[UUID]:
    kept = DataKey.objects.using(using).exclude(retired_at=None)
    return set(kept.values_list("pk", flat=True))


def _batches(model: type[models.Model], using: str) -> Iterator[list[UUID]]:
    ids = model._base_manager.using(using).order_by("pk").values_list("pk", flat=True)
    rows = list(ids[:BATCH])
    while rows:
        yield rows
        rows = list(ids.filter(pk__gt=rows[-1])[:BATCH])


def _locked(model: type[models.Model], rows: list[UUID], using: str) -> list[models.Model]:
    found = model._base_manager.using(using).select_for_update(of=("self",))
    return list(found.filter(pk__in=rows).order_by("pk"))


def _reseal(
    row: models.Model,
    encrypted: list[AnyEncryptedField],
    retired: set[UUID],
    done: Rotation,
    using: str,
) -> None:
    """Writes columns, not the instance: no other column changes and no save hook runs."""
    changed: dict[str, Ciphertext] = {}
    for item in encrypted:
        stored = row.__dict__[item.attname]
        if stored is None:
            continue
        try:
            plain = item.opened(row, stored)
        except CryptoError:
            done.unreadable.append(f"{row._meta.label} {row.pk}")
            continue
        done.values_read += 1
        if envelope.unpack(stored).dek in retired:
            changed[item.name] = item.sealed(row, plain)
    if changed:
        type(row)._base_manager.using(using).filter(pk=row.pk).update(**changed)
        done.values_sealed_anew += len(changed)


def _delete_unused_keys(done: Rotation, using: str) -> None:
    """Locking a key waits for transactions that still write under it (data_keys.CURRENT_SQL)."""
    with transaction.atomic(using=using):
        retired = DataKey.objects.using(using).exclude(retired_at=None).select_for_update()
        ids = set(retired.values_list("pk", flat=True))
        unused = ids - _named_by_rows(using) if ids else ids
        done.keys_deleted, _ = DataKey.objects.using(using).filter(pk__in=unused).delete()
    data_keys.forget()


def _named_by_rows(using: str) -> set[UUID]:
    found: set[UUID] = set()
    with connections[using].cursor() as cursor:
        quote = connections[using].ops.quote_name
        for model, encrypted in encrypted_models():
            for item in encrypted:
                column, table = quote(item.attname), quote(model._meta.db_table)
                # The data key's id follows the length-prefixed name of its wrapping key.
                named = f"substr({column}, 3 + get_byte({column}, 1), 16)"
                cursor.execute(
                    f"SELECT DISTINCT {named} FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608  # quoted names of our own models
                )
                found |= {UUID(bytes=bytes(row[0])) for row in cursor.fetchall()}
    return found
