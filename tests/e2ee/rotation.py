"""Members come and go in a running call: what becomes of the frames of those who stay.

A frame may be lost only to the grace that is stated: one that arrives before the commit of its
epoch waits 150 ms for it (`WAIT_MS` in frontend/src/e2ee/keys.ts). After a Remove senders switch
at once, so a commit that takes longer from page to page costs frames, whatever the machine. All
other losses would be faults, and are counted apart.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.e2ee.member import GROUP, Commit, Member

WAIT_SECONDS = 0.150
PAUSE_SECONDS = 0.3


@dataclass(slots=True)
class Rotation:
    """What those who stay received meanwhile. `took`: seconds from page to page, each Remove."""

    changes: int = 0
    opened: int = 0
    # No key that was known when the wait was over opened them.
    keyless: int = 0
    # A key was there and they did not open, or the line dropped them for another reason.
    refused: int = 0
    freezes: int = 0
    took: list[float] = field(default_factory=list)

    @property
    def late(self) -> int:
        """Removals for which the grace was too short."""
        return sum(seconds > WAIT_SECONDS for seconds in self.took)


async def rotate(host: Member, stays: Member, guest: Member, times: int) -> Rotation:
    """The guest is let in and removed, again and again; the frames go on meanwhile."""
    done = Rotation()
    before = {member: await member.report() for member in (host, stays)}
    for _ in range(times):
        guest.admission = str(uuid4())
        await _comes(host, stays, guest)
        await asyncio.sleep(PAUSE_SECONDS)
        done.took.append(await _goes(host, stays, guest))
        await asyncio.sleep(PAUSE_SECONDS)
        done.changes += 2
    for member, was in before.items():
        now = await member.until(
            lambda now, was=was: received(now, "opened") > received(was, "opened") + 60  # type: ignore[misc]  # the present one
        )
        lost = received(now, "dropped") - received(was, "dropped")
        keyless = received(now, "keyless") - received(was, "keyless")
        done.opened += received(now, "opened") - received(was, "opened")
        done.keyless += keyless
        done.refused += lost - keyless
        done.freezes += frozen(now) - frozen(was)
    return done


def received(now: dict[str, Any], count: str) -> int:
    return sum(line[count] for mid, line in now["workers"].items() if int(mid) > 2)


def frozen(now: dict[str, Any]) -> int:
    return sum(line["freezes"] for line in now["lines"].values())


async def _comes(host: Member, stays: Member, guest: Member) -> None:
    package = await guest.call("keyPackage", guest.identity)
    made = Commit(**await host.call("commit", [package], []))
    await _all_at_once([host.call("accepted"), stays.call("apply", GROUP, made.epoch, made.commit)])
    await guest.call("join", GROUP, made.welcome)
    await _all_at_once([member.call("allReady", made.epoch + 1) for member in (host, stays, guest)])


async def _goes(host: Member, stays: Member, guest: Member) -> float:
    made = Commit(**await host.call("commit", [], [guest.admission]))
    began = time.monotonic()
    await _all_at_once([host.call("accepted"), stays.call("apply", GROUP, made.epoch, made.commit)])
    took = time.monotonic() - began
    await guest.call("apply", GROUP, made.epoch, made.commit)
    return took


async def _all_at_once(calls: Sequence[Any]) -> None:
    """As the server tells all of them in the same moment."""
    await asyncio.gather(*calls)
