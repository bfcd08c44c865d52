"""Tickets open exactly what was signed, and nothing else."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from media_relay.tickets import (
    SeatTicket,
    Source,
    Ticket,
    TicketRefused,
    TransportTicket,
    sign,
    verify,
    verify_key,
    verify_key_text,
)

KEY = Ed25519PrivateKey.generate()
NOW = 1_800_000_000.0
TRANSPORT = TransportTicket(
    jti="j1", person="p1", session="s1", connection="c1", expires_at=NOW + 30
)
SEAT = SeatTicket(
    jti="j2",
    person="p1",
    session="s1",
    room="r1",
    admission="a1",
    connection="c1",
    seat=3,
    may_send=frozenset({Source.MIC, Source.CAMERA}),
    may_receive_video=True,
    expires_at=NOW + 60,
)


def refusal(text: str, *, now: float = NOW) -> str:
    with pytest.raises(TicketRefused) as caught:
        verify(text, KEY.public_key(), now=now)
    return caught.value.code


@pytest.mark.parametrize("ticket", [TRANSPORT, SEAT])
def test_a_signed_ticket_comes_back_as_it_was(ticket: Ticket) -> None:
    assert verify(sign(ticket, KEY), KEY.public_key(), now=NOW) == ticket


def test_the_verify_key_is_derived_from_the_signing_key() -> None:
    assert verify(sign(SEAT, KEY), verify_key(verify_key_text(KEY)), now=NOW) == SEAT


def test_another_key_opens_nothing() -> None:
    assert refusal(sign(SEAT, Ed25519PrivateKey.generate())) == "ticket.forged"


def test_an_expired_ticket_opens_nothing() -> None:
    assert refusal(sign(SEAT, KEY), now=NOW + 60) == "ticket.expired"


def test_a_ticket_longer_than_a_lease_opens_nothing() -> None:
    assert refusal(sign(replace(SEAT, expires_at=NOW + 600), KEY)) == "ticket.too_long"


@pytest.mark.parametrize("seat", [0, 17, -1])
def test_there_is_no_seat_outside_the_circle(seat: int) -> None:
    assert refusal(sign(replace(SEAT, seat=seat), KEY)) == "ticket.malformed"


@pytest.mark.parametrize("change", [{"may_send": ["roof"]}, {"extra": 1}, {"person": ""}])
def test_a_signed_body_of_another_shape_opens_nothing(change: dict[str, object]) -> None:
    body = {"kind": "seat", **json.loads(_payload(SEAT)), **change}
    payload = json.dumps(body).encode()
    signature = KEY.sign(b"quietroom relay ticket v1\n" + payload)
    text = ".".join(urlsafe_b64encode(part).decode() for part in (payload, signature))
    assert refusal(text) == "ticket.malformed"


@given(st.text(max_size=200))
def test_any_other_text_opens_nothing(text: str) -> None:
    assert refusal(text).startswith("ticket.")


def _payload(ticket: SeatTicket) -> str:
    return json.dumps(
        {
            "jti": ticket.jti,
            "person": ticket.person,
            "session": ticket.session,
            "room": ticket.room,
            "admission": ticket.admission,
            "connection": ticket.connection,
            "seat": ticket.seat,
            "may_send": sorted(ticket.may_send),
            "may_receive_video": ticket.may_receive_video,
            "expires_at": ticket.expires_at,
        }
    )
