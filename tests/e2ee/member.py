"""A member's page in a real browser, and what a delivery service would carry between pages."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from playwright.async_api import Browser, BrowserContext, Page

from media_relay.control import RelayControl
from tests.media_relay.desk import Desk

GROUP = str(uuid4())
SESSION = str(uuid4())
SMALL = {"width": 320, "height": 180, "frameRate": 15}
# Chromium sends three layers only from this size on.
LARGE = {"width": 960, "height": 540, "frameRate": 15}


@dataclass(frozen=True, slots=True)
class Commit:
    epoch: int
    commit: str
    welcome: str | None


class Member:
    """One page, in whatever browser. `evaluate` runs an expression in it."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.admission = str(uuid4())

    async def evaluate(self, expression: str) -> Any:
        raise NotImplementedError

    async def call(self, name: str, *arguments: object) -> Any:
        return await self.evaluate(f"globalThis.page.{name}(...{json.dumps(arguments)})")

    @property
    def identity(self) -> dict[str, str]:
        return {"admission": self.admission, "alias": self.alias}

    async def connects(
        self,
        relay: RelayControl,
        desk: Desk,
        *,
        build: str = "product",
        video: dict[str, int] | None = None,
    ) -> None:
        """The transport is up; nothing is mapped before the relay has a seat for this member."""
        offer = await self.call("offer", build, video or SMALL)
        answer = await relay.open_transport(desk.transport(self.alias), offer)
        await self.call("accept", answer)
        await self.until(lambda now: bool(now["state"] == "connected"))

    async def report(self) -> dict[str, Any]:
        return dict(await self.call("report"))

    async def until(
        self, holds: Callable[[dict[str, Any]], bool], seconds: float = 30
    ) -> dict[str, Any]:
        """The page's report once it fulfils the claim; fails with the last one."""
        deadline = time.monotonic() + seconds
        while True:
            now = await self.report()
            if holds(now):
                return now
            assert time.monotonic() < deadline, now
            await asyncio.sleep(0.1)


class ChromiumMember(Member):
    """One profile with one page; `load` again is a reload."""

    def __init__(self, alias: str, context: BrowserContext, page: Page) -> None:
        super().__init__(alias)
        self.context = context
        self.page = page

    @classmethod
    async def opens(cls, browser: Browser, address: str, alias: str) -> "ChromiumMember":
        context = await browser.new_context()
        member = cls(alias, context, await context.new_page())
        await member.load(address)
        return member

    async def load(self, address: str) -> Any:
        """What a former page of this profile has left behind, or None."""
        await self.page.goto(address)
        await self.page.wait_for_function("globalThis.page !== undefined")
        return await self.call("open", f"membership-{self.alias}", SESSION)

    async def evaluate(self, expression: str) -> Any:
        return await self.page.evaluate(expression)


async def commit(
    host: Member, *, add: Sequence[Member] = (), remove: Sequence[Member] = ()
) -> Commit:
    """A commit that nobody contests; the others have not seen it yet."""
    packages = [await member.call("keyPackage", member.identity) for member in add]
    made = await host.call("commit", packages, [member.admission for member in remove])
    await host.call("accepted")
    return Commit(**made)


async def deliver(
    made: Commit, *, to: Sequence[Member] = (), welcomes: Sequence[Member] = ()
) -> None:
    for member in to:
        await member.call("apply", GROUP, made.epoch, made.commit)
    for member in welcomes:
        await member.call("join", GROUP, made.welcome)
    for member in [*to, *welcomes]:
        await member.call("allReady", made.epoch + 1)


async def group_of(host: Member, *members: Member) -> None:
    """Everybody in one group, sending under its last epoch."""
    await host.call("create", GROUP, host.identity)
    there: list[Member] = []
    for member in members:
        made = await commit(host, add=[member])
        await deliver(made, to=there, welcomes=[member])
        await host.call("allReady", made.epoch + 1)
        there.append(member)
