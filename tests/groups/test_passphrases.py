"""A passphrase is hashed, easy to say, hard to guess and worth nothing by itself."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from groups import passphrases
from groups.models import Group
from groups.services import set_passphrase
from tests.cast import browser_of
from tests.groups.world import World
from tests.trail import recorded


@pytest.mark.parametrize(
    "said", ["river stone lantern", "RIVER-STONE-LANTERN", "riverstonelantern"]
)
def test_case_and_punctuation_do_not_matter(world: World, said: str) -> None:
    with world.thea.acting():
        group = set_passphrase(group=world.circle, passphrase="River Stone, lantern")
    assert passphrases.matches(group, said)
    assert not passphrases.matches(group, said + "s")


def test_a_group_without_a_passphrase_matches_nothing(world: World) -> None:
    assert not passphrases.matches(world.circle, "")


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaa", "1212121212121212"])
def test_a_weak_passphrase_is_refused(world: World, weak: str) -> None:
    with world.thea.acting(), pytest.raises(ValidationError):
        set_passphrase(group=world.circle, passphrase=weak)
    assert not Group.objects.get(pk=world.circle.pk).has_passphrase


def test_the_passphrase_is_stored_as_a_hash_only(world: World) -> None:
    with world.thea.acting():
        set_passphrase(group=world.circle, passphrase="river stone lantern")
    stored = Group.objects.get(pk=world.circle.pk)
    assert stored.passphrase_hash.startswith("argon2")
    assert "river" not in stored.passphrase_hash
    assert stored.passphrase_rotated_at is not None


def test_made_passphrases_pass_their_own_test() -> None:
    made = {passphrases.made() for _ in range(20)}
    assert len(made) == 20
    for passphrase in made:
        passphrases.check_strength(passphrase)


def test_a_made_passphrase_is_shown_once_and_logged_without_its_words(world: World) -> None:
    client = browser_of(world.thea)
    page: Any = client.post(f"/groups/{world.circle.pk}/passphrase/", {"make": "1"})
    shown = page.context_data["shown"]
    assert shown in page.content.decode()
    assert passphrases.matches(Group.objects.get(pk=world.circle.pk), shown)
    assert shown not in client.get(f"/groups/{world.circle.pk}/passphrase/").content.decode()
    entry = recorded("passphrase.rotated")[-1]
    assert entry["group"] == f"group:{world.circle.pk}"
    assert shown not in str(entry)


@pytest.mark.parametrize("who", ["ana", "tom", "ada", "cleo"])
def test_nobody_else_rotates_a_passphrase(world: World, who: str) -> None:
    client = browser_of(getattr(world, who))
    assert client.post(f"/groups/{world.circle.pk}/passphrase/", {"make": "1"}).status_code == 404
    assert not Group.objects.get(pk=world.circle.pk).has_passphrase
