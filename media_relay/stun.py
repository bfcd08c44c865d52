"""STUN binding requests (RFC 8489) as an ICE-lite server answers them, by `aioice.stun`."""

import struct
from dataclasses import dataclass

from aioice import stun

from media_relay.engine import Address
from media_relay.errors import Malformed


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """A connectivity check, not yet authenticated."""

    message: stun.Message
    ufrag: str
    peer_ufrag: str
    nominates: bool


def parse_request(data: bytes) -> BindingRequest:
    """The check, or Malformed for anything else."""
    try:
        message = stun.parse_message(data)
    except (ValueError, struct.error, IndexError, TypeError):
        raise Malformed("stun.malformed") from None
    attributes = message.attributes
    if (message.message_method, message.message_class) != (
        stun.Method.BINDING,
        stun.Class.REQUEST,
    ):
        raise Malformed("stun.not_a_request")
    # An ICE-lite server is always controlled: whoever claims that role is mistaken.
    if "MESSAGE-INTEGRITY" not in attributes or "ICE-CONTROLLED" in attributes:
        raise Malformed("stun.not_a_check")
    ufrag, colon, peer_ufrag = attributes.get("USERNAME", "").partition(":")
    if not colon:
        raise Malformed("stun.not_a_check")
    return BindingRequest(message, ufrag, peer_ufrag, "USE-CANDIDATE" in attributes)


def is_authentic(request: BindingRequest, password: str) -> bool:
    """True if MESSAGE-INTEGRITY was made with this password."""
    return bool(request.message.check_message_integrity(password.encode()))


def success(request: BindingRequest, address: Address, password: str) -> bytes:
    """The answer: the address the check came from, authenticated."""
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.message.transaction_id,
    )
    host = str(address[0]).partition("%")[0]
    response.attributes["XOR-MAPPED-ADDRESS"] = (host, address[1])
    response.add_message_integrity(password.encode())
    return bytes(response)
