"""Who is acting is said once, at the edge, and is never somebody else by accident."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async

from audit.context import Origin, acting, acting_as, acting_as_system, origin
from audit.errors import OriginUnknown
from audit.events import Ref
from tests.audit.events import ANA

BEN = Ref("user", "ben")
HERE = Origin(actor=None, actor_role="visitor", address="192.0.2.7", device="d", request_id="r")


def test_nobody_acts_before_somebody_is_named_and_after_they_are_done() -> None:
    with pytest.raises(OriginUnknown):
        origin()
    with acting(HERE):
        assert origin() == HERE
    with pytest.raises(OriginUnknown):
        origin()


def test_a_visitor_who_signs_in_keeps_address_device_and_request() -> None:
    with acting(HERE), acting_as(ANA, "participant", auth_strength="password"):
        now = origin()
        assert (now.actor, now.actor_role, now.auth_strength) == (ANA, "participant", "password")
        assert (now.address, now.device, now.request_id) == ("192.0.2.7", "d", "r")


def test_the_system_acts_under_its_own_name() -> None:
    with acting(HERE), acting_as_system("beat"):
        assert (str(origin().actor), origin().address) == ("system:beat", "")
    assert str(Ref("system", "beat")) == "system:beat"


async def test_a_socket_hands_its_person_to_the_services_thread() -> None:
    with acting_as(ANA, "participant"):
        assert (await sync_to_async(origin)()).actor == ANA


async def test_two_sockets_in_one_process_never_mix() -> None:
    async def one(person: Ref) -> list[Ref | None]:
        seen = []
        with acting_as(person, "participant"):
            for _ in range(20):
                await asyncio.sleep(0)
                seen.append((await sync_to_async(origin)()).actor)
        return seen

    ana, ben = await asyncio.gather(one(ANA), one(BEN))
    assert set(ana) == {ANA}
    assert set(ben) == {BEN}


def test_another_thread_does_not_inherit_a_person() -> None:
    found: list[str] = []

    def look() -> None:
        try:
            origin()
        except OriginUnknown:
            found.append("nobody")

    with acting_as(ANA, "participant"):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == ["nobody"]
