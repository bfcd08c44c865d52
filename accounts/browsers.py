"""What a request says about the browser it came from: session, address, name, earlier sign-ins."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from audit.context import origin

KNOWN_AGE = timedelta(days=365)
KNOWN_PEOPLE = 5
SALT = "accounts.known-device"
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A signed cookie: people who signed in here before. It opens nothing, it only spares
    them the slow-down that strangers cause."""

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    people: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest) -> "KnownDevice":
        cookie = request.COOKIES.get(known_cookie_name(), "")
        try:
            nonce, people = signing.loads(cookie, salt=SALT, max_age=KNOWN_AGE)
        except (signing.BadSignature, ValueError):
            return cls()
        return cls(nonce=nonce, people=tuple(people))

    def knows(self, user: User | None) -> bool:
        return user is not None and user.pk.hex in self.people

    def remember(self, response: HttpResponse, user: User) -> None:
        others = [person for person in self.people if person != user.pk.hex]
        people = [user.pk.hex, *others][:KNOWN_PEOPLE]
        response.set_cookie(
            known_cookie_name(),
            signing.dumps([self.nonce, people], salt=SALT),
            max_age=KNOWN_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


@dataclass(frozen=True, slots=True)
class Browser:
    session: SessionBase
    known: KnownDevice
    address: str
    name: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Browser":
        return cls(
            session=request.session,
            known=KnownDevice.of(request),
            address=origin().address,
            name=browser_name(request.headers.get("User-Agent", "")),
        )


def browser_name(agent: str) -> str:
    """ "Firefox on Linux": enough to recognise one's own device, too little to track it."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def known_cookie_name() -> str:
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"
