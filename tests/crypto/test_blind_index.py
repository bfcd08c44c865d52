import pytest
from pytest_django import Settings

from crypto.blind_index import digest

EMAIL = "accounts.user.email"


@pytest.mark.parametrize(
    "typed", ["Ana@Example.org", " ana@example.org ", "\uff21\uff2e\uff21@example.org"]
)
def test_what_people_type_differently_is_found(typed: str) -> None:
    assert digest(EMAIL, typed) == digest(EMAIL, "ana@example.org")


def test_other_values_and_other_columns_differ() -> None:
    found = {
        digest(EMAIL, "ana@example.org"),
        digest(EMAIL, "ben@example.org"),
        digest("groups.invitation.address", "ana@example.org"),
    }
    assert len(found) == 3


def test_without_the_key_nobody_can_try_addresses(settings: Settings) -> None:
    before = digest(EMAIL, "ana@example.org")
    settings.BLIND_INDEX_KEY = "another"
    assert digest(EMAIL, "ana@example.org") != before


def test_label_and_value_cannot_be_shifted_into_each_other() -> None:
    assert digest("a.b", "c") != digest("a", "b c")
