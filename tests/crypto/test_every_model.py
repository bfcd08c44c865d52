"""Nobody can add a model without a retention class, or a plain column without saying why."""

import pytest
from django.apps import apps
from django.db import models

from crypto.fields import BlindIndexField
from crypto.retention import Retention

OURS = (
    *("accounts", "groups", "consent", "sessions_app", "office", "compliance"),
    *("audit", "crypto"),
)
NAMED_OTHERWISE = {"accounts.LimitBucket"}
TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)

CODE = "a code from a closed set"
DIGEST = "a digest or a public key: nothing to read"
ORGANISATION = "about the programme, not about a person"
SEALED_BY_BROWSERS = "ciphertext of the members' browsers, deleted with the session"
PLAIN = {
    "accounts.LimitBucket.key": "a digest of account and address",
    "accounts.OutgoingMail.sender": ORGANISATION,
    "accounts.OutgoingMail.subject": "one of our neutral subjects",
    "accounts.Passkey.credential_id": DIGEST,
    "accounts.Passkey.last_challenge": DIGEST,
    "accounts.Passkey.name": "what a browser or its owner calls the device, shown to the owner",
    "accounts.Passkey.public_key": DIGEST,
    "accounts.PasswordReset.address_index": DIGEST,
    "accounts.PasswordReset.token_hash": DIGEST,
    "accounts.Profile.language": CODE,
    "accounts.RecoveryCode.digest": DIGEST,
    "accounts.SignIn.device": "the browser's random id",
    "accounts.SignIn.session_key": "a random key, worthless without its row in the session table",
    "accounts.TotpDevice.name": "what its owner calls the device, shown to the owner",
    "accounts.User.password": DIGEST,
    "compliance.Alert.about": "a kind word and an id or a network address",
    "compliance.Alert.entries": "ids of entries in the log",
    "compliance.AlertStep.reason": CODE,
    "compliance.TrainingRecord.module": CODE,
    "compliance.TrainingRecord.statement": "one of our fixed sentences",
    "compliance.Review.auth_strength": CODE,
    "compliance.Review.sha256": DIGEST,
    "compliance.ReviewItem.about": "a kind word and an id",
    "consent.AgreementVersion.sha256": DIGEST,
    "consent.AgreementVersion.text": "a published document without a person's name",
    "consent.Pledge.sentence": "one of our fixed sentences",
    "consent.Proposal.clause": "the name of a clause of the document",
    "consent.Signature.auth_strength": CODE,
    "consent.Signature.clauses": "the numbers of the document's clauses",
    "consent.LessonCompletion.lesson": CODE,
    "consent.SealedCopy.sha256": DIGEST,
    "consent.Signature.document_sha256": DIGEST,
    "consent.Signature.language": CODE,
    "consent.Signature.meaning": "one of our fixed sentences",
    "consent.Signature.record_digest": DIGEST,
    "consent.Translation.language": CODE,
    "consent.Translation.sha256": DIGEST,
    "consent.Translation.source_sha256": DIGEST,
    "consent.Translation.text": "a published document without a person's name",
    "crypto.DataKey.kek": "the name of a key, not the key",
    "crypto.DataKey.scope": "a kind word and an id",
    "crypto.DataKey.wrapped": "a key under another key",
    "groups.Group.passphrase_hash": DIGEST,
    "groups.Group.timezone": CODE,
    "groups.Invitation.role": CODE,
    "groups.Invitation.token_hash": DIGEST,
    "groups.Program.name": ORGANISATION,
    "groups.Program.neutral_sender": ORGANISATION,
    "groups.Program.timezone": CODE,
    "groups.TakenAlias.alias_index": DIGEST,
    "office.Export.sha256": DIGEST,
    "office.LibraryClause.key": CODE,
    "office.LibraryClause.name": ORGANISATION,
    "office.LibraryClause.text": "a wording without a person's name",
    "office.PaperTemplate.name": ORGANISATION,
    "office.TemplateVersion.sha256": DIGEST,
    "office.TemplateVersion.text": "a wording without a person's name",
    "sessions_app.Admission.reason": CODE,
    "sessions_app.Admission.state": CODE,
    "sessions_app.Block.reason": CODE,
    "sessions_app.Block.scope": CODE,
    "sessions_app.KeyCommit.commit": SEALED_BY_BROWSERS,
    "sessions_app.KeyMember.welcome": SEALED_BY_BROWSERS,
    "sessions_app.PreJoin.location_override_reason": CODE,
    "sessions_app.PreJoin.mode": CODE,
    "sessions_app.PreJoin.void_reason": CODE,
    "sessions_app.Rehearsal.kind": CODE,
    "sessions_app.Room.kind": CODE,
    "sessions_app.Room.relay_node": "the name of a machine of ours",
    "sessions_app.Seat.mode": CODE,
    "sessions_app.Session.state": CODE,
    "sessions_app.Session.timezone": CODE,
    "sessions_app.SpaceChecklist.entries": ORGANISATION,
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def plain_columns() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if isinstance(field, TEXT) and not (field.choices or isinstance(field, BlindIndexField))
    }


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_says_how_long_it_is_kept(model: type[models.Model]) -> None:
    assert isinstance(getattr(model, "retention", None), Retention)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_row_is_named_by_a_uuid(model: type[models.Model]) -> None:
    assert isinstance(model._meta.pk, models.UUIDField) or model._meta.label in NAMED_OTHERWISE


def test_every_plain_column_has_a_reason_not_to_be_encrypted() -> None:
    assert plain_columns() - set(PLAIN) == set(), "encrypt it, or say why not"


def test_the_list_of_plain_columns_holds_nothing_that_is_gone() -> None:
    assert set(PLAIN) - plain_columns() == set()
