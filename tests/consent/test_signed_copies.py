"""The signer's PDF: sealed, tagged, made once, and of nothing but this signature."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consent.copies import belongs_to, copy_of, words_of
from consent.errors import SealBroken
from consent.models import SealedCopy, Signature
from consent.pdf import rendered
from consent.reading import Block, Section
from consent.sealing import keywords_under_seal, seal
from consent.services import seal_copy
from consent.tasks import every_minute
from tests.cast import Visit, browser_of
from tests.consent.papers import in_force, signature_of
from tests.groups.world import World
from tests.trail import recorded


@pytest.fixture
def signature(world: World) -> Signature:
    return signature_of(world.ana, in_force(world.circle))


def download(visit: Visit, signature: Signature) -> bytes:
    answer = browser_of(visit).get(reverse("consent:sealed_copy", args=[signature.pk]))
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def test_the_copy_is_sealed_tagged_and_names_its_signature(
    world: World, signature: Signature
) -> None:
    pdf = download(world.ana, signature)
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"/ETSI.CAdES.detached" in pdf
    told = keywords_under_seal(pdf)
    assert str(signature.pk) in told
    assert signature.document_sha256 in told
    assert belongs_to(pdf, signature)


def test_the_same_file_comes_each_time_and_each_time_is_noted(
    world: World, signature: Signature
) -> None:
    first, second = download(world.ana, signature), download(world.ana, signature)
    assert first == second
    assert SealedCopy.objects.count() == 1
    assert len(recorded("doc.copy_sealed")) == 1
    assert len(recorded("doc.copy_taken")) == 2


def test_nobody_else_gets_it(world: World, signature: Signature) -> None:
    path = reverse("consent:sealed_copy", args=[signature.pk])
    assert browser_of(world.ben).get(path).status_code == 404
    assert browser_of(world.thea).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    assert browser_of(world.ana).get(path).status_code == 200


def test_the_minute_tick_seals_what_nobody_has_asked_for(world: World) -> None:
    every_minute()
    assert SealedCopy.objects.count() == Signature.objects.count() > 0
    every_minute()
    assert len(recorded("doc.copy_sealed")) == Signature.objects.count()


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_a_changed_byte_breaks_the_seal(signature: Signature, place: float) -> None:
    pdf = copy_of(signature)
    assert belongs_to(pdf, signature)
    changed = bytearray(pdf)
    changed[int(len(pdf) * place)] ^= 1
    with pytest.raises(SealBroken):
        keywords_under_seal(bytes(changed))


def test_what_is_added_behind_the_seal_breaks_it(signature: Signature) -> None:
    with pytest.raises(SealBroken):
        keywords_under_seal(copy_of(signature) + b"\n% one more line\n")


def test_a_file_without_a_seal_or_with_anothers_is_refused(
    signature: Signature, settings: Any
) -> None:
    plain = rendered(words_of(signature))
    with pytest.raises(SealBroken):
        keywords_under_seal(plain)
    settings.SEALING_KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    foreign = seal(plain)
    assert keywords_under_seal(foreign)
    settings.SEALING_KEY = "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
    with pytest.raises(SealBroken):
        keywords_under_seal(foreign)


def test_the_copy_of_one_is_not_the_copy_of_another(world: World, signature: Signature) -> None:
    other = signature_of(world.ben, in_force(world.circle))
    assert not belongs_to(copy_of(signature), other)


def test_words_of_people_are_never_read_as_markup(signature: Signature) -> None:
    words = words_of(signature)
    hostile = '#panic() $x$ *bold* `raw` #read("/etc/passwd") \\ @ref <label> <b>&amp;'
    section = Section("", hostile, (Block(paragraph=hostile), Block(entries=(hostile, hostile))))
    assert rendered(replace(words, sections=(section,))).startswith(b"%PDF-")


def test_letters_that_no_font_has_are_written_by_their_number(signature: Signature) -> None:
    words = words_of(signature)
    section = Section("", "日本語", (Block(paragraph="emoji \N{GRINNING FACE} and 名前"),))
    assert rendered(replace(words, sections=(section,))).startswith(b"%PDF-")


def test_right_to_left_text_has_its_letters(signature: Signature) -> None:
    section = Section("", "السرية", (Block(paragraph="ما يُقال هنا يبقى هنا"),))
    made = rendered(replace(words_of(signature), language="ar", sections=(section,)))
    assert re.search(rb"/Lang\s*\(ar\)", made)


def test_a_clause_of_a_megabyte_is_laid_out(signature: Signature) -> None:
    section = Section("", "Long", (Block(paragraph="word " * 200_000),))
    assert len(rendered(replace(words_of(signature), sections=(section,)))) > 100_000


def test_two_requests_for_a_copy_make_one(world: World, signature: Signature) -> None:
    with world.ana.acting():
        assert seal_copy(signature=signature) == seal_copy(signature=signature)
