"""Tickets: what the web processes permit the relay to do, signed with Ed25519.

A ticket travels from web to relay only. It MUST NOT reach a browser, and the relay MUST use
each ``jti`` once. The text is ``base64url(json) "." base64url(signature)``.
"""

import binascii
import json
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from media_relay.errors import TicketRefused

__all__ = [
    "LEASE_SECONDS",
    "MAX_SEATS",
    "SeatTicket",
    "Source",
    "Ticket",
    "TicketRefused",
    "TransportTicket",
    "UsedTickets",
    "read_unverified",
    "sign",
    "signing_key",
    "verify",
    "verify_key",
    "verify_key_text",
]

LEASE_SECONDS = 60.0
MAX_SEATS = 16

_DOMAIN = b"quietroom relay ticket v1\n"
_MAX_TEXT = 4096
# A web process's clock may run this far ahead of the relay's.
_CLOCK_SKEW_SECONDS = 5.0


class Source(StrEnum):
    """What a seat may send."""

    MIC = "mic"
    CAMERA = "camera"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportTicket:
    """Permits a handshake while the person waits: nothing is mapped, nothing forwarded."""

    jti: str
    person: str
    session: str
    connection: str
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTicket:
    """Permits one admitted person to send and receive in one room for at most 60 s.

    `sources`, where given, names the only seats whose media this one may be sent: those that have
    said that they send under keys which this person holds.
    """

    jti: str
    person: str
    session: str
    room: str
    admission: str
    connection: str
    seat: int
    may_send: frozenset[Source]
    may_receive_video: bool
    expires_at: float
    sources: frozenset[int] | None = None


Ticket = TransportTicket | SeatTicket

_KINDS: dict[str, type[TransportTicket] | type[SeatTicket]] = {
    "transport": TransportTicket,
    "seat": SeatTicket,
}


_OPTIONAL = {"sources"}


class UsedTickets:
    """Every ``jti`` once; each is kept until its ticket would have expired anyway."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def use(self, ticket: Ticket) -> None:
        """TicketRefused the second time."""
        if ticket.jti in self._until:
            raise TicketRefused("ticket.replayed")
        self._until[ticket.jti] = ticket.expires_at

    def prune(self, now: float) -> None:
        """Forget what has expired."""
        self._until = {jti: until for jti, until in self._until.items() if until > now}


def sign(ticket: Ticket, key: Ed25519PrivateKey) -> str:
    """The ticket as signed text."""
    body = asdict(ticket)
    body["kind"] = "seat" if isinstance(ticket, SeatTicket) else "transport"
    if isinstance(ticket, SeatTicket):
        body["may_send"] = sorted(ticket.may_send)
        body["sources"] = None if ticket.sources is None else sorted(ticket.sources)
    payload = json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
    return f"{_text(payload)}.{_text(key.sign(_DOMAIN + payload))}"


def verify(text: str, key: Ed25519PublicKey, *, now: float) -> Ticket:
    """The ticket behind ``text``; raises TicketRefused for anything but a live, signed one.

    ``now`` is Unix time in seconds. One-use is the caller's duty: it keeps the used ``jti``.
    """
    payload = _signed_payload(text, key)
    ticket = _parse(payload)
    if ticket.expires_at <= now:
        raise TicketRefused("ticket.expired")
    if ticket.expires_at > now + LEASE_SECONDS + _CLOCK_SKEW_SECONDS:
        raise TicketRefused("ticket.too_long")
    return ticket


def read_unverified(text: str) -> Ticket:
    """What a ticket claims. MUST NOT permit anything: it is for finding the node that verifies."""
    try:
        return _parse(_bytes(text[:_MAX_TEXT].partition(".")[0]))
    except (binascii.Error, ValueError):
        raise TicketRefused("ticket.malformed") from None


def signing_key(text: str) -> Ed25519PrivateKey:
    """The key from base64 of its 32 raw bytes, as TICKET_SIGNING_KEY holds it."""
    return Ed25519PrivateKey.from_private_bytes(b64decode(text, validate=True))


def verify_key(text: str) -> Ed25519PublicKey:
    """The key from base64 of its 32 raw bytes, as TICKET_VERIFY_KEY holds it."""
    return Ed25519PublicKey.from_public_bytes(b64decode(text, validate=True))


def verify_key_text(key: Ed25519PrivateKey) -> str:
    """What TICKET_VERIFY_KEY must hold for this signing key."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def _signed_payload(text: str, key: Ed25519PublicKey) -> bytes:
    if len(text) > _MAX_TEXT or text.count(".") != 1 or not text.isascii():
        raise TicketRefused("ticket.malformed")
    try:
        payload, signature = (_bytes(part) for part in text.split("."))
    except (binascii.Error, ValueError):
        raise TicketRefused("ticket.malformed") from None
    try:
        key.verify(signature, _DOMAIN + payload)
    except InvalidSignature:
        raise TicketRefused("ticket.forged") from None
    return payload


def _parse(payload: bytes) -> Ticket:
    try:
        body = json.loads(payload)
        kind = _KINDS[body.pop("kind")]
        if set(body) | _OPTIONAL != {field.name for field in fields(kind)} | _OPTIONAL:
            raise TicketRefused("ticket.malformed")
        ticket = _seat(body) if kind is SeatTicket else TransportTicket(**body)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise TicketRefused("ticket.malformed") from None
    if not _is_well_typed(ticket):
        raise TicketRefused("ticket.malformed")
    return ticket


def _seat(body: dict[str, Any]) -> SeatTicket:
    body["may_send"] = frozenset(Source(name) for name in body["may_send"])
    if body.get("sources") is not None:
        body["sources"] = frozenset(body["sources"])
    return SeatTicket(**body)


def _is_well_typed(ticket: Ticket) -> bool:
    names = [ticket.jti, ticket.person, ticket.session, ticket.connection]
    if isinstance(ticket, SeatTicket):
        names += [ticket.room, ticket.admission]
        if not _is_seat(ticket.seat):
            return False
        if type(ticket.may_receive_video) is not bool:
            return False
        if not all(_is_seat(number) for number in ticket.sources or ()):
            return False
    if type(ticket.expires_at) not in (int, float):
        return False
    return all(isinstance(name, str) and 0 < len(name) <= 128 for name in names)


def _is_seat(number: object) -> bool:
    return type(number) is int and 1 <= number <= MAX_SEATS


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
