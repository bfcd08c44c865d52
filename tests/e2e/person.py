"""A person in a browser of their own, who acts only through what the screen offers."""

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

from config.development.cast import Person as Cast
from tests.e2e.mailbox import Mailbox

PASSWORD = "seven quiet chairs in a row"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# A modified client: whoever owns the browser can say anything on its socket.
REMEMBER_SOCKET = """
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...given) { super(...given); window.rememberedSocket = this; }
  };
"""
# The page's own connections, so that a test can read what arrives, what opens, and when.
REMEMBER_PEERS = """
  window.rememberedPeers = [];
  const NativePeer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativePeer {
    constructor(...given) {
      super(...given);
      this.madeAt = Date.now();
      window.rememberedPeers.push(this);
    }
  };
"""
NOTE_CLICKS = "addEventListener('click', () => { window.lastClick = Date.now(); }, true);"


@dataclass(frozen=True, slots=True)
class Authenticator:
    """A virtual one, plugged into one page."""

    devtools: CDPSession
    id: str

    def credentials(self) -> list[dict[str, Any]]:
        found = self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def replace(self, credentials: list[dict[str, Any]]) -> None:
        self.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        for credential in credentials:
            self.devtools.send(
                "WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential}
            )


class Person:
    """Everything a person does before the room; `tests.e2e.room.Room` is what they do inside."""

    def __init__(self, browser: Browser, origin: str, mailbox: Mailbox, cast: Cast) -> None:
        self.cast = cast
        self.origin = origin
        self.mailbox = mailbox
        self.context = browser.new_context(
            base_url=origin,
            viewport={"width": 1280, "height": 800},
            permissions=["camera", "microphone"],
        )
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(REMEMBER_SOCKET)
        self.context.add_init_script(REMEMBER_PEERS)
        self.context.add_init_script(NOTE_CLICKS)
        self.page: Page = self.context.new_page()
        self.console: list[str] = []
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self._authenticator = self._plug_in_authenticator()

    def close(self) -> None:
        self.context.close()

    def go(self, path: str) -> None:
        self.page.goto(path)

    def press(self, name: str) -> None:
        """The button or link with this exact name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()

    def press_if_there(self, name: str) -> None:
        if self.page.get_by_role("link", name=name, exact=True).count():
            self.press(name)

    def press_and_confirm(self, name: str, confirmation: str) -> None:
        """An act that asks once before it is done."""
        self.page.locator("summary").get_by_text(name, exact=True).click()
        self.press(confirmation)

    def sees_heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1, name=text)).to_be_visible()

    def accept_invitation(self, link: str) -> None:
        """From the mail's link to an account, without a second factor yet."""
        self.page.goto(link)
        self.page.get_by_label("Your full name").fill(self.cast.true_name)
        alias = self.page.get_by_label("Name in the group")
        if alias.count():
            alias.fill(self.cast.alias)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Create my account")
        self.sees_heading("Choose your second step")

    def enrol_passkey(self) -> None:
        self.press("Set up a passkey")
        self._keep_recovery_codes()

    def join_by_invitation(self) -> None:
        self.accept_invitation(self.mailbox.link_for(self.cast.email, containing="/invitation/"))
        self.enrol_passkey()

    def sign_in(self) -> None:
        """With the passkey that this browser holds."""
        self.go("/sign-in/")
        self.press("Sign in with a passkey")
        expect(self.page).not_to_have_url(re.compile("/sign-in/"), timeout=20_000)

    def step_up(self) -> None:
        self.sees_heading("Is it still you?")
        self.press("Use my passkey")
        expect(self.page).not_to_have_url(re.compile("/step-up/"), timeout=20_000)

    def sync_passkeys_to(self, other_device: "Person") -> None:
        """As a platform does between two devices of one person, their use counters included."""
        other_device._authenticator.replace(self._authenticator.credentials())

    def say(self, **message: object) -> None:
        """A socket message that this page would never send by itself."""
        self.page.evaluate("text => window.rememberedSocket.send(text)", json.dumps(message))

    def cookies(self) -> str:
        return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in self.context.cookies())

    def status_of(self, path: str) -> int:
        return self.context.request.get(path, max_redirects=0).status

    def body_of(self, path: str) -> str:
        return self.context.request.get(path, max_redirects=0).text()

    def _keep_recovery_codes(self) -> None:
        self.sees_heading("Recovery codes")
        self.press("Show my codes")
        expect(self.page.get_by_role("list", name="Your recovery codes")).to_be_visible()
        self.press("I have kept them. Continue")

    def _plug_in_authenticator(self) -> "Authenticator":
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return Authenticator(devtools, added["authenticatorId"])
