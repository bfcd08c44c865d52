"""A call outlasts a database that is away, for as long as the relay's leases and no longer."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import OperationalError, connections

from config.environment import Environment
from media_relay.control import InProcessControl, TransportClosed, TransportConnected
from media_relay.node import Node
from media_relay.tickets import LEASE_SECONDS, verify, verify_key
from sessions_app import consumers, queries, relay
from sessions_app.messages.keys import Committed, KeyGroupState, WelcomeToGroup
from sessions_app.models import Admission
from sessions_app.sockets import away
from sessions_app.sockets.keys import KeyReader
from sessions_app.sockets.threads import in_thread
from tests import databases
from tests.cast import Visit
from tests.media_relay.offers import offer
from tests.sessions_app.keys import let_in_a_commit_ago
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.socket import Heard, Socket, sits, until
from tests.trail import recorded

in_db = sync_to_async
Logged = list[MutableMapping[str, Any]]
POOLED = ("default", "audit_denials")


class Page(Socket):
    """Remembers what was heard, passed over or not."""

    def __init__(self, visit: Visit, session: UUID) -> None:
        super().__init__(visit, session)
        self.heard: list[str] = []

    def note(self, heard: Heard) -> None:
        super().note(heard)
        self.heard.append(heard["type"])

    async def brings_a_transport(self) -> None:
        await self.say("offer", sdp=offer())
        await self.hear("answer")

    @property
    def visit(self) -> UUID:
        return UUID(self.snapshot["own"]["admission_id"])


class Overheard(InProcessControl):
    """The relay's own control, and what it was asked to do, in order."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.asked: list[tuple[str, str]] = []

    async def move(self, ticket: str) -> None:
        self.asked.append(("move", whose(ticket)))
        await super().move(ticket)

    async def unseat(self, connection: str, *, close: bool = False) -> None:
        self.asked.append(("unseat", connection))
        await super().unseat(connection, close=close)


def whose(ticket: str) -> str:
    return verify(ticket, verify_key(settings.TICKET_VERIFY_KEY), now=time.time()).connection


