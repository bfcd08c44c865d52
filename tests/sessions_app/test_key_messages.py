"""Keys over real sockets: each message reaches those whom it is for, in order, and nobody else."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import structlog
from asgiref.sync import sync_to_async

from media_relay.node import Node
from sessions_app import consumers
from sessions_app.messages.keys import MAX_COMMIT, MAX_PACKAGE, MAX_SAID
from sessions_app.models import KeyCommit, KeyGroup
from sessions_app.sockets import view
from tests.audit.database import rows
from tests.cast import Visit
from tests.sessions_app.keys import require_end_to_end
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.socket import Heard, Socket

in_db = sync_to_async
NOTHING: dict[str, Any] = {"added": [], "removed": [], "welcome": ""}


def text(data: bytes) -> str:
    return b64encode(data).decode()


class Page(Socket):
    """A page that knows its own visit and the group that it is in."""

    group: str = ""

    def __init__(self, visit: Visit, session: UUID) -> None:
        super().__init__(visit, session)
        self.packages: set[str] = set()

    def note(self, heard: Heard) -> None:
        super().note(heard)
        if heard["type"] == "key_package_of":
            self.packages.add(heard["admission"])

    @property
    def visit(self) -> str:
        return str(self.snapshot["own"]["admission_id"])

    async def comes(self, group: str | None = None, epoch: int = 0) -> None:
        await self.hello()
        await self.say("keys", group=group, epoch=epoch)

    async def founds(self) -> None:
        await self.say("open_doors")
        await self.is_told("admitted")
        await self.say("found_group", instead_of=None)
        heard = await self.hear("key_group", lambda heard: heard["group"])
        self.group = str(heard["group"])

    async def offers_package(self, package: bytes = b"package") -> None:
        await self.say("key_package", admission=self.visit, package=text(package))

    async def commits(self, epoch: int, **fields: Any) -> None:
        sent = {**NOTHING, "commit": text(b"commit %d" % epoch), **fields}
        await self.say("commit", group=self.group, epoch=epoch, **sent)

    async def lets_in(self, member: "Page", epoch: int) -> None:
        visit = member.visit
        if visit not in self.packages:
            await self.hear("key_package_of", lambda heard: heard["admission"] == visit)
        await self.say("admit", admission=visit)
        await self.commits(epoch, added=[visit], welcome=text(b"welcome"))
        member.group = self.group

    async def hears_epoch(self, epoch: int) -> Heard:
        return await self.hear("committed", lambda heard: heard["epoch"] == epoch)

    async def types_until_pong(self) -> list[str]:
        """Everything that was on its way when this was asked."""
        await self.say("ping")
        heard: list[str] = []
        while not heard or heard[-1] != "pong":
            message = json.loads(await self.wire.receive_from(timeout=5))
            self.last_n = message["n"]
            heard.append(message["type"])
        return heard


@dataclass(slots=True)
class Room:
    """Thea has founded a group; Ana waits with a key package, and Ben waits too."""

    meeting: Meeting
    thea: Page
    ana: Page
    ben: Page


@pytest.fixture
async def room(committed_meeting: Meeting, relay_node: Node) -> AsyncIterator[Room]:
    meeting = committed_meeting
    await in_db(require_end_to_end)(meeting)
    visits = (meeting.thea, meeting.ana, meeting.ben)
    for visit in visits:
        await in_db(meeting.answer)(visit)
    async with AsyncExitStack() as pages:
        thea, ana, ben = [
            await pages.enter_async_context(Page(visit, meeting.session.pk)) for visit in visits
        ]
        for page in (thea, ana, ben):
            await page.comes()
        await thea.founds()
        for page in (ana, ben):
            await page.offers_package()
        yield Room(meeting, thea, ana, ben)


async def test_admitting_is_adding(room: Room) -> None:
    await room.thea.lets_in(room.ana, 0)
    won = await room.thea.hears_epoch(0)
    assert (won["own"], won["commit"]) == (True, "")
    await room.ana.hear("key_group", lambda heard: heard["standing"] == "added")
    welcome = await room.ana.hear("welcome_group")
    assert (welcome["welcome"], welcome["epoch"]) == (text(b"welcome"), 1)


async def test_those_who_wait_hear_nothing_of_the_keys(room: Room) -> None:
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    await room.ana.say("application", group=room.ana.group, data=text(b"sealed"))
    await room.thea.hear("application")
    heard = set(await room.ben.types_until_pong())
    assert heard <= {"snapshot", "pong", "transport"}


async def test_members_hear_commits_and_the_newcomer_the_welcome(room: Room) -> None:
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    await room.thea.lets_in(room.ben, 1)
    heard = await room.ana.hears_epoch(1)
    assert (heard["own"], heard["commit"]) == (False, text(b"commit 1"))
    assert (await room.ben.hear("welcome_group"))["epoch"] == 2
    assert "committed" not in await room.ben.types_until_pong()


async def test_who_loses_a_race_is_told_and_hears_the_winner(room: Room) -> None:
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    await room.ana.commits(1, commit=text(b"first"))
    await room.ana.hears_epoch(1)
    await room.thea.commits(1, commit=text(b"second"))
    refused = await room.thea.hear("commit_refused")
    assert refused["epoch"] == 2
    assert (await KeyCommit.objects.aget(epoch=1)).commit == b"first"


async def test_a_page_that_was_away_hears_what_it_missed_in_order(room: Room) -> None:
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    await room.ana.vanish()
    for epoch in range(1, 41):
        await room.thea.commits(epoch)
        await room.thea.hears_epoch(epoch)
    async with Page(room.meeting.ana, room.meeting.session.pk) as back:
        await back.comes(room.ana.group, 1)
        for epoch in range(1, 41):
            heard = await back.hear("committed")
            assert heard["epoch"] == epoch
            await back.say("ack", n=back.last_n)


async def test_a_page_that_lost_everything_is_told_where_it_stands(room: Room) -> None:
    """A welcome that nobody confirmed comes again; afterwards only a new Add helps."""
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    await room.ana.say("keys", group=None, epoch=0)
    await room.ana.hear("welcome_group")
    await room.ana.say("ready", group=room.ana.group, epoch=1, switched=False)
    await room.ana.say("keys", group=None, epoch=0)
    assert (await room.ana.hear("key_group"))["standing"] == "member"
    assert "welcome_group" not in await room.ana.types_until_pong()
    await room.ana.offers_package(b"after the loss")
    again = await room.thea.hear(
        "key_package_of", lambda heard: heard["package"] == text(b"after the loss")
    )
    assert again["admission"] == room.ana.visit


async def test_everybody_hears_when_all_who_had_a_key_before_are_ready(room: Room) -> None:
    """For a newcomer nobody waits: the keys before theirs are closed to them anyway."""
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    await room.ana.say("ready", group=room.ana.group, epoch=1, switched=True)
    assert "all_ready" not in await room.thea.types_until_pong()
    await room.thea.say("ready", group=room.thea.group, epoch=1, switched=False)
    for page in (room.thea, room.ana):
        assert (await page.hear("all_ready"))["epoch"] == 1


async def test_a_person_whose_add_does_not_come_waits_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "ADDED_WITHIN_SECONDS", 0.2)
    first = room.ana.visit
    await room.thea.say("admit", admission=first)
    again = await room.ana.sees(lambda heard: heard["own"]["was_not_added"])
    assert again["own"]["admission"] == "waiting"
    assert again["own"]["admission_id"] != first
    card = await room.thea.sees(
        lambda heard: any(one["was_not_added"] for one in heard["host"]["waiting"])
    )
    assert len(card["host"]["waiting"]) == 2


async def test_words_are_passed_on_to_members_and_kept_nowhere(room: Room) -> None:
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    words = b"sealed words that somebody looks for"
    with structlog.testing.capture_logs() as logged:
        await room.ana.say("application", group=room.ana.group, data=text(words))
        assert (await room.thea.hear("application"))["data"] == text(words)
        assert "application" not in await room.ana.types_until_pong()
    assert text(words) not in repr(logged)
    assert await in_db(found_in_database)(words) == []
    assert await in_db(found_in_database)(b"commit 0") != []


def found_in_database(words: bytes) -> list[str]:
    """Tables of which a row holds the words as bytes, as hex or as base64."""
    names = [name for (name,) in rows(EVERY_TABLE)]
    shapes = [words.hex(), words.decode(), text(words)]
    return [
        name
        for name in names
        if any(
            rows(f"SELECT 1 FROM {name} AS one WHERE one::text LIKE %s", f"%{shape}%")
            for shape in shapes
        )
    ]


EVERY_TABLE = """
SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
WHERE schemaname IN ('public', 'audit')
"""


async def test_somebody_without_a_key_says_nothing_to_the_group(room: Room) -> None:
    await room.thea.say("admit", admission=room.ana.visit)
    await room.ana.is_told("admitted")
    await room.ana.say("application", group=room.thea.group, data=text(b"noise"))
    assert (await room.ana.hear("error"))["code"] == "not_now"
    assert "application" not in await room.thea.types_until_pong()


async def test_a_flood_of_words_is_slowed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "SAYINGS", 2)
    monkeypatch.setattr(consumers, "SAYINGS_PER_SECOND", 0.0)
    async with Page(room.meeting.thea, room.meeting.session.pk) as thea:
        await thea.comes(room.thea.group, 0)
        await thea.hear("key_group")
        for _ in range(2):
            await thea.say("application", group=room.thea.group, data=text(b"hello"))
        assert "error" not in await thea.types_until_pong()
        await thea.say("application", group=room.thea.group, data=text(b"again"))
        assert (await thea.hear("error"))["code"] == "too_fast"


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("key_package", {"package": text(b"x" * (MAX_PACKAGE + 1))}),
    ("key_package", {"package": "not base64!"}),
    ("key_package", {"package": 7}),
    ("application", {"data": text(b"x" * (MAX_SAID + 1))}),
    ("commit", {"commit": text(b"x" * (MAX_COMMIT + 1))}),
    ("commit", {"added": ["7"]}),
    ("commit", {"added": "7"}),
    ("commit", {"added": ["00000000-0000-4000-8000-000000000000"] * 17}),
    ("commit", {"epoch": -1}),
    ("keys", {"group": ""}),
]


async def test_what_is_too_large_or_no_bytes_is_refused(room: Room) -> None:
    """The same message with nothing wrong about it is the control."""
    group = room.thea.group
    whole: dict[str, dict[str, Any]] = {
        "key_package": {"admission": room.thea.visit, "package": text(b"x")},
        "application": {"group": group, "data": text(b"x")},
        "commit": {"group": group, "epoch": 0, "commit": text(b"x"), **NOTHING},
        "keys": {"group": group, "epoch": 0},
    }
    for kind, fields in WRONG:
        await room.thea.say(kind, **{**whole[kind], **fields})
        assert (await room.thea.hear("error"))["code"] == "wrong_value", (kind, fields)
    for kind, fields in whole.items():
        await room.thea.say(kind, **fields)
    assert "error" not in await room.thea.types_until_pong()


async def test_the_end_leaves_nothing(room: Room) -> None:
    await room.thea.lets_in(room.ana, 0)
    await room.ana.hear("welcome_group")
    assert await KeyGroup.objects.aexists()
    await room.thea.say("end")
    await room.thea.hear("closed")
    assert not await KeyGroup.objects.aexists()
