"""No entry, no act and no page: what happens when the log takes nothing."""

import pytest

from consent.models import Signature
from groups.models import Invitation, Membership
from tests.audit.database import refusing_log
from tests.cast import browser_of
from tests.consent.papers import in_force, signature_of
from tests.groups.world import World, make_world, membership_in


@pytest.fixture
def world(committed_db: str) -> World:
    return make_world()


def test_nothing_is_shown_and_nothing_changed_without_the_log(world: World) -> None:
    thea, ana = browser_of(world.thea), browser_of(world.ana)
    group, ben = f"/groups/{world.circle.pk}/", membership_in(world.circle, world.ben)
    signature = signature_of(world.ana, in_force(world.circle))
    before = (Membership.objects.count(), Invitation.objects.count(), Signature.objects.count())
    with refusing_log():
        for page in (
            thea.get(group),
            thea.get(f"{group}members/{ben.pk}/"),
            thea.post(f"{group}invite/", {"address": "x@example.org"}),
            thea.post(f"{group}members/{ben.pk}/remove/", {"reason": "safety"}),
            ana.get("/papers/"),
            ana.post(f"/papers/signed/{signature.pk}/withdraw/"),
        ):
            assert page.status_code == 503
            assert "Okafor" not in page.content.decode()
    after = (Membership.objects.count(), Invitation.objects.count(), Signature.objects.count())
    assert after == before
    signature.refresh_from_db()
    assert signature.is_valid
    assert membership_in(world.circle, world.ben).state == "active"
    assert "Okafor" in thea.get(group).content.decode(), "the control: the log is back"
