"""A signature needs the version in force, every tick, the name and a factor of its own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connections

from accounts.models import OutgoingMail, SignIn
from consent import queries
from consent.errors import (
    AlreadySigned,
    FactorNotFresh,
    NameMismatch,
    NothingToPublish,
    SignatureIncomplete,
    VersionSuperseded,
)
from consent.models import AgreementVersion, Signature
from consent.services import publish_version, save_draft, sign_agreement, withdraw_signature
from consent.statements import MEANING
from tests.cast import ANA, THEA, Person, Visit, group_of, member_of, staff
from tests.consent.papers import REQUIRED_TICKS, in_force, published, signature_of
from tests.groups.world import World, membership_in
from tests.trail import recorded

NEWER = {"leaving": "The promise to keep things confidential has no end, not even a distant one."}
ROSA = Person("rosa", "Rosa Lind", "participant", "Rosa")


def sign(visit: Visit, version: AgreementVersion, **changed: Any) -> Signature:
    said = {"printed_name": visit.person.true_name, "ticked": REQUIRED_TICKS, **changed}
    with visit.acting():
        return sign_agreement(request=visit.request(), version=version, **said)


@pytest.fixture
def rosa(world: World) -> Visit:
    """A member who has signed nothing yet, with a step-up that waits to be used."""
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    rosa.step_up()
    return rosa


def test_a_signature_says_who_what_when_and_how(world: World, rosa: Visit) -> None:
    version = in_force(world.circle)
    signature = sign(rosa, version)
    stored = Signature.objects.get(pk=signature.pk)
    assert stored.printed_name == "Rosa Lind"
    assert stored.meaning == MEANING
    assert stored.document_sha256 == version.sha256
    assert set(stored.clauses) == REQUIRED_TICKS
    assert stored.auth_strength in ("password+totp", "password+recovery")
    assert stored.address == "127.0.0.1"
    assert stored.signed_at.utcoffset() is not None
    assert queries.is_current(rosa.user, world.circle)
    (entry,) = [e for e in recorded("doc.signed") if e["object"] == f"signature:{stored.pk}"]
    assert entry["subject"] == f"user:{rosa.user.pk}"
    assert entry["group"] == f"group:{world.circle.pk}"
    assert "Rosa" not in str(entry)


def test_the_first_signature_makes_the_membership_active(world: World, rosa: Visit) -> None:
    assert membership_in(world.circle, rosa).state == "enrolled"
    sign(rosa, in_force(world.circle))
    assert membership_in(world.circle, rosa).state == "active"


def test_one_step_up_signs_once(world: World, rosa: Visit) -> None:
    version = in_force(world.circle)
    signature = sign(rosa, version)
    with rosa.acting():
        withdraw_signature(signature=signature)
    with pytest.raises(FactorNotFresh):
        sign(rosa, version)
    rosa.step_up()
    assert sign(rosa, version).pk != signature.pk


def test_a_signature_without_a_step_up_is_refused(world: World, rosa: Visit) -> None:
    SignIn.objects.filter(user=rosa.user).update(signature_ready_at=None)
    with pytest.raises(FactorNotFresh):
        sign(rosa, in_force(world.circle))
    assert not queries.is_current(rosa.user, world.circle)


@pytest.mark.parametrize("missing", sorted(REQUIRED_TICKS))
def test_every_statement_has_to_be_ticked(world: World, rosa: Visit, missing: str) -> None:
    with pytest.raises(SignatureIncomplete):
        sign(rosa, in_force(world.circle), ticked=REQUIRED_TICKS - {missing})
    assert sign(rosa, in_force(world.circle)), "the step-up was not spent on a refusal"


def test_the_name_has_to_be_the_own_one(world: World, rosa: Visit) -> None:
    for printed in ("Ana Ferreira", "Rosa", "R."):
        with pytest.raises(NameMismatch):
            sign(rosa, in_force(world.circle), printed_name=printed)


def test_signing_twice_gives_the_first_signature(world: World, rosa: Visit) -> None:
    version = in_force(world.circle)
    first = sign(rosa, version)
    rosa.step_up()
    with pytest.raises(AlreadySigned) as same:
        sign(rosa, version)
    assert same.value.signature == first
    assert Signature.objects.filter(user=rosa.user).count() == 1


def test_a_replaced_version_cannot_be_signed(world: World, rosa: Visit) -> None:
    former = in_force(world.circle)
    newer = published(world.circle, world.thea, **NEWER)
    with pytest.raises(VersionSuperseded):
        sign(rosa, former)
    assert sign(rosa, newer).version == newer


def test_a_draft_cannot_be_signed(world: World, rosa: Visit) -> None:
    with world.thea.acting():
        draft = save_draft(group=world.circle, text="# Draft")
    with pytest.raises(VersionSuperseded):
        sign(rosa, draft)


def test_a_new_version_asks_everybody_again(world: World) -> None:
    old = signature_of(world.ana, in_force(world.circle))
    newer = published(world.circle, world.thea, **NEWER)
    for visit in (world.ana, world.ben, world.thea):
        assert not queries.is_current(visit.user, world.circle)
        assert queries.papers_due(visit.user, world.circle) == [newer]
    old.refresh_from_db()
    assert old.state == "superseded"
    assert queries.is_current(world.cleo.user, world.other), "another group is not touched"
    assert newer.number == 2
    assert queries.last_signed_before(world.ana.user, newer) == old.version


def test_hosts_sign_too(world: World) -> None:
    signature = signature_of(world.thea, in_force(world.circle))
    with world.thea.acting():
        withdraw_signature(signature=signature)
    assert not queries.is_current(world.thea.user, world.circle)


def test_withdrawing_closes_the_gate_and_keeps_the_row(world: World) -> None:
    version = in_force(world.circle)
    signature = signature_of(world.ana, version)
    with world.ana.acting():
        withdraw_signature(signature=signature)
    assert not queries.is_current(world.ana.user, world.circle)
    assert queries.papers_due(world.ana.user, world.circle) == [version]
    signature.refresh_from_db()
    assert (signature.state, signature.printed_name) == ("withdrawn", "Ana Ferreira")
    assert membership_in(world.circle, world.ana).is_live, "the therapist decides about the seat"
    with world.ana.acting(), pytest.raises(VersionSuperseded):
        withdraw_signature(signature=signature)


def test_a_group_without_an_agreement_admits_nobody(world: World) -> None:
    group = group_of(world.thea, name="New circle", is_published=False)
    assert not queries.is_current(world.thea.user, group)
    assert queries.papers_due(world.thea.user, group) == []


def test_publishing_the_same_words_again_is_refused(world: World) -> None:
    with world.thea.acting():
        with pytest.raises(NothingToPublish):
            publish_version(group=world.circle, by=world.thea.user)
        save_draft(group=world.circle, text=in_force(world.circle).text)
        with pytest.raises(NothingToPublish):
            publish_version(group=world.circle, by=world.thea.user)


def test_those_who_wait_are_told_on_commit(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    layer: Any = get_channel_layer()
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(f"group.{world.circle.pk.hex}", channel)
    with django_capture_on_commit_callbacks(execute=True) as told:
        published(world.circle, world.thea, **NEWER)
    assert told
    assert async_to_sync(layer.receive)(channel) == {"type": "group.changed"}


def test_mails_about_papers_say_nothing(world: World) -> None:
    OutgoingMail.objects.all().delete()
    newer = published(world.circle, world.thea, **NEWER)
    asked = list(OutgoingMail.objects.all())
    assert sorted(mail.recipient for mail in asked) == ["ana@example.org", "ben@example.org"]
    OutgoingMail.objects.all().delete()
    assert world.ana.sign(world.circle)
    with world.ana.acting():
        withdraw_signature(signature=signature_of(world.ana, newer))
    (told,) = OutgoingMail.objects.all()
    assert told.recipient == "thea@example.org"
    for mail in (*asked, told):
        said = f"{mail.sender} {mail.subject} {mail.body}".lower()
        for word in ("circle", "ana", "thea", "marsh", "therap", "group ", "confiden"):
            assert word not in said.replace("/groups/", "")


def test_two_tabs_at_once_make_one_signature(committed_db: str) -> None:
    thea = staff(THEA)
    group = group_of(thea)
    ana = member_of(group, ANA, invited_by=thea, has_signed=False)
    ana.step_up()
    version = in_force(group)

    def try_once(_: int) -> str:
        try:
            sign(ana, version)
            return "signed"
        except (AlreadySigned, FactorNotFresh) as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        outcomes = sorted(pool.map(try_once, range(3)))
    assert outcomes == ["signature.already", "signature.already", "signed"]
    assert Signature.objects.filter(user=ana.user).count() == 1