@pytest.fixture
async def control(relay_node: Node) -> Overheard:
    overheard = Overheard(relay_node)
    relay.attach(overheard)
    return overheard


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewals come often, so that no loss falls between two of them.

    The pages check no connectivity: however long a test takes, the relay drops none for that.
    """
    monkeypatch.setattr(consumers, "RENEW_SECONDS", 0.3)
    for module in (away, consumers):
        monkeypatch.setattr(module, "TRY_AGAIN_SECONDS", 0.1)
    monkeypatch.setattr("media_relay.ice.CONSENT_SECONDS", 600.0)


@pytest.fixture(params=[0, 4], ids=["unpooled", "pooled"])
def pool(committed_meeting: Meeting, request: pytest.FixtureRequest) -> Iterator[int]:
    """How many connections each kind keeps, as `DATABASE_POOL` says."""
    if not request.param:
        yield 0
        return
    with pooled(request.param):
        yield request.param


@contextmanager
def pooled(size: int) -> Iterator[None]:
    databases.close_connections()
    production = Environment().database("DATABASE_URL", pool=size)
    before = {alias: dict(connections.settings[alias]) for alias in POOLED}
    for alias in POOLED:
        for name in ("CONN_HEALTH_CHECKS", "OPTIONS"):
            connections.settings[alias][name] = production[name]
    try:
        yield
    finally:
        databases.close_connections()
        for alias in POOLED:
            connections[alias].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
            connections.settings[alias].update(before[alias])


@asynccontextmanager
async def database_away() -> AsyncIterator[None]:
    name = str(connections.settings["default"]["NAME"])
    await in_db(databases.take_away)(name)
    try:
        yield
    finally:
        await in_db(databases.give_back)(name)


@asynccontextmanager
async def in_a_call(meeting: Meeting) -> AsyncIterator[tuple[Page, Page]]:
    """Thea and Ana sit, each with a transport."""
    for visit in (meeting.thea, meeting.ana):
        await in_db(meeting.answer)(visit)
    async with (
        Page(meeting.thea, meeting.session.pk) as thea,
        Page(meeting.ana, meeting.session.pk) as ana,
    ):
        await thea.hello()
        await thea.say("open_doors")
        await thea.is_told("admitted")
        await ana.hello()
        await thea.say("admit", admission=ana.visit)
        await ana.is_told("admitted")
        for page in (thea, ana):
            await page.brings_a_transport()
        yield thea, ana


async def admission_of(page: Page) -> Admission:
    return await Admission.objects.select_related("seat").aget(pk=page.visit)


async def have_noticed(logged: Logged, pages: int) -> None:
    """Each of them has tried to read, and goes on trying."""
    await until(lambda: [one["event"] for one in logged].count("database.away") >= pages)


async def test_who_sits_outlasts_a_database_that_is_away(
    committed_meeting: Meeting, relay_node: Node, control: Overheard, pool: int
) -> None:
    async with in_a_call(committed_meeting) as (thea, ana):
        seated = [await admission_of(page) for page in (thea, ana)]
        await until(lambda: all(sits(relay_node, one) for one in seated))
        with structlog.testing.capture_logs() as logged:
            async with database_away():
                await have_noticed(logged, pages=2)
                await thea.say("mute", admission=ana.visit)
                refused = await thea.hear("error")
                assert (refused["code"], refused["next"]) == (
                    "log_unavailable",
                    "Try again in a minute, or call your therapist.",
                )
                for page in (thea, ana):
                    await page.say("ping")
                    await page.hear("pong")
                assert all(sits(relay_node, one) for one in seated)
        assert await in_db(recorded)("host.muted") == []
        asked = len(control.asked)
        renewed = {("move", one.connection.hex) for one in seated if one.connection}
        await until(lambda: renewed <= set(control.asked[asked:]))
        await thea.say("mute", admission=ana.visit)
        await ana.sees(lambda heard: not heard["own"]["may_send_mic"])
        assert len(await in_db(recorded)("host.muted")) == 1
        assert {what for what, _ in control.asked} == {"move"}
        for page in (thea, ana):
            assert {"transport", "closed"}.isdisjoint(page.heard)


async def test_a_hold_ends_with_the_lease(
    committed_meeting: Meeting,
    relay_node: Node,
    control: Overheard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(away, "LEASE_SECONDS", 0.6)
    async with in_a_call(committed_meeting) as (thea, ana):
        await until(lambda: relay_node.load == 2)
        async with database_away():
            for page in (thea, ana):
                assert await page.close_code() == consumers.FAILED
            await until(lambda: relay_node.load == 0)


async def test_work_that_only_hangs_is_given_up_with_the_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(away, "LAST_TRY_SECONDS", 0.1)
    hold = away.Hold()
    hold.renew(time.monotonic() - LEASE_SECONDS)
    with pytest.raises(TimeoutError):
        await hold.outlast(asyncio.Event().wait)
    assert await hold.outlast(partial(asyncio.to_thread, str, "read")) == "read"


async def test_any_other_error_ends_the_connection_at_once(
    committed_meeting: Meeting, relay_node: Node, control: Overheard
) -> None:
    async with in_a_call(committed_meeting) as (thea, ana):
        await until(lambda: relay_node.load == 2)
        with structlog.testing.capture_logs() as logged:
            await in_db(forbid)("sessions_app_session")
            for page in (thea, ana):
                assert await page.close_code() == consumers.FAILED
            await until(lambda: relay_node.load == 0)
    assert {one["error"] for one in logged if one["event"] == "socket.refresh_failed"} == {
        "ProgrammingError"
    }
    assert "database.away" not in [one["event"] for one in logged]


def forbid(table: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"REVOKE SELECT ON {table} FROM quietroom_app")


async def test_what_a_page_says_by_itself_is_done_once_the_database_is_back(
    committed_meeting: Meeting, relay_node: Node, control: Overheard
) -> None:
    async with in_a_call(committed_meeting) as (_, ana):
        ana.heard.clear()
        with structlog.testing.capture_logs() as logged:
            async with database_away():
                await have_noticed(logged, pages=2)
                for is_on in (False, True):
                    await ana.say("state", mic=is_on, camera=True, private=True, away=False)
                await ana.say("ping")
                await ana.hear("pong")
        await ana.sees(lambda heard: any(one["camera"] and one["mic"] for one in heard["seats"]))
        assert "error" not in ana.heard


async def test_what_the_relay_told_meanwhile_is_written_down_in_its_order(
    committed_meeting: Meeting, relay_node: Node, control: Overheard
) -> None:
    async with in_a_call(committed_meeting) as (_, ana):
        connection = (await admission_of(ana)).connection
        assert connection is not None
        with structlog.testing.capture_logs() as logged:
            async with database_away():
                await have_noticed(logged, pages=2)
                relay_node.watchers.emit(connection.hex, TransportConnected())
                await ana.hear("transport", lambda heard: heard["state"] == "connected")
                relay_node.watchers.emit(connection.hex, TransportClosed("consent"))
                await ana.hear("transport", lambda heard: heard["state"] == "lost")
        await ana.is_told("reconnecting")
        assert len(await in_db(recorded)("media.joined")) == 1
        assert [one["reason"] for one in await in_db(recorded)("media.lost")] == ["transport"]
        await ana.brings_a_transport()
        relay_node.watchers.emit(connection.hex, TransportConnected())
        await ana.is_told("connected")


@pytest.mark.parametrize("pool", [12], indirect=True)
async def test_a_full_pool_that_was_cut_refuses_once(committed_meeting: Meeting, pool: int) -> None:
    await in_db(fill)(pool)
    await in_db(databases.cut)(str(connections["default"].settings_dict["NAME"]))
    with suppress(OperationalError):
        await in_thread(Admission.objects.count)
    assert await in_thread(Admission.objects.count) == 0


def fill(size: int) -> None:
    """As after a busy hour: every connection is open, and none is in use."""
    connection = connections["default"]
    connection.ensure_connection()
    connection.close()
    kept = connection.pool  # type: ignore[attr-defined]  # PostgreSQL's own
    for one in [kept.getconn() for _ in range(size)]:
        kept.putconn(one)


def test_a_reading_of_keys_that_breaks_off_has_told_nothing(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    _, ana = let_in_a_commit_ago(meeting)
    keys = queries.key_state(meeting.session.pk)
    reader = KeyReader(has_asked=True)
    name = str(connections["default"].settings_dict["NAME"])
    databases.take_away(name)
    # The state and the welcome are known already; the commits are yet to be read.
    with pytest.raises(OperationalError):
        reader.news(ana, keys, is_host=False)
    databases.give_back(name)
    told = reader.news(ana, keys, is_host=False)
    assert [type(one) for one in told] == [KeyGroupState, WelcomeToGroup, Committed]
