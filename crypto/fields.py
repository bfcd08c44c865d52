"""Model fields whose columns hold ciphertext and whose Python values are plain.

A model that uses them has a UUID primary key with a default and says under which data key its
row is sealed: `def encryption_scope(self) -> str`. Values are opened on first use, so a query
that does not touch a name never decrypts one. Columns cannot be searched: use a BlindIndexField.
"""

import json
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from django import forms
from django.core import checks
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import DEFAULT_DB_ALIAS, models

from crypto import blind_index, data_keys, envelope

SetType = TypeVar("SetType")
GetType = TypeVar("GetType")

if TYPE_CHECKING:
    FieldOf = models.Field
else:

    class FieldOf(models.Field):
        """Django's Field takes its type arguments only from a type checker."""

        def __class_getitem__(cls, _: object) -> type[models.Field]:
            return cls


class Scoped(Protocol):
    def encryption_scope(self) -> str: ...


class Ciphertext(bytes):
    """A column's bytes that nobody has opened yet; its repr shows nothing."""

    def __repr__(self) -> str:
        return "<encrypted>"

    __str__ = __repr__


class OpenedOnUse:
    """Opens the ciphertext when the attribute is first read and keeps the plain value."""

    def __init__(self, field: "EncryptedField[Any, Any]") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Ciphertext):
            value = instance.__dict__[name] = self.field.opened(instance, value)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(FieldOf[SetType, GetType]):
    """What both encrypted fields share: sealing on save, opening on use, no look-ups."""

    def dumps(self, value: Any) -> bytes:
        raise NotImplementedError

    def loads(self, plain: bytes) -> Any:
        raise NotImplementedError

    def get_internal_type(self) -> str:
        return "BinaryField"

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, OpenedOnUse(self))

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not hasattr(self.model, "encryption_scope"):
            found.append(checks.Error("needs encryption_scope()", obj=self, id="crypto.E001"))
        if not isinstance(self.model._meta.pk, models.UUIDField):
            found.append(checks.Error("needs a UUID primary key", obj=self, id="crypto.E002"))
        return found

    def sealed(self, instance: models.Model, value: Any) -> Ciphertext:
        key = data_keys.current(_scope(instance), using=_alias(instance))
        plain = self.dumps(value)
        bound_to = self._binding(instance)
        return Ciphertext(
            envelope.seal(key.secret, kek=key.kek, dek=key.id, plain=plain, bound_to=bound_to)
        )

    def opened(self, instance: models.Model, value: Ciphertext) -> Any:
        """Raises CiphertextRefused for another row's or field's bytes, KeyMissing when shredded."""
        sealed = envelope.unpack(value)
        key = data_keys.by_id(sealed.dek, using=_alias(instance))
        plain = envelope.open_sealed(key.secret, sealed, bound_to=self._binding(instance))
        return self.loads(plain)

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext | None:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Ciphertext):
            if not add:
                return value
            value = self.opened(model_instance, value)
        return None if value is None else self.sealed(model_instance, value)

    def from_db_value(self, value: bytes | None, *_: object) -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise FieldError(f"{self.name} is encrypted: save the instance, update() cannot.")
        return None if value is None else connection.Database.Binary(bytes(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted and cannot be searched.")

    def _binding(self, instance: models.Model) -> bytes:
        label = f"{self.model._meta.label}.{self.name}"
        row = instance.pk
        if not isinstance(row, UUID):
            raise FieldError(f"{label} needs the row's UUID before it is sealed.")
        return envelope.binding(label, row)


AnyEncryptedField = EncryptedField[Any, Any]


class EncryptedTextField(EncryptedField[str, str]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def dumps(self, value: str) -> bytes:
        return value.encode()

    def loads(self, plain: bytes) -> str:
        return plain.decode()

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(form_class=forms.CharField, max_length=self.max_length, **kwargs)


class EncryptedBytesField(EncryptedField[bytes, bytes]):
    empty_strings_allowed = False

    def dumps(self, value: bytes) -> bytes:
        return bytes(value)

    def loads(self, plain: bytes) -> bytes:
        return plain


class EncryptedJSONField(EncryptedField[Any, Any]):
    empty_strings_allowed = False

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def loads(self, plain: bytes) -> Any:
        return json.loads(plain)


class BlindIndexField(models.CharField):  # type: ignore[type-arg]  # str in, str out
    """The digest of an encrypted sibling, kept in step on every save of both."""

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        kwargs.update(max_length=64, editable=False)
        super().__init__(*args, **kwargs)
        self.source = source

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["editable"]
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value = getattr(model_instance, self.source)
        label = f"{self.model._meta.label_lower}.{self.source}"
        found = None if self.null and not value else blind_index.digest(label, value or "")
        setattr(model_instance, self.attname, found)
        return found


def _scope(instance: Scoped | models.Model) -> str:
    assert hasattr(instance, "encryption_scope")
    return str(instance.encryption_scope())


def _alias(instance: models.Model) -> str:
    return instance._state.db or DEFAULT_DB_ALIAS
