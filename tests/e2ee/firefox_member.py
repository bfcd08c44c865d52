"""A member whose browser is Firefox; the driver blocks, so it works in a thread."""

import asyncio
from typing import Any

from tests.e2ee.member import SESSION, Member
from tests.firefox import Firefox, Page


class FirefoxMember(Member):
    """All members of one Firefox share its storage: each alias only once."""

    def __init__(self, alias: str, tab: Page) -> None:
        self._tab = tab
        super().__init__(alias)

    @classmethod
    async def opens_in(cls, browser: Firefox, address: str, alias: str) -> "FirefoxMember":
        tab = await asyncio.to_thread(browser.page)
        await asyncio.to_thread(tab.go, address)
        member = cls(alias, tab)
        await member.call("open", f"membership-{alias}", SESSION)
        return member

    async def evaluate(self, expression: str) -> Any:
        return await asyncio.to_thread(self._tab.evaluate, expression)
