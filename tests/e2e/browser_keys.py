"""The keys that a page keeps, read by a script that is served to it as if it were the site's own.

The product has no way to show a key. What this script uses is what every script of the page's
origin has: the browser's database and the key in it that cannot be exported but can be used.
"""

from base64 import b64decode
from pathlib import Path

from playwright.sync_api import Page, Route

PLACE = "/for-tests/"
READ = """async ([place, membership, session]) => {
  await import(place + "page.js");
  return globalThis.page.secrets(membership, session);
}"""


class BrowserKeys:
    def __init__(self, scripts: Path) -> None:
        """`scripts`: the folder into which the tests' own page was built."""
        self._scripts = scripts
        self._names: dict[Page, tuple[str, str]] = {}

    def of(self, page: Page) -> dict[str, bytes] | None:
        """By name; None once this browser has forgotten the group that it was in."""
        room = page.locator("qr-room")
        if room.count():
            names = (room.get_attribute("data-membership"), room.get_attribute("data-session"))
            self._names[page] = (names[0] or "", names[1] or "")
        page.route(f"**{PLACE}*", self._serve)
        found = page.evaluate(READ, [PLACE, *self._names[page]])
        page.unroute(f"**{PLACE}*", self._serve)
        return found and {name: b64decode(text) for name, text in found.items()}

    def _serve(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        route.fulfill(path=self._scripts / name, content_type="text/javascript")
