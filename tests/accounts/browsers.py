"""People with accounts, and test clients that are signed in as they would be by hand."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts import totp
from accounts.models import Factor, Role, SignIn, TotpDevice, User
from accounts.models.sign_ins import SESSION_SIGN_IN
from accounts.services import create_account
from audit.context import acting_as_system
from tests.cast import Person

PASSWORD = "seven quiet herons wade"


def account_of(person: Person, *, password: str = PASSWORD) -> User:
    """An account without a second factor, as an accepted invitation leaves it."""
    with acting_as_system("tests"):
        return create_account(
            email=person.email,
            password=password,
            role=Role(person.role),
            true_name=person.true_name,
        )


def enrolled(person: Person) -> User:
    """An account with an authenticator app, none of whose codes were used."""
    user = account_of(person)
    TotpDevice.objects.create(user=user, secret=totp.new_secret(), confirmed_at=timezone.now())
    return user


def code_of(user: User, *, steps: int = 0) -> str:
    """The code that the person's app shows now, or `steps` later."""
    return totp.code_at(user.totp_devices.get().secret, totp.present_step() + steps)


def sign_in_as(client: Client, user: User, *, at: datetime | None = None) -> SignIn:
    """Signs the client in completely, without walking through the pages."""
    session = client.session
    session.flush()
    sign_in = SignIn(user=user, factor=Factor.TOTP, factor_at=at or timezone.now())
    session[SESSION_SIGN_IN] = str(sign_in.pk)
    session.create()
    sign_in.session_key = session.session_key or ""
    sign_in.save(force_insert=True)
    client.cookies["session"] = sign_in.session_key
    return sign_in


@dataclass
class Browser:
    """One browser walking through the pages as its person would, with cookies and an address."""

    address: str = "192.0.2.7"
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(path, query, REMOTE_ADDR=self.address)

    def post(self, path: str, **data: str) -> Any:
        return self.client.post(path, data, REMOTE_ADDR=self.address)

    def post_json(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.client.post(
            path, body or {}, content_type="application/json", REMOTE_ADDR=self.address
        )

    def give_password(self, user: User, password: str = PASSWORD, **more: str) -> HttpResponse:
        response: HttpResponse = self.post("/sign-in/", email=user.email, password=password, **more)
        return response

    def give_code(self, code: str, **more: str) -> HttpResponse:
        response: HttpResponse = self.post("/sign-in/code/", code=code, **more)
        return response

    def sign_in(self, user: User) -> SignIn:
        self.give_password(user)
        self.give_code(code_of(user))
        return self.live

    @property
    def session_key(self) -> str:
        cookie = self.client.cookies.get("session")
        return cookie.value if cookie else ""

    @property
    def live(self) -> SignIn:
        return SignIn.objects.get(session_key=self.session_key, ended_at=None)
