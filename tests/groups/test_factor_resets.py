"""The page on which two staff of one programme approve the reset of a lost second step."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import FactorReset, FactorResetState, SignIn
from accounts.services.factor_resets import request_factor_reset
from audit.context import acting_as_system
from config.development.walk import come_in
from groups.services import create_program
from tests.cast import PASSWORD, THEA, Visit, browser_of

if TYPE_CHECKING:
    from tests.groups.world import World

PAGE = "/people/factor-resets/"


@pytest.fixture
def reset(world: "World") -> FactorReset:
    """Ana has lost her phone and proved her password."""
    pending = SignIn.objects.create(user=world.ana.user, session_key="pending")
    return request_factor_reset_of(pending)


def request_factor_reset_of(pending: SignIn) -> FactorReset:
    with acting_as_system("tests"):
        return request_factor_reset(sign_in=pending)


def state_of(reset: FactorReset) -> str:
    reset.refresh_from_db()
    return reset.state


def approve(visit: Visit, reset: FactorReset) -> int:
    return browser_of(visit).post(f"{PAGE}{reset.pk}/approve/").status_code


def test_two_staff_approve_and_one_alone_does_not(world: "World", reset: FactorReset) -> None:
    assert world.ana.person.true_name in browser_of(world.thea).get(PAGE).content.decode()
    assert approve(world.thea, reset) == 302
    assert approve(world.thea, reset) == 302
    assert state_of(reset) == FactorResetState.REQUESTED
    page = browser_of(world.thea).get(PAGE).content.decode()
    assert "Waits for a second person" in page
    assert approve(world.ada, reset) == 302
    assert state_of(reset) == FactorResetState.APPROVED
    assert "Nobody waits" in browser_of(world.ada).get(PAGE).content.decode()


def test_staff_may_refuse(world: "World", reset: FactorReset) -> None:
    browser_of(world.ada).post(f"{PAGE}{reset.pk}/refuse/")
    assert state_of(reset) == FactorResetState.CANCELLED


def test_members_and_strangers_find_no_such_page(world: "World", reset: FactorReset) -> None:
    for address in (PAGE, f"{PAGE}{reset.pk}/approve/", f"{PAGE}{reset.pk}/refuse/"):
        for visit in (world.ana, world.ben):
            browser = browser_of(visit)
            ask = browser.get if address == PAGE else browser.post
            assert ask(address).status_code == 404
    assert Client().get(PAGE).status_code == 302
    assert state_of(reset) == FactorResetState.REQUESTED


def test_another_programmes_therapist_sees_and_approves_nothing(
    world: "World", reset: FactorReset
) -> None:
    with acting_as_system("tests"):
        elsewhere = create_program(name="Hillside", timezone="UTC")
    somebody = replace(THEA, name="olga", true_name="Olga Brandt")
    olga = come_in(somebody, password=PASSWORD, program=elsewhere, invited_by=None)
    assert "Nobody waits" in browser_of(olga).get(PAGE).content.decode()
    assert approve(olga, reset) == 404
    assert approve(world.thea, reset) == 302


def test_ones_own_reset_is_for_others(world: "World") -> None:
    pending = SignIn.objects.create(user=world.thea.user, session_key="pending")
    reset = request_factor_reset_of(pending)
    assert "Nobody waits" in browser_of(world.thea).get(PAGE).content.decode()
    approve(world.thea, reset)
    reset.refresh_from_db()
    assert reset.first_approval_by is None
