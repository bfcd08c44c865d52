"""What a person sees and does on the room page: the waiting room, the circle and the host rail."""

import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

SOON = 20_000
NOTE_DEPARTURE = """alias => {
  const names = () => [...document.querySelectorAll(".tile__alias")].map((one) => one.textContent);
  window.departure = new Promise((resolve) => {
    const look = () => (names().includes(alias) ? setTimeout(look, 10) : resolve(Date.now()));
    look();
  });
}"""

FRESH_LINE = """since => new Promise((resolve) => {
  const look = () => {
    const fresh = window.rememberedPeers.find((one) => one.madeAt > since);
    fresh ? resolve(fresh.madeAt) : setTimeout(look, 20);
  };
  look();
})"""
LINE_STATE = "window.rememberedPeers.at(-1)?.connectionState"
COUNT_RECEIVED = """async () => {
  const found = { packets: 0, frames: 0 };
  for (const [, one] of await window.rememberedPeers.at(-1).getStats()) {
    if (one.type !== "inbound-rtp" || one.kind !== "video") continue;
    found.packets += one.packetsReceived ?? 0;
    found.frames += one.framesDecoded ?? 0;
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Received:
    """Video packets that came, and pictures that were made of them."""

    packets: int
    frames: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What one tile has received so far."""

    frames: int
    samples: int


class Room:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("qr-room")

    def is_in_phase(self, phase: str, *, timeout: float = SOON) -> None:
        """connecting, waiting, room, second-device, reconnecting, closed or failed."""
        expect(self.element).to_have_attribute("data-phase", phase, timeout=timeout)

    def stays_in_phase(self, phase: str, *, seconds: float = 1.5) -> None:
        """Nothing moves this page on by itself."""
        self.page.wait_for_timeout(seconds * 1000)
        self.is_in_phase(phase, timeout=1)

    def tile(self, alias: str) -> Locator:
        name = self.page.locator(".tile__alias", has_text=alias)
        return self.page.locator(".tile").filter(has=name)

    def order(self) -> list[str]:
        """Names around the circle, in seat order, without the mark on one's own."""
        names = self.page.locator(".tile__alias").all_inner_texts()
        return [name.removesuffix(" (you)") for name in names]

    def heard(self, alias: str) -> Heard:
        tile = self.tile(alias)
        frames = tile.get_attribute("data-frames-decoded") or "0"
        samples = tile.get_attribute("data-audio-samples") or "0"
        return Heard(int(float(frames)), int(float(samples)))

    def expect_departure(self, alias: str) -> None:
        """From now on this page notes by its own clock when the tile is gone."""
        self.page.evaluate(NOTE_DEPARTURE, alias)

    def departed_at(self) -> float:
        """Seconds of the machine's clock."""
        return float(self.page.evaluate("window.departure")) / 1000

    def asked_anew_at(self, since: float) -> float:
        """When this page made its first fresh connection after that, in seconds."""
        return float(self.page.evaluate(FRESH_LINE, since * 1000)) / 1000

    def clicked_at(self) -> float:
        """When the last click was made on this page, in seconds of the machine's clock."""
        return float(self.page.evaluate("window.lastClick")) / 1000

    def waiting_card(self, true_name: str) -> Locator:
        return self.page.locator(".waiting-card", has_text=true_name)

    def seat_row(self, alias: str) -> Locator:
        return self.page.locator(".seat-row", has_text=alias)

    def admit(self, true_name: str) -> None:
        self.waiting_card(true_name).locator('[data-act="admit"]').click()

    def open_doors(self) -> None:
        self.page.get_by_role("button", name="Open the doors").click()

    def act_on(self, alias: str, act: str) -> None:
        """mute, stop-video, allow, return or remove; confirms the question if there is one."""
        self.seat_row(alias).locator(f'[data-act="{act}"]').click()
        self.confirm()

    def act(self, act: str) -> None:
        """lock, mute-all, suspend or end."""
        self.page.locator(f'.rail__acts [data-act="{act}"]').click()
        self.confirm()

    def confirm(self) -> None:
        dialog = self.page.locator("dialog[open]")
        if dialog.count():
            # The answer may take the page away before a mouse click was acknowledged.
            dialog.locator(".dialog__acts button").first.dispatch_event("click")

    def control(self, act: str) -> Locator:
        return self.page.locator(f'.controls [data-act="{act}"]')

    def turns_on(self, *sources: str) -> None:
        """Nothing comes on by itself after a host has sent somebody back to waiting."""
        for source in sources:
            expect(self.control(source)).to_have_attribute("aria-pressed", "false")
            self.control(source).click()

    def badge(self) -> str:
        return self.page.locator("qr-badge button").inner_text().strip()

    def code(self) -> str:
        """The thirty digits while everybody compares them."""
        expect(self.page.locator("qr-code")).to_be_visible(timeout=SOON)
        return "".join(self.page.locator(".code__digits li").all_inner_texts())

    def compare(self) -> None:
        """A host asks everybody to read the safety code aloud."""
        self.page.locator("qr-badge button").click()
        self.page.get_by_role("button", name="Show the safety code").click()
        self.page.locator('qr-code [data-act="compare"]').click()

    def open_chat(self) -> None:
        self.control("chat").click()
        expect(self.page.locator(".room__talk")).to_be_visible()

    def write(self, text: str, *, to_therapist: bool = False) -> None:
        box = self.page.get_by_label("Only to the therapist")
        if box.is_visible():
            box.set_checked(to_therapist)
        self.page.get_by_label("Your message").fill(text)
        self.page.locator('[data-act="send"]').click()

    def reads(self, text: str) -> None:
        expect(self.page.locator(".talk__text", has_text=text)).to_have_count(1, timeout=SOON)

    def has_a_line(self) -> None:
        """The transport to the relay is up, as it is for everybody who waits."""
        deadline = time.monotonic() + SOON / 1000
        while self.page.evaluate(LINE_STATE) != "connected":
            assert time.monotonic() < deadline, "no transport"
            self.page.wait_for_timeout(100)

    def received(self) -> Received:
        """Over all lines of this page's newest connection."""
        return Received(**self.page.evaluate(COUNT_RECEIVED))

    def sees_and_hears(self, alias: str, *, seconds: float = 20) -> None:
        """Frames are decoded and sound arrives, and both go on."""
        deadline = time.monotonic() + seconds
        first = self.heard(alias)
        latest = first
        while time.monotonic() < deadline:
            latest = self.heard(alias)
            if latest.frames > first.frames + 5 and latest.samples > first.samples + 10_000:
                return
            self.page.wait_for_timeout(250)
        raise AssertionError(f"{alias}: from {first} to {latest} in {seconds} s")
