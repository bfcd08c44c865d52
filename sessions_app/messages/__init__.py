"""Every message of the session socket, as dataclasses that refuse what they do not know.

The one source of docs/protocol.md's tables and of frontend/src/room/protocol.gen.ts.
MUST NOT hold a true name, a location or a reason in words outside `HostPanel`.
"""

from sessions_app.messages.base import ClientMessage, ServerMessage
from sessions_app.messages.client import CLIENT_MESSAGES, HOST_MESSAGES, MEMBER_MESSAGES
from sessions_app.messages.parsing import MAX_FRAME_BYTES, MessageRefused, parse
from sessions_app.messages.server import SERVER_MESSAGES, encode

__all__ = [
    "CLIENT_MESSAGES",
    "HOST_MESSAGES",
    "MAX_FRAME_BYTES",
    "MEMBER_MESSAGES",
    "SERVER_MESSAGES",
    "ClientMessage",
    "MessageRefused",
    "ServerMessage",
    "encode",
    "parse",
]
