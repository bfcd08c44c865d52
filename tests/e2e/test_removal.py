"""Whoever is removed is out within two seconds, and no way leads back."""

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from redis.client import PubSub

from config.development import cast
from media_relay.control import RelayRefused, TicketRefused
from media_relay.redis_control import RedisControl
from media_relay.redis_wire import requests_channel
from tests.e2e.outside import NOWHERE, answer_of, socket_answer
from tests.e2e.person import Person
from tests.e2e.world import Meeting, World

REMOVED_WITHIN = 2.0


@pytest.fixture
def control_traffic(world: World) -> Iterator[PubSub]:
    """Everything that the web process says to the relay from now on."""
    with Redis.from_url(world.stack.redis_url, decode_responses=True) as redis:
        listener = redis.pubsub(ignore_subscribe_messages=True)
        listener.psubscribe(requests_channel("*"))
        yield listener
        listener.close()


def test_a_removed_member_is_out_in_two_seconds_and_cannot_return(
    world: World, control_traffic: PubSub
) -> None:
    meeting = world.meet(cast.ANA, cast.BEN)
    meeting.everybody_sees_and_hears_everybody()
    old_tickets = _seat_tickets(control_traffic)
    assert old_tickets

    _is_gone_in_time(meeting, cast.BEN, "remove", viewers=(cast.THEA, cast.ANA))

    ben = world[cast.BEN]
    meeting[cast.BEN].is_in_phase("closed")
    _finds_nothing(ben, meeting.path)
    _changes_alias(ben, world.group, "Benny")
    _finds_nothing(ben, meeting.path)
    with world.second_device(cast.BEN) as phone:
        _finds_nothing(phone, meeting.path)
    assert _replayed(world.stack.redis_url, old_tickets) == {"refused"}
    meeting[cast.ANA].sees_and_hears(cast.THEA.alias)
    meeting.end()


def test_a_returned_member_waits_unseen_and_can_be_admitted_again(world: World) -> None:
    meeting = world.meet(cast.ANA)
    _is_gone_in_time(meeting, cast.ANA, "return", viewers=(cast.THEA,))
    meeting[cast.ANA].is_in_phase("waiting")
    meeting[cast.ANA].stays_in_phase("waiting")
    meeting[cast.THEA].admit(cast.ANA.true_name)
    meeting[cast.ANA].is_in_phase("room")
    meeting[cast.ANA].sees_and_hears(cast.THEA.alias)
    meeting[cast.ANA].turns_on("mic", "camera")
    meeting[cast.THEA].sees_and_hears(cast.ANA.alias)
    meeting.end()


def _is_gone_in_time(
    meeting: Meeting, person: cast.Person, act: str, *, viewers: tuple[cast.Person, ...]
) -> None:
    host = meeting[cast.THEA]
    for viewer in viewers:
        meeting[viewer].expect_departure(person.alias)
    host.act_on(person.alias, act)
    for viewer in viewers:
        assert meeting[viewer].departed_at() - host.clicked_at() < REMOVED_WITHIN


def _finds_nothing(person: Person, session: str) -> None:
    for step in ("", "room/", "reminder/", "passphrase/"):
        assert answer_of(person, f"{session}{step}") == answer_of(person, f"{NOWHERE}{step}")
    assert socket_answer(person, session) == socket_answer(person, NOWHERE)


def _changes_alias(person: Person, group: str, alias: str) -> None:
    person.go(f"{group}me/")
    person.page.get_by_label("Name in the group").fill(alias)
    person.page.locator("main form button").first.click()


def _seat_tickets(traffic: PubSub) -> set[str]:
    """Every seat ticket that was heard so far."""
    found = set()
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        message = traffic.get_message(timeout=0.2)
        said = json.loads(message["data"]) if message else {}
        if said.get("call") in ("seat", "move"):
            found.add(said["arguments"]["ticket"])
    return found


def _replayed(redis_url: str, tickets: set[str]) -> set[str]:
    """In a thread of its own: the browser's driver holds this one's event loop."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(asyncio.run, _replay(redis_url, tickets)).result()


async def _replay(redis_url: str, tickets: set[str]) -> set[str]:
    control = RedisControl(redis_url)
    answers = set()
    for ticket in tickets:
        try:
            await control.seat(ticket)
            answers.add("seated")
        except (TicketRefused, RelayRefused):
            answers.add("refused")
    await control.close()
    return answers
