"""A server that lies to one page: what it says there passes through the test's hands."""

import json
from collections.abc import Callable, Collection
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

Said = dict[str, Any]
Change = Callable[[Said], Said]


class Between:
    """Honest until it is told to lie; what is kept back is passed on with `end_lie`."""

    def __init__(self, page: Page) -> None:
        """MUST be made before the page opens its socket."""
        self._page = page
        self._change: Change = honest
        self._keeps: Collection[str] = ()
        self._kept: list[Said] = []
        self._latest: dict[str, Said] = {}
        self._route: WebSocketRoute | None = None
        self._heard_n = self._passed_n = 0
        page.route_web_socket("**/ws/**", self._stand_between)

    def change(self, change: Change) -> None:
        self._change = change

    def keep(self, *kinds: str) -> None:
        self._keeps = kinds

    def end_lie(self) -> None:
        self._change, self._keeps = honest, ()
        kept, self._kept = self._kept, []
        for said in kept:
            self._pass(said)

    def repeat(self, kind: str) -> None:
        """The newest message of this kind once more, as it would be told now."""
        self._pass(self._latest[kind])

    def latest(self, kind: str, otherwise: Said) -> Said:
        return self._latest.get(kind, otherwise)

    def say(self, said: Said) -> None:
        """What the server never said."""
        self._pass(said)

    def close(self, where_the_page_goes: str) -> None:
        """Once the session's end has sent the page there: before, its socket still is in use."""
        self._page.wait_for_url(f"**{where_the_page_goes}")
        self._page.unroute_all()

    def _stand_between(self, route: WebSocketRoute) -> None:
        self._route, self._heard_n, self._passed_n = route, 0, 0
        server = route.connect_to_server()
        server.on_message(self._hear)
        route.on_message(lambda text: server.send(self._as_if_untouched(text)))

    def _hear(self, text: str | bytes) -> None:
        said = json.loads(text)
        self._latest[said["type"]] = said
        self._heard_n = said["n"]
        if said["type"] in self._keeps:
            self._kept.append(said)
        else:
            self._pass(said)

    def _pass(self, said: Said) -> None:
        """Numbered anew, as a server would: a gap would only make the page reconnect."""
        if self._route is not None:
            self._passed_n += 1
            self._route.send(json.dumps({**self._change(said), "n": self._passed_n}))

    def _as_if_untouched(self, text: str | bytes) -> str:
        """The server is honest itself: it must not notice that numbers differ."""
        said = json.loads(text)
        if said["type"] == "ack":
            said["n"] = self._heard_n
        return json.dumps(said)


def honest(said: Said) -> Said:
    return said


def swapped(said: Said) -> Said:
    """Each of two seats is said to be on the other's lines."""
    if said["type"] != "slots":
        return said
    seats = sorted({slot["seat"] for slot in said["slots"]})
    other = dict(zip(seats, reversed(seats), strict=True))
    return {**said, "slots": [{**slot, "seat": other[slot["seat"]]} for slot in said["slots"]]}
